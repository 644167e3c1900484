# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the comparison, as text for a terminal and for docs/."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.cases.case import Case
from tests.compare.checks import QUESTIONS, Trial, Verdict

Results = dict[tuple[str, int], tuple[Trial, Verdict]]
MARKS = {"reads": "R", "kept": "K", "second": "2", "check": "C", "alone": "A", "refused": "F"}
ASKED = {
    "reads": "does Windows then read what was wanted",
    "kept": "are the other bytes kept",
    "second": "is the second run a no-op",
    "check": "is check mode honest",
    "alone": "is an effective file left alone",
    "refused": "is bad input refused cleanly",
}


def totals(results: Results, peers: Sequence[str], rows: Iterable[int]) -> list[list[str]]:
    """Give a row for each tool: the number of yes among the files where the question applies."""
    table = [["", *(ASKED[question] for question in QUESTIONS)]]
    indexes = list(rows)
    for peer in peers:
        verdicts = [results[peer, index][1] for index in indexes]
        table.append([peer, *(_count([verdict[question] for verdict in verdicts]) for question in QUESTIONS)])
    return table


def _count(answers: list[bool | None]) -> str:
    given = [answer for answer in answers if answer is not None]
    return f"{sum(given)} of {len(given)}" if given else "-"


def cases(results: Results, peers: Sequence[str], rows: Sequence[Case], indexes: Iterable[int]) -> list[list[str]]:
    """Give a row for each file: for each tool the marks of the questions with the answer no."""
    table = [["file", *peers]]
    for index in indexes:
        case = rows[index]
        table.append([title(case), *(cell(*results[peer, index]) for peer in peers)])
    return table


def title(case: Case) -> str:
    """Name a file; the state is said where it is not the usual one."""
    is_said = case.state == "present" or case.name.startswith(("absent", "nothing"))
    return case.name if is_said else f"absent: {case.name}"


def cell(trial: Trial, verdict: Verdict) -> str:
    """Give the marks of the questions answered with no; E for an error, T for a traceback."""
    marks = "".join(MARKS[question] for question in QUESTIONS if verdict[question] is False)
    said = "T" if trial.first.crashed else "E" if trial.first.error else ""
    if verdict["refused"] is not None:
        return "ok" if verdict["refused"] else marks + said.replace("E", "")
    return marks + said or "ok"


def better(results: Results, peers: Sequence[str], rows: Sequence[Case]) -> list[str]:
    """Say where another tool is right and the first one is not."""
    ours, *others = peers
    found = []
    for index, case in enumerate(rows):
        for question in QUESTIONS:
            right = [peer for peer in others if results[peer, index][1][question]]
            if results[ours, index][1][question] is False and right:
                found.append(f"{title(case)}: {ASKED[question]}: {', '.join(right)}")
    return found


def plain(table: Sequence[Sequence[str]]) -> str:
    """Give a table for a terminal."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    padded = [[text.ljust(width) for text, width in zip(row, widths, strict=True)] for row in table]
    return "\n".join("  ".join(row).rstrip() for row in padded)


def markdown(table: Sequence[Sequence[str]]) -> str:
    """Give a table for a page."""
    lines = ["| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in table]
    return "\n".join([lines[0], "|" + " --- |" * len(table[0]), *lines[1:]])
