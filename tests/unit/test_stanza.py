# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import (
    edit_request_from,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import (
    UTF8_MARK,
    WINDOWS,
    WINE,
    ProfileError,
    parse,
    read_value,
    refuse_non_8bit,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.edits import ensure, remove
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Edit

from tests.cases.case import Case, Refused
from tests.cases.doubtful import REFUSED
from tests.cases.edits import CASES

PRESENT = [case for case in CASES if case.state == "present"]
ABSENT = [case for case in CASES if case.state == "absent"]


def name_of(row: tuple[object, ...]) -> str:
    return str(row[0])


def edit(case: Case, data: bytes) -> Edit:
    refuse_non_8bit(data)
    stanza = edit_request_from(case.options("/x")).stanza
    return (ensure if case.state == "present" else remove)(parse(data), stanza)


def wanted_keys(case: Case) -> list[bytes]:
    return [key.lower() for key, _value in edit_request_from(case.options("/x")).stanza.settings]


def key_of(line: bytes) -> bytes:
    """Give the key of a line by the plainest rule there is."""
    return line.partition(b"=")[0].strip(b" \t\x0b").lower()


def lines_of(data: bytes) -> list[bytes]:
    """Split into lines without their ends; CR LF is one end."""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def test_names_are_unique_within_a_group() -> None:
    assert len({(case.name, case.before) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_whole_file(case: Case) -> None:
    done = edit(case, case.before or b"")
    assert done.profile.render() == case.after
    assert (case.after != case.before) == case.changed
    assert sorted({note.code for note in done.notes}) == sorted(case.notes)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_second_run_changes_nothing(case: Case) -> None:
    assert edit(case, case.after).profile.render() == case.after


@pytest.mark.parametrize("case", PRESENT, ids=name_of)
def test_windows_reads_the_stanza(case: Case) -> None:
    stanza = edit_request_from(case.options("/x")).stanza
    for key, value in stanza.settings:
        assert read_value(parse(case.after), stanza.section, key) == value
        if case.changed:
            assert read_value(parse(case.after), stanza.section, key, WINE) == value


@pytest.mark.parametrize("case", ABSENT, ids=name_of)
def test_windows_reads_nothing(case: Case) -> None:
    stanza = edit_request_from(case.options("/x")).stanza
    for key, _value in stanza.settings:
        assert read_value(parse(case.after), stanza.section, key, WINDOWS) is None
        if case.changed and "readers_differ" not in case.notes:
            assert read_value(parse(case.after), stanza.section, key, WINE) is None


def unmatched(old: list[bytes], new: list[bytes]) -> list[bytes]:
    """Give the old lines without a place in the new file, when the others keep their order."""
    rows = [[0] * (len(new) + 1) for _line in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            same = rows[i + 1][j + 1] + 1 if old[i] == new[j] else 0
            rows[i][j] = max(same, rows[i + 1][j], rows[i][j + 1])
    left, j = [], 0
    for i, line in enumerate(old):
        while j < len(new) and line != new[j] and rows[i][j] == rows[i][j + 1]:
            j += 1
        if j < len(new) and line == new[j]:
            j += 1
        else:
            left.append(line)
    return left


@pytest.mark.parametrize("case", [case for case in PRESENT if case.before], ids=name_of)
def test_present_touches_one_line_for_each_key(case: Case) -> None:
    """Rule 4. Ctrl-Z behind the last text, and a UTF-8 mark, may get a line of their own."""
    assert case.before is not None
    old = lines_of(re.sub(rb"(.)\x1a\Z", b"\\1\r\n\x1a", case.before))
    if case.after.startswith(UTF8_MARK + b"\r\n"):
        old = lines_of(case.before.replace(UTF8_MARK, UTF8_MARK + b"\r\n", 1))
    left = [key_of(line) for line in unmatched(old, lines_of(case.after)) if line]
    assert len(left) == len(set(left))
    assert set(left) <= set(wanted_keys(case))


@pytest.mark.parametrize("case", [case for case in ABSENT if case.before], ids=name_of)
def test_absent_takes_only_keys_headers_and_blank_lines(case: Case) -> None:
    assert case.before is not None
    old, new = case.before.splitlines(True), case.after.splitlines(True)
    gone = unmatched(old, new)
    assert len(old) == len(new) + len(gone)
    for line in gone:
        header = line.lstrip().lower().startswith(b"[" + case.section.lower().encode())
        assert header or not line.strip() or key_of(line) in wanted_keys(case)


@pytest.mark.parametrize("row", REFUSED, ids=name_of)
def test_refused(row: Refused) -> None:
    with pytest.raises(ProfileError) as caught:
        edit(Case("", None, b"", state=row.state), row.before)
    assert row.fragment in str(caught.value)


def test_a_doubtful_section_is_named_with_its_line_and_a_way_out() -> None:
    with pytest.raises(ProfileError, match=r"^line 2, '\[EMSMTA', .* holds A; nothing was changed: correct that line"):
        edit(Case("", None, b""), b"[X]\r\n[EMSMTA\r\nA=1\r\n")


@pytest.mark.parametrize(
    "before", [b"[EMSMTA\r\n\x1b[31mA=1\r\n", b"[EMSMTA]\x1b[31m]\r\nA=1\r\n"], ids=["key", "header"]
)
def test_a_refusal_brings_no_control_byte_to_the_terminal(before: bytes) -> None:
    with pytest.raises(ProfileError) as caught:
        edit(Case("", None, b""), before)
    assert str(caught.value).isprintable()
    assert "\\x1b[31m" in str(caught.value)


def test_a_note_brings_no_control_byte_to_the_terminal() -> None:
    before = b"\xa0[EMSMTA]\r\nDisable=\x1b[31m\r\n[EMSMTA]\r\nDisable=1\r\n"
    (note,) = edit(Case("", None, b""), before).notes
    assert note.message.endswith("would read '\\x1b[31m'")
