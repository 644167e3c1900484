# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Windows reads, row by row, with the source of each row; and what Wine reads in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import (
    WINDOWS,
    WINE,
    NotAProfile,
    parse,
    read_value,
    refuse_non_8bit,
)

from tests.judge.judge import DEFAULT_NUMBER, Answer, Judge

SECTION, KEY = b"EMSMTA", b"Disable"

# Where a row comes from.
MODERN = "WelliSolutions' tests of the profile functions, run on Windows 7 to 11"
WINE_TESTS = "Wine's own tests of the profile functions, which pass on Windows NT"
RULE = "follows from a tested rule: the first of equal names counts, the rest of the line is the value"
MEASURED = "measured with Wine; real Windows not known"


class Unknown:
    """Nobody has printed what real Windows reads."""

    def __repr__(self) -> str:
        return "not known"


UNKNOWN = Unknown()
NOTHING = None
SAME = Unknown()


class Row(NamedTuple):
    """A file, what real Windows and Wine read as EMSMTA, Disable, and as a whole number."""

    name: str
    source: str
    data: bytes
    windows: bytes | Unknown | None
    wine: bytes | Unknown | None = SAME
    number: int | None = None


def in_section(line: bytes) -> bytes:
    return b"[EMSMTA]\r\n" + line + b"\r\n"


def below(header: bytes) -> bytes:
    return header + b"\r\nDisable=1\r\n"


HEADERS = (
    Row("plain", MODERN, below(b"[EMSMTA]"), b"1", number=1),
    *(
        Row(f"{name} before the bracket", MODERN, below(blank + b"[EMSMTA]"), b"1")
        for name, blank in (("space", b" "), ("tab", b"\t"), ("VT", b"\x0b"), ("CR", b"\r"), ("LF", b"\n"))
    ),
    *(
        Row(f"{name} inside the brackets", MODERN, below(b"[" + blank + b"EMSMTA" + blank + b"]"), b"1")
        for name, blank in (("space", b" "), ("tab", b"\t"), ("VT", b"\x0b"))
    ),
    Row("no closing bracket", MODERN, below(b"[EMSMTA"), b"1", NOTHING),
    Row("no closing bracket, blanks behind", MODERN, below(b"[EMSMTA  "), b"1", NOTHING),
    Row("no opening bracket", MODERN, below(b"EMSMTA]"), NOTHING),
    Row("text behind the bracket", MODERN, below(b"[EMSMTA]junk"), b"1"),
    Row("comment behind the bracket", MODERN, below(b"[EMSMTA] ; c"), b"1"),
    Row("key on the line of the header", MODERN, b"[EMSMTA]Disable=1\r\n", NOTHING),
    Row("second closing bracket", MODERN, below(b"[EMSMTA]x]"), b"1", NOTHING),
    Row("closing bracket twice", MODERN, below(b"[EMSMTA]]"), b"1", NOTHING),
    Row("two headers in a line", MODERN, below(b"[EMSMTA][X]"), b"1", NOTHING),
    Row("opening bracket twice", MODERN, below(b"[[EMSMTA]"), NOTHING),
    Row("section in quotes", MODERN, below(b'["EMSMTA"]'), NOTHING),
    Row("section in other case", MODERN, below(b"[emsmta]"), b"1"),
    Row("second section of the name", MODERN, b"[EMSMTA]\r\nA=1\r\n" + below(b"[EMSMTA]"), NOTHING),
    Row("before the first section", MODERN, b"Disable=1\r\n[EMSMTA]\r\n", NOTHING),
)
KEYS = (
    Row("key in other case", MODERN, in_section(b"dISABLE=1"), b"1"),
    Row("key in quotes", MODERN, in_section(b'"Disable"=1'), NOTHING),
    Row("first of two keys", MODERN, in_section(b"Disable=1\r\nDisable=0"), b"1"),
    Row("first of two keys is empty", RULE, in_section(b"Disable=\r\nDisable=1"), b"", number=DEFAULT_NUMBER),
    Row("comment", MODERN, in_section(b";Disable=1"), NOTHING),
    Row("blanks before a comment", MODERN, in_section(b" \t;Disable=1"), NOTHING),
    Row("number sign", MODERN, in_section(b"#Disable=1"), NOTHING),
    Row("two slashes", MODERN, in_section(b"//Disable=1"), NOTHING),
    Row("space, tab, VT round key and value", MODERN, in_section(b" \t\x0bDisable \t\x0b= \t\x0b1 \t\x0b"), b"1"),
    Row("FF round key and value", MEASURED, in_section(b"\x0cDisable\x0c=\x0c1\x0c"), UNKNOWN, b"1"),
    Row("no-break space before the key", MEASURED, in_section(b"\xa0Disable=1"), UNKNOWN, NOTHING),
    Row("no-break space before the value", MEASURED, in_section(b"Disable=\xa01"), UNKNOWN, b"\xa01"),
    Row("no equals sign", WINE_TESTS, in_section(b"Disable"), NOTHING),
    Row("colon", RULE, in_section(b"Disable:1"), NOTHING),
    Row("bare name before the key", MEASURED, in_section(b"Disable\r\nDisable=1"), UNKNOWN, NOTHING),
)
VALUES = (
    Row("double quotes", MODERN, in_section(b'Disable="1"'), b"1", number=1),
    Row("single quotes", MODERN, in_section(b"Disable='1'"), b"1"),
    Row("blanks inside quotes", MODERN, in_section(b'Disable="  1  "'), b"  1  "),
    Row("quotes inside quotes", MODERN, in_section(b"Disable=\"'1'\""), b"'1'"),
    Row("quotes that do not match", MODERN, in_section(b"Disable=\"1'"), b"\"1'"),
    Row("one quote", MEASURED, in_section(b'Disable="1'), UNKNOWN, b'"1'),
    Row("text behind quotes", MEASURED, in_section(b'Disable="1" x'), UNKNOWN, b'"1" x'),
    Row("comment behind the value", MODERN, in_section(b"Disable=1 ;c"), b"1 ;c", number=1),
    Row("semicolon before the value", MODERN, in_section(b"Disable=;1"), b";1", number=0),
    Row("65,535 characters", MODERN, in_section(b"Disable=" + b"1" * 65535), b"1" * 65535),
    Row("65,536 characters", MODERN, in_section(b"Disable=" + b"1" * 65536), b"", b"1" * 65536),
    Row("65,537 characters", MODERN, in_section(b"Disable=" + b"1" * 65537), b"1", b"1" * 65537),
)
NUMBERS = tuple(
    Row(f"{text!r} as a number", source, in_section(b"Disable=" + text), text.strip(b'"'), number=number)
    for text, number, source in (
        (b"+1", 1, WINE_TESTS),
        (b"-1", 4294967295, WINE_TESTS),
        (b"42A", 42, WINE_TESTS),
        (b"B1", 0, WINE_TESTS),
        (b"4294967297", 1, WINE_TESTS),
        (b"0x1", 1, MEASURED),
        (b"0X1", 0, MEASURED),
        (b"01", 1, MEASURED),
        (b"yes", 0, MEASURED),
        (b"1.5", 1, MEASURED),
        (b'"1"', 1, MEASURED),
    )
)
FILES = (
    Row("LF", WINE_TESTS, b"[EMSMTA]\nDisable=1\n", b"1"),
    Row("CR", WINE_TESTS, b"[EMSMTA]\rDisable=1\r", b"1"),
    Row("CR LF and LF", MEASURED, b"[A]\nB=1\r\n[EMSMTA]\r\nDisable=1\n", UNKNOWN, b"1"),
    Row("CR CR LF", MEASURED, b"[EMSMTA]\r\r\nDisable=1\r\r\n", UNKNOWN, b"1"),
    Row("LF CR", MEASURED, b"[EMSMTA]\n\rDisable=1\n\r", UNKNOWN, b"1"),
    Row("CR inside the value", MEASURED, in_section(b"Disable=1\r2"), UNKNOWN, b"1"),
    Row("no line end", MODERN, b"[EMSMTA]\r\nDisable=1", b"1"),
    Row("UTF-8 mark, section on line 1", MODERN, b"\xef\xbb\xbf" + below(b"[EMSMTA]"), NOTHING, b"1"),
    Row("UTF-8 mark, section later", MODERN, b"\xef\xbb\xbf\r\n" + below(b"[EMSMTA]"), b"1"),
    Row("Ctrl-Z before the section", MEASURED, b"\x1a" + below(b"[EMSMTA]"), UNKNOWN, b"1"),
    Row("Ctrl-Z on a line of its own", MEASURED, in_section(b"\x1a\r\nDisable=1"), UNKNOWN, b"1"),
    Row("Ctrl-Z at the end", MEASURED, below(b"[EMSMTA]") + b"\x1a", UNKNOWN, b"1"),
    Row("Ctrl-Z behind the value", MEASURED, b"[EMSMTA]\r\nDisable=1\x1a", UNKNOWN, b"1"),
    Row("100 KB line before", MEASURED, b";" + b"x" * 100_000 + b"\r\n" + below(b"[EMSMTA]"), UNKNOWN, b"1"),
    Row("1 MB comment before", MEASURED, b";" + b"x" * 1_000_000 + b"\r\n" + below(b"[EMSMTA]"), UNKNOWN, b"1"),
)
ROWS = (*HEADERS, *KEYS, *VALUES, *NUMBERS, *FILES)
# Wine and Windows read these somehow; the engine refuses them.
WIDE = (
    Row("UTF-16, low byte first, mark", MODERN, below(b"[EMSMTA]").decode().encode("utf-16"), b"1"),
    Row("UTF-16, low byte first, no mark", MEASURED, below(b"[EMSMTA]").decode().encode("utf-16-le"), UNKNOWN, NOTHING),
    Row(
        "UTF-16, high byte first, mark",
        MODERN,
        b"\xfe\xff" + below(b"[EMSMTA]").decode().encode("utf-16-be"),
        NOTHING,
        b"1",
    ),
    Row("NUL behind the value", MEASURED, in_section(b"Disable=1\0x"), UNKNOWN, b"1"),
    Row("NUL before the bracket", MEASURED, below(b"\0[EMSMTA]"), UNKNOWN, NOTHING),
    Row("NUL before the key", MEASURED, in_section(b"\0Disable=1"), UNKNOWN, NOTHING),
    Row("NUL on a line of its own", MEASURED, in_section(b"\0\r\nDisable=1"), UNKNOWN, b"1"),
)


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[bytes, Answer]]:
    files = [row.data for row in (*ROWS, *WIDE)]
    with Judge() as judge:
        yield dict(zip(files, judge.dump(files), strict=True))


def of_wine(row: Row) -> bytes | Unknown | None:
    return row.windows if row.wine is SAME else row.wine


@pytest.mark.parametrize("row", [*ROWS, *WIDE], ids=lambda row: row.name)
def test_wine_reads_what_the_table_says(row: Row, answers: dict[bytes, Answer]) -> None:
    found = answers[row.data].key(SECTION, KEY)
    assert (found.value if found else None) == of_wine(row), row.source
    assert row.number is None or (found is not None and found.number == row.number)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_our_wine_reads_what_the_table_says(row: Row) -> None:
    assert read_value(parse(row.data), SECTION, KEY, WINE) == of_wine(row), row.source


@pytest.mark.parametrize("row", [row for row in ROWS if row.windows is not UNKNOWN], ids=lambda row: row.name)
def test_our_windows_reads_what_the_table_says(row: Row) -> None:
    assert read_value(parse(row.data), SECTION, KEY, WINDOWS) == row.windows, row.source


@pytest.mark.parametrize("row", WIDE, ids=lambda row: row.name)
def test_what_is_no_8_bit_text_is_refused(row: Row) -> None:
    with pytest.raises(NotAProfile):
        refuse_non_8bit(row.data)
