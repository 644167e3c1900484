# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that the plan tells are those that the edit changes."""

from __future__ import annotations

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import parse
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.edits import ensure
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Stanza
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.protocols import Entry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.judge import Step
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.preview import preview

from tests.cases.case import Case, Refused
from tests.cases.doubtful import REFUSED
from tests.cases.edits import CASES

FIX = Stanza(b"EMSMTA", ((b"Disable", b"1"),))
STEP = Step(Entry("C:\\x.ini", "/c/x.ini", False), "EMSMTA", (("Disable", 1),), "")
EDITS = [case for case in CASES if (case.state, case.section, case.settings) == ("present", "EMSMTA", None)]
# A fourth line, which has what was taken off the first, is left out.
TAKEN_OFF = ("before a Ctrl-Z right behind a value", "UTF-8 mark before the header, value wrong")
DOUBTFUL = [
    row for row in REFUSED if row.state == "present" and b"\0" not in row.before and row.before[:2] != b"\xff\xfe"
]
LINES = [
    (b"[EMSMTA]\r\nDisable=0\r\n[A]\r\n", [(2, "Disable=0", "Disable=1")]),
    (b"[EMSMTA]\r\n[A]\r\n", [(2, None, "Disable=1")]),
    (b"[A]\r\n", [(2, None, "[EMSMTA]"), (3, None, "Disable=1")]),
    (b"[A]", [(1, "[A]", "[A]"), (2, None, "[EMSMTA]"), (3, None, "Disable=1")]),
    (b"[emsmta]\r\n disable\t= \xe9\x1b\r\n", [(2, " disable\t= \\xe9\\x1b", " disable\t= 1")]),
    (b"[EMSMTA]\r\nDisable=1\r\n", []),
]


@pytest.mark.parametrize(("data", "lines"), LINES)
def test_lines(data: bytes, lines: list[tuple[int, str | None, str | None]]) -> None:
    assert [tuple(line) for line in preview(parse(data), STEP)] == lines


def test_a_long_line_is_cut() -> None:
    (line,) = preview(parse(b"[EMSMTA]\r\nDisable=" + b"x" * 60000 + b"\r\n"), STEP)
    assert line.before is not None
    assert len(line.before) < 400


@pytest.mark.parametrize("case", EDITS, ids=lambda case: case.name)
def test_they_are_few_and_make_the_edit(case: Case) -> None:
    before = case.before or b""
    old, new = parse(before).lines, ensure(parse(before), FIX).profile.lines
    told = preview(parse(before), STEP)
    assert len(told) <= 3
    assert bool(told) is (old != new)
    assert [line for line in told if line.after is None] == []
    if case.name in TAKEN_OFF:
        return
    numbers = {line.line for line in told}
    assert [text for at, text in enumerate(new, 1) if at not in numbers] == [
        text for at, text in enumerate(old, 1) if at not in {line.line for line in told if line.before is not None}
    ]


def test_there_are_such_edits() -> None:
    assert len(EDITS) > 20


@pytest.mark.parametrize("row", DOUBTFUL, ids=lambda row: row.name)
def test_an_edit_that_would_be_refused_has_no_lines(row: Refused) -> None:
    assert preview(parse(row.before), STEP) == []
