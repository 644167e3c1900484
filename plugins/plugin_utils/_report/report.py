# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a fleet as plain data: what report.json holds, and the other files show. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .advice import advice_for
from .history import SCHEMA, History, since, with_last
from .masters import mitigated
from .servers import NOT_LOOKED_AT, PROTECTED, STATUSES, Server, not_looked_at, server_of

Report = dict[str, Any]
# What is told of a proxy server whose master copy a remedy saw to.
OF_MASTER = ("name", "status", "status_before", "outcome", "message", "changes")
# Why an MTA is in the list of those to restart.
CHANGED, NOT_KNOWN = "changed", "not_known"


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
    """

    name: str
    generated: str
    check_mode: bool
    hosts: Sequence[str]
    inventory: Sequence[str]
    registered: Callable[[str], object]
    masters: Mapping[str, frozenset[str]]
    proxies: Sequence[Server] = ()


def report_of(run: Run, history: History) -> Report:
    """Give the report of a run, with what the last one knew of servers that this one did not look at."""
    looked = [server_of(host, run.registered(host)) for host in run.hosts]
    complete = all(server["status"] != NOT_LOOKED_AT for server in looked)
    others = sorted((set(history.servers) & set(run.inventory)) - set(run.hosts))
    servers = [with_last(server, history) for server in [*looked, *map(not_looked_at, others)]]
    servers = [_changed(mitigated(server, run.masters), run) for server in servers]
    servers.sort(key=lambda server: (STATUSES.index(server["status"]), server["name"]))
    proxies = [_changed({**proxy, "changed_at": None}, run) for proxy in run.proxies]
    restart = [entry for entry in map(_restart, servers) if entry]
    return {
        "schema": SCHEMA,
        "run": run.name,
        "generated": run.generated,
        "check_mode": run.check_mode,
        "complete": complete,
        "totals": {status: sum(server["status"] == status for server in servers) for status in STATUSES},
        "since": since(history, servers, run.inventory),
        "restart": restart,
        "advice": advice_for(servers, {entry["name"] for entry in restart}),
        "going_back": _going_back([*servers, *proxies], history, run.check_mode),
        "masters": [{key: proxy[key] for key in OF_MASTER} for proxy in proxies],
        "servers": servers,
    }


def _changed(server: Server, run: Run) -> Server:
    changed = bool(server["changes"]) and not run.check_mode
    return {**server, "changed_at": run.generated if changed else server["changed_at"]}


def _restart(server: Server) -> dict[str, Any] | None:
    """Say why the MTA of a protected server has to be restarted, where it has to be."""
    if server["status"] != PROTECTED or server["in_force"] == "yes":
        return None
    why = CHANGED if server["changed_at"] else NOT_KNOWN
    return {"name": server["name"], "why": why, "changed_at": server["changed_at"]}


def _going_back(servers: Sequence[Server], history: History, check: bool) -> list[dict[str, Any]]:
    """Give the last copy of each file that a remedy changed, on this run or an earlier one."""
    kept = {(entry["name"], entry["path"]): dict(entry) for entry in history.going_back}
    for server in servers:
        for change in [] if check else server["changes"]:
            if change["backup_file"] is not None:
                copies = {key: change[key] for key in ("path", "local", "backup_file", "backup_local")}
                kept[server["name"], change["path"]] = {
                    "name": server["name"],
                    **copies,
                    "changed_at": server["changed_at"],
                }
    return list(kept.values())
