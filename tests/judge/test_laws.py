# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws of reading and editing on generated files, with Wine as the judge.

JUDGE_FILES sets how many files, JUDGE_SEED which; a failure names the seed and the number,
and ``python tests/judge/generate.py SEED NUMBER`` writes that file.
"""

from __future__ import annotations

import functools
import os

import pytest

from tests.judge import laws
from tests.judge.laws import Findings

LAWS = (
    "reading as Wine",
    "reading as Windows",
    "present",
    "others after present",
    "absent",
    "others after absent",
    "second run",
    "rule 4, present",
    "rule 4, absent",
    "refusals",
)
SHORT, LONG = 10_000, 60_000
MOST_REFUSED = 0.05
RUNS = pytest.mark.parametrize("files", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])


@functools.cache
def findings(files: int) -> Findings:
    seed = os.environ.get("JUDGE_SEED", "1" if files == SHORT else "2")
    found = laws.run(seed, range(int(os.environ.get("JUDGE_FILES", files))))
    print(f"seed {found.seed}: " + ", ".join(f"{name} {count}" for name, count in sorted(found.counts.items())))
    return found


@RUNS
@pytest.mark.parametrize("law", LAWS)
def test_a_law_holds_on_every_generated_file(files: int, law: str) -> None:
    fault = findings(files).of(law)
    assert not fault, f"{law}: {fault}"


@RUNS
def test_few_files_are_refused_and_most_edits_change_something(files: int) -> None:
    counts = findings(files).counts
    assert counts["ensure refused"] + counts["remove refused"] < MOST_REFUSED * counts["files"], counts
    assert counts["ensure changed"] > counts["files"] / 3, counts
    assert counts["remove changed"] > counts["files"] / 8, counts
