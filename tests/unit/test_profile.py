# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import (
    edit_request_from,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import (
    LOOSE,
    READINGS,
    STRICT,
    WINDOWS,
    WINE,
    NotAProfile,
    Reading,
    line_ends,
    parse,
    read_value,
    refuse_non_8bit,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.edits import (
    Doubtful,
    break_of,
    ensure,
    remove,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import inspect
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cases.case import Case
from tests.cases.contents import contents
from tests.cases.samples import SAMPLES, sample

# Pieces that the grammar of these files is made of, so that random files are near it.
PIECES = [
    b"[EMSMTA]", b"[emsmta", b"[EMSMTA]]", b"[X]", b"Disable=0", b"disable = '1'", b"A=1", b";c", b"=", b"]", b'"',
    b"\r\n", b"\n", b"\r", b"\r\n", b" ", b"\t", b"\x0c", b"\x1a", b"\xa0", b"\xe9", b"\xef\xbb\xbf",
]  # fmt: skip
NEAR = st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join)
ANY = st.binary(max_size=400)
STANZA = edit_request_from(Case("", None, b"").options("/x")).stanza


def read(data: bytes, reading: Reading = WINDOWS) -> bytes | None:
    return read_value(parse(data), b"EMSMTA", b"Disable", reading)


@given(ANY | NEAR)
@example(b"\x0b\x0c\x1c\x1d\x1e\x85a\r\r\n\n\r")
def test_what_was_parsed_is_rendered_byte_for_byte(data: bytes) -> None:
    profile = parse(data)
    assert profile.render() == data
    assert all(line.rstrip(b"\r\n") + break_of(line) == line for line in profile.lines)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.ini")), ids=lambda path: path.name)
def test_every_sample_is_rendered_byte_for_byte(path: Path) -> None:
    data = sample(path.name)
    assert parse(data).render() == data
    assert line_ends(data) == "crlf"


@given(NEAR)
def test_looking_for_one_section_is_looking_through_all(data: bytes) -> None:
    for reading in READINGS:
        named = [keys for name, keys in contents(parse(data), reading) if name.lower() == b"emsmta"]
        values = [value for key, value in named[0] if key.lower() == b"disable"] if named else []
        assert read(data, reading) == (values[0] if values else None)


@given(NEAR)
def test_an_edit_ends_with_what_was_wanted_or_one_of_our_errors(data: bytes) -> None:
    with contextlib.suppress(Doubtful):
        edited = ensure(parse(data), STANZA).profile.render()
        assert inspect(parse(edited), STANZA) == {b"Disable": b"1"}
        assert ensure(parse(edited), STANZA).profile.render() == edited


@given(NEAR)
def test_a_removal_ends_with_nothing_or_one_of_our_errors(data: bytes) -> None:
    with contextlib.suppress(Doubtful):
        edited = remove(parse(data), STANZA).profile.render()
        assert inspect(parse(edited), STANZA) == {b"Disable": None}
        assert remove(parse(edited), STANZA).profile.render() == edited


# Bytes, what Windows reads, what Wine 8 reads. Sources: WT = Wine's own tests, which pass
# on Windows NT; WS = the WelliSolutions tests of the profile functions on Windows.
READ = [
    (b"[EMSMTA]\r\nDisable=1", b"1", b"1"),  # WT
    (b" \t\x0b[EMSMTA]\nDisable=1", b"1", b"1"),  # WS
    (b"[ EMSMTA\t]\nDisable=1", b"1", b"1"),  # WS
    (b"[EMSMTA\nDisable=1", b"1", None),  # WS
    (b"[EMSMTA  \nDisable=1", b"1", None),  # WS
    (b"EMSMTA]\nDisable=1", None, None),  # WS
    (b"[EMSMTA]junk\nDisable=1", b"1", b"1"),  # WS
    (b"[EMSMTA] ; c\nDisable=1", b"1", b"1"),  # WS
    (b"[EMSMTA]Disable=1", None, None),  # WS
    (b"[EMSMTA]x]\nDisable=1", b"1", None),  # WS
    (b"[EMSMTA][X]\nDisable=1", b"1", None),  # WS
    (b"[EMSMTA]]\nDisable=1", b"1", None),  # WS
    (b"[[EMSMTA]\nDisable=1", None, None),  # WS
    (b'["EMSMTA"]\nDisable=1', None, None),  # WS
    (b'[EMSMTA]\n"Disable"=1', None, None),  # WS
    (b"[eMsMtA]\ndISABLE=1", b"1", b"1"),  # WS
    (b"[EMSMTA]\nDisable=1\nDisable=2", b"1", b"1"),  # WS
    (b"[EMSMTA]\nA=1\n[EMSMTA]\nDisable=1", None, None),  # WS
    (b"[EMSMTA]\nDisable=\nDisable=1", b"", b""),  # WS: the first wins
    (b'[EMSMTA]\nDisable="1"', b"1", b"1"),  # WS
    (b"[EMSMTA]\nDisable='1'", b"1", b"1"),  # WS
    (b'[EMSMTA]\nDisable="  1  "', b"  1  ", b"  1  "),  # WS
    (b"[EMSMTA]\nDisable=\"'1'\"", b"'1'", b"'1'"),  # WS
    (b"[EMSMTA]\nDisable=\"1'", b"\"1'", b"\"1'"),  # WS
    (b'[EMSMTA]\nDisable="1', b'"1', b'"1'),  # inferred from the row above
    (b'[EMSMTA]\nDisable="1" x', b'"1" x', b'"1" x'),  # inferred from the row above
    (b'[EMSMTA]\nDisable="', b'"', b'"'),  # inferred: one mark is no pair
    (b"[EMSMTA]\nDisable=1 ;c", b"1 ;c", b"1 ;c"),  # WS
    (b"[EMSMTA]\nDisable=;1", b";1", b";1"),  # WS
    (b"[EMSMTA]\n;Disable=1", None, None),  # WT
    (b"[EMSMTA]\n \t;Disable=1", None, None),  # WS
    (b"[EMSMTA]\n#Disable=1", None, None),  # WS
    (b"[EMSMTA]\n//Disable=1", None, None),  # WS
    (b"[EMSMTA]\n \t\x0bDisable \t\x0b= \t\x0b1 \t\x0b", b"1", b"1"),  # WS
    (b"[EMSMTA]\n\xa0Disable=1", None, None),  # Wine; not known for Windows
    (b"[EMSMTA]\nDisable=\xa01", b"\xa01", b"\xa01"),  # Wine; not known for Windows
    (b"[EMSMTA]\nDisable\n", None, None),  # WT
    (b"[EMSMTA]\nDisable:1\n", None, None),  # WT
    (b"\xef\xbb\xbf[EMSMTA]\nDisable=1", None, b"1"),  # WS
    (b"\xef\xbb\xbf;\n[EMSMTA]\nDisable=1", b"1", b"1"),  # WS
    (b"Disable=1\n[A]\n", None, None),  # WS
    (b"[EMSMTA]\rDisable=1\rA=2", b"1", b"1"),  # WT
    (b"[EMSMTA]\r\r\nDisable=1\r\r\n", b"1", b"1"),  # Wine; not known for Windows
    (b"[EMSMTA]\nDisable=1\x1a", b"1", b"1"),  # Wine; not known for Windows
]


@pytest.mark.parametrize(("data", "windows", "wine"), READ)
def test_reading(data: bytes, windows: bytes | None, wine: bytes | None) -> None:
    assert read(data) == windows
    assert read(data, WINE) == wine


@pytest.mark.parametrize(
    ("length", "seen"), [(65535, 65535), (65536, 0), (65537, 1), (131073, 1)]
)  # WS: Windows counts modulo 65,536; Wine does not
def test_long_values(length: int, seen: int) -> None:
    data = b"[EMSMTA]\r\nDisable=" + b"1" * length
    assert read(data) == b"1" * seen
    assert read(data, WINE) == b"1" * length


def test_doubtful_blanks_are_trimmed_by_some_readings_only() -> None:
    assert [read(b"[EMSMTA]\nDisable=1\x1a", one) for one in (WINDOWS, STRICT)] == [b"1", b"1\x1a"]
    assert [read(b"[EMSMTA]\n\x0cDisable=1", one) for one in (WINDOWS, STRICT)] == [b"1", None]
    assert [read(b"[EMSMTA]\n\xa0Disable=\xa01", one) for one in (WINDOWS, LOOSE)] == [None, b"1"]


def test_all_sections_of_the_real_file() -> None:
    found = dict(contents(parse(sample("Q231878.mspclnt.ini"))))
    assert len(found) == 19
    assert found[b"Servers Ipx Addresses"] == []
    assert found[b"Master Config"] == [(b"Path1", b"\\\\PROXY-09\\mspclnt\\")]
    assert (b"Configuration Refresh Time (Hours)", b"6") in found[b"Common"]
    assert found[b"kernel32"] == [(b"Disable", b"1")]


def test_duplicates_are_listed_as_they_stand() -> None:
    pairs: list[bytes] = [name for name, _keys in contents(parse(b"[A]\n[a]\n[B\n"))]
    assert pairs == [b"A", b"a", b"B"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "none"),
        (b"[A]", "none"),
        (b"[A]\r\nB", "crlf"),
        (b"[A]\nB\n", "lf"),
        (b"[A]\r\nB\n", "mixed"),
        (b"[A]\rB\r", "mixed"),
        (b"[A]\r\r\n", "mixed"),
    ],
)
def test_line_ends(data: bytes, name: str) -> None:
    assert line_ends(data) == name


@pytest.mark.parametrize(
    ("data", "fragment"),
    [
        (b"\xff\xfe", "with a byte order mark"),
        (b"\xfe\xff\0[", "with a byte order mark"),
        ("[A]\r\n".encode("utf-16-le"), "without a byte order mark"),
        ("[A]\r\n".encode("utf-16-be"), "without a byte order mark"),
        (b"[A]\r\nB=1\0", "NUL byte at offset 8"),
        (b"\0" * 4096, "UTF-16"),
    ],
)
def test_wide_text_and_nul_are_refused(data: bytes, fragment: str) -> None:
    with pytest.raises(NotAProfile) as caught:
        refuse_non_8bit(data)
    assert fragment in str(caught.value)


def test_the_message_on_unicode_says_how_to_convert() -> None:
    with pytest.raises(NotAProfile, match=r"KB Q181420.*iconv -f UTF-16 -t CP1252"):
        refuse_non_8bit("[A]".encode("utf-16"))


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xef\xbb\xbf[A]", bytes(range(1, 256))])
def test_eight_bit_text_is_not_refused(data: bytes) -> None:
    refuse_non_8bit(data)
