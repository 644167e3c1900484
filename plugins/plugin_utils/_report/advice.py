# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Advice for a fleet: each sentence once, with the servers that it is for. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from .masters import RISK
from .servers import EXPOSED, Server

REMEDIATE = {
    "code": "remediate",
    "message": "Fix these servers: run the playbook legacy_exchange.winsock_proxy.remediate, with --check --diff first.",
    "source": "Q254909",
    "certainty": "documented",
}
FIX_MASTER = {
    "code": "fix_master",
    "message": "Make the fix last: put the proxy servers whose master copies these clients fetch into the group "
    "emsmta_proxies, and run remediate. A client that fetches its files again may lose the fix.",
    "source": "Q193928",
    "certainty": "inferred",
}
# Of a server that was not exposed, or whose MTA was started since, this would send people to servers in vain.
RESTART = "restart_mta"
# The rest stands in the report alone, so that the end of a run stays short.
TOLD_ON_TERMINAL = ("remediate", "leave_out", "look", "client_1_0", "fix_master")
# In this order; what else there is comes behind.
ORDER = ("remediate", "leave_out", "look", RESTART, "fix_master")


def advice_for(servers: Sequence[Server], restart: Collection[str]) -> list[dict[str, Any]]:
    """Give advice, each with the names of its servers.

    Args:
        servers: of the report, worst first.
        restart: the names of those whose MTA has to be restarted.
    """
    shared: dict[tuple[str, str], dict[str, Any]] = {}
    for server in servers:
        for advice in _of(server, restart):
            entry = shared.setdefault((advice["code"], advice["message"]), {**advice, "servers": []})
            entry["servers"].append(server["name"])
    return sorted(shared.values(), key=_place)


def _of(server: Server, restart: Collection[str]) -> Iterator[dict[str, Any]]:
    if server["status"] == EXPOSED and server["plan"] and server["outcome"] in (None, "ok"):
        yield REMEDIATE
    for advice in server["advice"]:
        if advice["code"] != RESTART or server["name"] in restart:
            yield advice
    if any(risk["code"] == RISK and not risk["mitigated"] for risk in server["risks"]):
        yield FIX_MASTER


def _place(advice: dict[str, Any]) -> int:
    return ORDER.index(advice["code"]) if advice["code"] in ORDER else len(ORDER)
