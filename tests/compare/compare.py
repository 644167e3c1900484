# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison from end to end: trials, tables, page."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence

from tests.cases.edits import CASES
from tests.compare import page, playbook, report, writer
from tests.compare.checks import Trial
from tests.compare.trials import BAD_INPUT, NAMES, PARTS, ROWS, all_trials, judged
from tests.judge import judge

PROGRAMS = {"augtool": "augeas-tools", judge.COMPILER: "gcc-mingw-w64-x86-64", writer.WINE: "wine64"}


def sample_line(trials: Sequence[Trial]) -> str:
    number, wrong = playbook.compare(trials)
    said = f"As a sample, {number} of these trials ran again as tasks of a real playbook, each in check mode and twice"
    return f"{said}: {number - len(wrong)} of {number} ended alike" + "".join(f"; not {one}" for one in wrong) + "."


def tables(results: report.Results) -> list[tuple[str, list[list[str]]]]:
    """Give one table for each part of the files."""
    found, start = [], 0
    for title, part in PARTS.items():
        rows = range(start, start + len(part))
        found.append((title, report.cases(results, NAMES, ROWS, rows)))
        start += len(part)
    return found


def main() -> int:
    """Run everything, print the tables, write the page; fail when the module does not keep its promise."""
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        sys.exit(f"These system packages are missing: {' '.join(missing)}")
    begin = time.monotonic()
    writer.build()
    with judge.Judge() as wine:  # also keeps Wine up for the writer
        trials = all_trials()
        results = judged(trials, wine)
    show(results, sample_line(trials))
    print(f"\n{len(ROWS)} files, {len(NAMES)} tools, {time.monotonic() - begin:.0f} s; written to {page.PAGE}")
    promised = [results[NAMES[0], index][1] for index in [*range(len(CASES)), *BAD_INPUT]]
    return 1 if any(answer is False for verdict in promised for answer in verdict.values()) else 0


def show(results: report.Results, sample: str) -> None:
    """Print the tables and write the page."""
    totals = report.totals(results, NAMES, [*range(len(CASES)), *BAD_INPUT])
    better = report.better(results, NAMES, ROWS)
    parts = tables(results)
    page.write(report.markdown(totals), [(title, report.markdown(table)) for title, table in parts], better, sample)
    for title, table in parts:
        print(f"{title}\n\n{report.plain(table)}\n")
    print(*(f"others are right: {line}" for line in better), sample, "", report.plain(totals), sep="\n")
