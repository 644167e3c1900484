# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a fleet as plain data: what report.json holds, and the other files show. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ...module_utils._server.text import message
from .advice import advice_for
from .evidence import evidence_of
from .history import (
    CHANGED,
    NOT_KNOWN,
    READ_OTHER,
    SCHEMA,
    VERDICTS,
    Copy,
    History,
    Known,
    Restart,
    since,
    with_last,
)
from .in_force import Sight, has_read_fix, is_stopped, with_starts
from .masters import mitigated
from .servers import (
    EXPOSED,
    NOT_APPLICABLE,
    NOT_LOOKED_AT,
    PROTECTED,
    STATUSES,
    Server,
    is_right,
    not_looked_at,
    server_of,
    verdict_of,
)

Report = dict[str, Any]
# What is told of a proxy server whose master copy a remedy saw to.
OF_MASTER = ("name", "status", "status_before", "outcome", "message", "changes")


class Run(NamedTuple):
    """A run to report.

    name: names it, the same behind each batch of its hosts.
    generated: when, in UTC, as 2026-11-26T11:06:31Z.
    check_mode: whether what the role told is a prediction.
    hosts: of the play, under its limit.
    inventory: all hosts that there are.
    registered: gives what a look or the role left for a host, None where nothing is.
    masters: hosts whose master copy holds the fix since this run, each with its names.
    proxies: the hosts whose master copies this run saw to, as servers of a report.
    proxy_addresses: under which remote MTAs know the proxy, as they were given.
    """

    name: str
    generated: str
    check_mode: bool
    hosts: Sequence[str]
    inventory: Sequence[str]
    registered: Callable[[str], object]
    masters: Mapping[str, Collection[str]]
    proxies: Sequence[Server] = ()
    proxy_addresses: Sequence[str] = ()


def report_of(run: Run, history: History) -> Report:
    """Give the report of a run, with what the last one knew of servers that this one did not look at."""
    looked = [server_of(host, run.registered(host)) for host in run.hosts]
    inventory = {message(host) for host in run.inventory}
    others = sorted((inventory & history.servers.keys()) - {server["name"] for server in looked})
    servers = [_whole(server, run, history) for server in [*looked, *map(not_looked_at, others)]]
    servers.sort(key=_worst_first)
    evidence = evidence_of(servers, run.proxy_addresses, run.check_mode)
    restart = [entry for server in servers if (entry := _restart(server, run, history))]
    return {
        "schema": SCHEMA,
        "run": run.name,
        "generated": run.generated,
        "check_mode": run.check_mode,
        "complete": all(server["status"] != NOT_LOOKED_AT for server in looked),
        "totals": {status: sum(server["status"] == status for server in servers) for status in STATUSES},
        "since": since(history, servers, inventory, run.check_mode),
        "restart": restart,
        "advice": advice_for(servers, {entry["name"] for entry in restart}, evidence),
        "masters": [{key: proxy[key] for key in OF_MASTER} for proxy in run.proxies],
        "going_back": _going_back(servers, run, history),
        "evidence": evidence,
        # Their events are told by what they show.
        "servers": [{key: value for key, value in server.items() if key != "events"} for server in servers],
    }


def _worst_first(server: Server) -> tuple[int, bool, str]:
    return STATUSES.index(server["status"]), is_right(server), server["name"]


def _whole(server: Server, run: Run, history: History) -> Server:
    """Give a server with what the last report knew of it, and what this run did elsewhere."""
    known = history.servers.get(server["name"], Known())
    told = mitigated(with_last(server, known), run.masters)
    changed, verdict = _is_changed(server, run), verdict_of(server, run.check_mode)
    if changed:
        told["changed_at"] = run.generated
    elif EXPOSED in (verdict, known.status):
        # What an earlier remedy wrote is no longer there, or took the fix away.
        told["changed_at"] = None
    sight = Sight(verdict, changed, run.generated, history.compared_with, known.status, known.seen)
    return with_starts(told, known.starts, sight)


def _is_changed(server: Server, run: Run) -> bool:
    return bool(server["changes"]) and not run.check_mode


def _restart(server: Server, run: Run, history: History) -> Restart | None:
    """Say why the MTA of a server has to be restarted, where it has to be."""
    verdict = verdict_of(server, run.check_mode)
    # What took the fix away has to be read too; where an edit failed, that comes first.
    changed = _is_changed(server, run) and server["outcome"] != "failed"
    if not changed and verdict not in VERDICTS:
        return history.servers.get(server["name"], Known()).restart
    if server["in_force"] == "yes" or verdict == NOT_APPLICABLE or not (changed or verdict == PROTECTED):
        return None
    # One that is stopped reads what is there when it starts; one that has read the fix need not read it again.
    if is_stopped(server) or has_read_fix(server):
        return None
    return {"name": server["name"], "why": _why(server, changed), "changed_at": server["changed_at"]}


def _why(server: Server, changed: bool) -> str:
    if server["in_force"] == "no" and not changed:
        return READ_OTHER
    return CHANGED if server["changed_at"] else NOT_KNOWN


def _going_back(servers: Sequence[Server], run: Run, history: History) -> list[Copy]:
    """Give the last copy of each file that a remedy changed, on this run or an earlier one, masters too."""
    kept: dict[tuple[str, str], Copy] = {(entry["name"], entry["path"]): entry for entry in history.going_back}
    for server in [*servers, *run.proxies]:
        for change in server["changes"] if _is_changed(server, run) else ():
            if change["backup_file"] is not None:
                copies = {key: change[key] for key in ("path", "local", "backup_file", "backup_local")}
                kept[server["name"], change["path"]] = {"name": server["name"], **copies, "changed_at": run.generated}
    return list(kept.values())
