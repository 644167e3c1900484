# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of several places holds a file, and whether a stretch of look-ups was complete."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import Gap
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.look import Candidates, Hints, Look
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.protocols import Entry

from tests.unit.drive_trees import build

C, D = (Entry(f"{letter}:\\x.ini", f"/mnt/{letter}/x.ini", False) for letter in "CD")
SEVERAL = "there are several, C:\\x.ini and D:\\x.ini"
PERHAPS = "C:\\x.ini was found, but not all places could be looked at (closed)"


@pytest.mark.parametrize(
    ("entries", "reason", "only", "undecided", "brief"),
    [
        ((C,), None, C, None, ""),
        ((C, D), None, None, SEVERAL, "there are several x.ini"),
        ((C, D), "closed", None, SEVERAL, "there are several x.ini"),
        ((C,), "closed", None, PERHAPS, "not all places of x.ini could be looked at"),
        ((), "closed", None, None, "x.ini could not be looked for"),
        ((), None, None, None, "x.ini was not found"),
    ],
)
def test_which_one_it_is(
    entries: tuple[Entry, ...], reason: str | None, only: Entry | None, undecided: str | None, brief: str
) -> None:
    found = Candidates(entries, (), reason)
    assert (found.only, found.undecided, found.complete) == (only, undecided, reason is None)
    if only is None:
        assert found.brief("x.ini") == brief


def look(folder: Path) -> Look:
    return Look(DriveFiles(build(folder, {"C/x.ini": b"", "D/y/x.ini": b""})), Hints())


def test_places_on_all_drives(tmp_path: Path) -> None:
    found = look(tmp_path).on_drives(["x.ini", "y\\x.ini"], "x.ini")
    assert found.looked_for == ("C:\\x.ini", "C:\\y\\x.ini", "D:\\x.ini", "D:\\y\\x.ini")
    assert [entry.windows for entry in found.entries] == ["C:\\x.ini", "D:\\y\\x.ini"]
    assert found.complete


def test_a_folder_is_no_candidate_and_a_gap_is_told(tmp_path: Path) -> None:
    here = look(tmp_path)
    found = here.existing(["D:\\y", "E:\\x.ini", "C:\\x.ini"], "x.ini")
    assert [entry.windows for entry in found.entries] == ["C:\\x.ini"]
    assert found.reason == here.gaps[0].reason
    assert [gap.what for gap in here.gaps] == ["x.ini"]


def test_a_stretch_knows_what_failed_since_it_began(tmp_path: Path) -> None:
    here = look(tmp_path)
    here.gap("a", "before")
    stretch = here.stretch()
    assert (stretch.complete, stretch.reason, stretch.gaps) == (True, None, ())
    here.gap("b", "closed")
    here.gap("b", "closed")
    here.gap("HKLM\\SYSTEM", "denied")
    assert (stretch.complete, stretch.reason) == (False, "denied")
    assert stretch.gaps == (Gap("b", "closed"), Gap("registry", "denied"))
    assert here.gaps == (Gap("a", "before"), *stretch.gaps)


def test_a_gap_that_was_known_before_makes_a_stretch_incomplete_too(tmp_path: Path) -> None:
    here = look(tmp_path)
    here.gap("b", "closed")
    stretch = here.stretch()
    here.gap("b", "closed")
    assert not stretch.complete
    assert here.gaps == (Gap("b", "closed"),)
