# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report that lay there before knew. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from .in_force import STARTS, Starts, starts_of
from .servers import EXPOSED, FILE, JUDGED, PROTECTED, UNKNOWN, Server, verdict_of
from .shape import TEXT_OR_NONE, TIME, TIME_OR_NONE, Misfit, Shape, taken

SCHEMA = 1
# What a look may tell that says nothing of the fix does not take the place of an older verdict.
VERDICTS = tuple(status for status in JUDGED if status != UNKNOWN)
# Why an MTA is in the list of those to restart.
CHANGED, NOT_KNOWN, READ_OTHER = "changed", "not_known", "read_other"
SERVER = {
    "name": str,
    "status": str,
    "status_before": TEXT_OR_NONE,
    "last_status": TEXT_OR_NONE,
    "last_seen": TIME_OR_NONE,
    "changed_at": TIME_OR_NONE,
    **STARTS,
}
COPY = {"name": str, **FILE, "backup_file": str, "backup_local": TEXT_OR_NONE, "changed_at": TIME}
# Of a report, what the next one goes by.
SHAPE: Shape = {
    "run": str,
    "generated": TIME,
    "check_mode": bool,
    "since": {"compared_with": TIME_OR_NONE, "new": [str], "gone": [str]},
    "restart": [{"name": str, "why": re.compile(f"{CHANGED}|{NOT_KNOWN}|{READ_OTHER}"), "changed_at": TIME_OR_NONE}],
    "going_back": [COPY],
    "servers": [SERVER],
}

Restart = Mapping[str, Any]
Copy = Mapping[str, Any]


class Known(NamedTuple):
    """What is known of a server from before.

    status: the last verdict, and seen: when that was.
    changed_at: when a remedy changed its files, where that still stands.
    restart: why its MTA had to be restarted; None where it had not.
    starts: what is known of the starts of its MTA.
    """

    status: str | None = None
    seen: str | None = None
    changed_at: str | None = None
    restart: Restart | None = None
    starts: Starts = Starts()


class History(NamedTuple):
    """The last report.

    servers: that it had, by their names.
    gone: names that the inventory had lost by an earlier batch of this run.
    going_back: copies of files that remedies changed.
    compared_with: when it was made; None where there is none.
    wrong: why what lies there is no report; empty where it is one, or nothing is there.
    """

    servers: Mapping[str, Known] = {}
    gone: Sequence[str] = ()
    going_back: Sequence[Copy] = ()
    compared_with: str | None = None
    wrong: str = ""


def history_of(data: bytes | None, run: str) -> History:
    """Read the report.json that lay there.

    Args:
        data: its bytes; None where there is none, nothing where it is too large to be one.
        run: names this run. A report of the same run, made behind an earlier batch of hosts, hands on what it had.
    """
    if data is None:
        return History()
    if not data:
        return History(wrong="it is empty, or far too large")
    try:
        found = json.loads(data)
        schema = found.get("schema") if isinstance(found, dict) else None
        if schema != SCHEMA:
            return History(wrong=f"it is no report of schema {SCHEMA}")
        report = taken(found, SHAPE, "report")
    except (ValueError, RecursionError) as error:
        return History(wrong=f"it is no JSON ({type(error).__name__})")
    except Misfit as error:
        return History(wrong=f"it is damaged: {error}")
    return _history(report, report["run"] == run)


def _history(report: Mapping[str, Any], same_run: bool) -> History:
    since = report["since"]
    # What this run was the first to have is new to its later batches too.
    new = set(since["new"]) if same_run else set()
    restart = {entry["name"]: entry for entry in report["restart"]}
    return History(
        servers={
            server["name"]: _known(server, report, restart, same_run)
            for server in report["servers"]
            if server["name"] not in new
        },
        gone=since["gone"] if same_run else (),
        going_back=report["going_back"],
        compared_with=since["compared_with"] if same_run else report["generated"],
    )


def _known(
    server: Mapping[str, Any], report: Mapping[str, Any], restart: Mapping[str, Restart], same_run: bool
) -> Known:
    status = verdict_of(server, report["check_mode"])
    last = (server["last_status"], server["last_seen"]) if server["last_status"] in JUDGED else (None, None)
    keep = same_run or status not in JUDGED or (status == UNKNOWN and last[0] in VERDICTS)
    verdict, seen = last if keep else (status, report["generated"])
    return Known(verdict, seen, server["changed_at"], restart.get(server["name"]), starts_of(server))


def since(history: History, servers: Sequence[Server], inventory: Collection[str], check_mode: bool) -> dict[str, Any]:
    """Say what changed since the last report, each server against its last known verdict.

    Args:
        history: the last report.
        servers: of this one.
        inventory: the names of all hosts.
        check_mode: whether the statuses are predictions.
    """

    def turned(one: str, other: str) -> list[str]:
        verdicts = ((server, verdict_of(server, check_mode)) for server in servers)
        return [server["name"] for server, now in verdicts if server["last_status"] == one and now == other]

    compared = history.compared_with is not None
    return {
        "compared_with": history.compared_with,
        "no_longer_protected": turned(PROTECTED, EXPOSED),
        "newly_protected": turned(EXPOSED, PROTECTED),
        "fixed_again": [] if check_mode else [server["name"] for server in servers if _is_fixed_again(server)],
        "new": [server["name"] for server in servers if compared and server["name"] not in history.servers],
        "gone": sorted({*history.gone, *history.servers} - set(inventory)),
    }


def _is_fixed_again(server: Server) -> bool:
    """Tell whether a fix was undone since the last report, and made again by this run."""
    return (server["last_status"], server["status_before"], server["status"]) == (PROTECTED, EXPOSED, PROTECTED)


def with_last(server: Server, known: Known) -> Server:
    """Give a server with what the last report knew of it."""
    return {**server, "last_status": known.status, "last_seen": known.seen, "changed_at": known.changed_at}
