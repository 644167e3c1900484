# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file through every tool, and the answers to the questions."""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.cases.case import PROXY2, Case, fine
from tests.cases.doubtful import DOUBTFUL, NO_PROFILE
from tests.cases.edits import CASES
from tests.compare import report
from tests.compare.checks import Readings, Trial, Verdict, asked, judge_edit, judge_refusal
from tests.compare.peers import PEERS, Peer
from tests.judge.judge import Judge

NAMES = [peer.name for peer in PEERS]
UNREADABLE = [fine(row.name, row.before, state=row.state) for row in NO_PROFILE]
BAD_OPTIONS = [
    fine("a line end in the value", PROXY2, settings={"Disable": "1\r\n[lsass]"}),
    fine("blanks at the ends of the value", PROXY2, settings={"Disable": " 1 "}),
    fine("quotes round the value, which Windows drops", PROXY2, settings={"Disable": '"1"'}),
    fine("an equals sign in the key", PROXY2, settings={"Dis=able": "1"}),
    fine("a key that would be a comment", PROXY2, settings={";Disable": "1"}),
    fine("a bracket in the section", PROXY2, section="EMS]MTA", settings={"Disable": "1"}),
    fine("an empty section name", PROXY2, section="", settings={"Disable": "1"}),
]
PARTS = {
    "Files to edit, or to leave alone": CASES,
    "Bad input": (*UNREADABLE, *BAD_OPTIONS),
    "Files that Windows and Wine would read in two ways after any small edit": [
        Case(row.name, row.before, row.before, state=row.state) for row in DOUBTFUL
    ],
}
ROWS = [case for part in PARTS.values() for case in part]
BAD_INPUT = range(len(CASES), len(CASES) + len(UNREADABLE) + len(BAD_OPTIONS))


def trial(peer: Peer, case: Case, folder: Path) -> Trial:
    """Let a tool edit a fresh copy of a file: in check mode, then twice."""
    path = folder / "Mspclnt.ini"
    check, checked = None, None
    if peer.tasks:
        lay(path, case.before)
        check = peer.act(case, path, True)
        checked = bytes_of(path)
    lay(path, case.before)
    first = peer.act(case, path, False)
    once = bytes_of(path)
    second = peer.act(case, path, False)
    return Trial(case, peer.name, check, checked, first, once, second, bytes_of(path))


def lay(path: Path, data: bytes | None) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True)
    if data is not None:
        path.write_bytes(data)


def bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def trials_of(number: int) -> list[Trial]:
    """Run all files through one tool."""
    with tempfile.TemporaryDirectory() as folder:
        return [trial(PEERS[number], case, Path(folder) / str(index)) for index, case in enumerate(ROWS)]


def readings_of(trials: Sequence[Trial], wine: Judge) -> Readings:
    """Let Wine read every file that came out, for every key that was asked for."""
    edited = [one for number, one in enumerate(trials) if number % len(ROWS) not in BAD_INPUT]
    files = sorted({one.once or b"" for one in edited})
    answers = dict(zip(files, wine.dump(files), strict=True))
    readings: Readings = {}
    for one in edited:
        for section, key in asked(one.case):
            found = answers[one.once or b""].key(section, key)
            readings[one.once or b"", section, key] = found and found.value
    return readings


def judged(trials: Sequence[Trial], wine: Judge) -> report.Results:
    """Answer the questions for every trial."""
    readings = readings_of(trials, wine)
    results: report.Results = {}
    for number, one in enumerate(trials):
        index = number % len(ROWS)
        verdict: Verdict = judge_refusal(one) if index in BAD_INPUT else judge_edit(one, readings)
        results[one.peer, index] = one, verdict
    return results


def all_trials() -> list[Trial]:
    """Run all files through all tools, two tools at a time."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        return [one for some in pool.map(trials_of, range(len(PEERS))) for one in some]
