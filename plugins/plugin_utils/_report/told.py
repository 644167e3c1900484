# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report tells on the terminal: totals, what is not right, and the advice that matters. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...module_utils._server.text import cut, few
from .advice import TOLD_ON_TERMINAL
from .report import CHANGED, Report
from .servers import STATUSES, is_right

# Of one piece of advice; report.html has all of it.
LONGEST_ADVICE = 300


def totals_of(report: Report) -> str:
    """Give the totals in one line, as: 3 exposed, 12 protected."""
    totals = report["totals"]
    return ", ".join(f"{totals[status]} {_words(status)}" for status in STATUSES if totals[status]) or "no servers"


def told(report: Report, folder: str) -> list[str]:
    """Give the lines for the terminal."""
    return [
        "",
        f"{len(report['servers'])} servers: {totals_of(report)}{_doubts(report)}",
        *_since(report),
        *_not_right(report),
        *_masters(report),
        *_restart(report),
        *_advice(report),
        f"The report: {folder}/report.html, and beside it report.csv, report.json, report.xml",
    ]


def _doubts(report: Report) -> str:
    """Say why the totals are not those of a whole run that was made."""
    doubts = ["a prediction"] * report["check_mode"] + ["not complete"] * (not report["complete"])
    return f" ({', '.join(doubts)})" if doubts else ""


def _since(report: Report) -> Iterator[str]:
    lost = report["since"]["no_longer_protected"]
    if lost:
        yield f"Protected last time, and exposed now: {few(lost)}"


def _not_right(report: Report) -> Iterator[str]:
    wrong: dict[str, list[str]] = {}
    for server in report["servers"]:
        if not is_right(server):
            outcome = server["outcome"]
            status = _words(server["status"])
            head = status if outcome in (None, "ok") else f"{status}, {_words(outcome)}"
            wrong.setdefault(head, []).append(server["name"])
    for head, names in wrong.items():
        yield f"{head.capitalize()}: {few(names)}"


def _masters(report: Report) -> Iterator[str]:
    for master in report["masters"]:
        if master["outcome"] != "ok":
            yield f"Master copy on {master['name']}: {cut(master['message'], LONGEST_ADVICE)}"


def _restart(report: Report) -> Iterator[str]:
    changed = [entry["name"] for entry in report["restart"] if entry["why"] == CHANGED]
    if changed:
        yield f"MTA to be restarted: {few(changed)}"


def _advice(report: Report) -> Iterator[str]:
    chosen = [advice for advice in report["advice"] if advice["code"] in TOLD_ON_TERMINAL]
    if chosen:
        yield "What to do:"
    for advice in chosen:
        yield f"- {cut(advice['message'], LONGEST_ADVICE)} [{few(advice['servers'])}]"


def _words(code: str) -> str:
    return code.replace("_", " ")
