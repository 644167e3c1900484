# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report that lay there before knew. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .servers import EXPOSED, JUDGED, NOT_LOOKED_AT, PROTECTED, UNKNOWN, Server

SCHEMA = 1
# What a look may tell that says nothing of the fix does not take the place of an older verdict.
VERDICTS = tuple(status for status in JUDGED if status != UNKNOWN)


class Known(NamedTuple):
    """What is known of a server from before: its verdict, when that was, and when a remedy changed its files."""

    status: str | None = None
    seen: str | None = None
    changed_at: str | None = None


class History(NamedTuple):
    """The last report.

    compared_with: when it was made; None where there is none.
    wrong: why what lies there is no report; empty where it is one, or nothing is there.
    """

    servers: Mapping[str, Known] = {}
    going_back: Sequence[Mapping[str, Any]] = ()
    compared_with: str | None = None
    wrong: str = ""


def history_of(data: bytes | None, run: str) -> History:
    """Read the report.json that lay there.

    Args:
        data: its bytes; None where there is none.
        run: names this run. A report of the same run, made behind an earlier batch of hosts, hands on what it had.
    """
    if data is None:
        return History()
    try:
        report = json.loads(data)
        if report["schema"] != SCHEMA:
            return History(wrong=f"it has schema {report['schema']!r}, and this can read {SCHEMA}")
        same = report["run"] == run
        return History(
            {server["name"]: _known(server, report, same) for server in report["servers"]},
            report["going_back"],
            report["since"]["compared_with"] if same else report["generated"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return History(wrong=f"it cannot be read ({type(error).__name__}: {error})")


def since(history: History, servers: Sequence[Server], inventory: Sequence[str]) -> dict[str, Any]:
    """Say what changed since the last report."""
    looked = [server for server in servers if server["status"] != NOT_LOOKED_AT]
    compared = history.compared_with is not None
    return {
        "compared_with": history.compared_with,
        "no_longer_protected": _turned(looked, PROTECTED, EXPOSED),
        "newly_protected": _turned(looked, EXPOSED, PROTECTED),
        "new": [server["name"] for server in looked if compared and server["name"] not in history.servers],
        "gone": sorted(set(history.servers) - set(inventory)),
    }


def with_last(server: Server, history: History) -> Server:
    """Give a server with what the last report knew of it."""
    known = history.servers.get(server["name"], Known())
    return {**server, "last_status": known.status, "last_seen": known.seen, "changed_at": known.changed_at}


def _turned(servers: Sequence[Server], one: str, other: str) -> list[str]:
    return [server["name"] for server in servers if server["last_status"] == one and server["status"] == other]


def _known(server: Mapping[str, Any], report: Mapping[str, Any], same_run: bool) -> Known:
    """Give the last verdict; what a run in check mode predicted was none."""
    status = server["status_before"] if report["check_mode"] and server["status_before"] else server["status"]
    last = server["last_status"]
    keep = same_run or status not in JUDGED or (status == UNKNOWN and last in VERDICTS)
    verdict = (last, server["last_seen"]) if keep else (status, report["generated"])
    return Known(*verdict, server["changed_at"])
