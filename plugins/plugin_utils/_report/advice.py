# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Advice for a fleet: each sentence once, with the servers that it is for. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ...module_utils._server.text import QUOTED_NAME, cut, few
from .masters import RISK, master_of
from .refusals import has_proxy, was_read
from .sentences import NOT_GATHERED
from .servers import EXPOSED, Server

Advice = dict[str, Any]
REMEDIATE: Advice = {
    "code": "remediate",
    "message": "Fix these servers by the playbook legacy_exchange.winsock_proxy.remediate, with --check --diff first.",
    "source": "Q254909",
    "certainty": "documented",
}
OVERRIDE_PROXIED: Advice = {
    "code": "override_proxied",
    "message": "X.400 may go through the proxy on purpose, since section EMSMTA holds other keys: remediate leaves "
    "such a server alone, unless emsmta_bypass_override_proxied is true for it.",
    "source": "Q263046",
    "certainty": "inferred",
}
# The name of each master is filled in.
FIX_MASTER: Advice = {
    "code": "fix_master",
    "message": "Make the fix last, which a client may lose when it fetches its files again: put the proxy servers with "
    "the master copies{} into the group emsmta_proxies, and run remediate.",
    "source": "Q193928",
    "certainty": "inferred",
}
# Of a server that was not exposed, or whose MTA was started since, this would send people to servers in vain.
RESTART = "restart_mta"
GATHER_EVENTS: Advice = {
    "code": "gather_events",
    "message": "Have the event logs of the remote MTAs read too, by emsmta_audit_events: true on those hosts: the one "
    "that refuses a call logs it.",
    "source": "Q254909",
    "certainty": "documented",
}
PROXY_ADDRESSES: Advice = {
    "code": "proxy_addresses",
    "message": "Give the proxy's address on the side of the remote MTAs, and its name there, as "
    "emsmta_audit_proxy_addresses: what files of the clients name is a guess, mostly its address on the inner side.",
    "source": "Q254909",
    "certainty": "inferred",
}
# Where no log was read though that was asked for.
LOGS_NOT_READ: Advice = {
    "code": "logs_not_read",
    "message": "No event log of another server could be read: not_read in the report says why of each.",
    "source": "",
    "certainty": "inferred",
}
# Who was refused is filled in.
REFUSED_CALLERS: Advice = {
    "code": "refused_callers",
    "message": "{} were refused ({}): is one of them your proxy? Give it as emsmta_audit_proxy_addresses.",
    "source": "Q254909",
    "certainty": "inferred",
}
# By hand, where the events of remote MTAs were not read.
BY_HAND = "remote_events"
MOST_CALLERS = 3
# A master copy of ISA Server is not to be edited: that server has its own advice.
ISA = "isa_management"
ON_PURPOSE = "proxied_on_purpose"
# In this order; what else there is comes behind.
ORDER = (
    "remediate",
    "leave_out",
    "override_proxied",
    "look",
    "client_1_0",
    RESTART,
    "fix_master",
    ISA,
    "gather_events",
    "logs_not_read",
    "refused_callers",
    "proxy_addresses",
)


def advice_for(
    servers: Sequence[Server], restart: Collection[str], evidence: Mapping[str, Any] | None = None
) -> list[Advice]:
    """Give advice, each with the names of its servers.

    Args:
        servers: of the report, worst first.
        restart: the names of those whose MTA has to be restarted.
        evidence: of the report; None where no events were gathered.
    """
    joined = {each["name"]: each for each in evidence["servers"]} if evidence else {}
    # Those of which a log was asked for, and not read.
    unread = set(unread_logs(evidence))
    only_guesses = evidence is not None and all(proxy["guess"] for proxy in evidence["proxies"])
    shared: dict[tuple[str, str], Advice] = {}
    fix_master = _fix_master(servers)
    for server in servers:
        known = joined.get(server["name"])
        by_hand = known is None or not known["logs_read"]
        for advice in [*_of(server, restart, fix_master, by_hand), *_for_evidence(known, unread, only_guesses)]:
            entry = shared.setdefault((advice["code"], advice["message"]), {**advice, "servers": []})
            if server["name"] not in entry["servers"][-1:]:
                entry["servers"].append(server["name"])
    return sorted([*shared.values(), *_for_callers(evidence)], key=_place)


def _for_callers(evidence: Mapping[str, Any] | None) -> Iterator[Advice]:
    """Ask whether callers that are not known as a proxy are one; the servers are those that refused them."""
    if evidence and evidence["other_callers"]:
        found = [cut(each["address"], QUOTED_NAME) for each in evidence["other_callers"]]
        named = few(found[:MOST_CALLERS], left_out=len(found[MOST_CALLERS:]) + evidence["other_callers_left_out"])
        who = "Other callers" if any(has_proxy(remote) for remote in evidence["remotes"]) else "Callers"
        servers = [remote["name"] for remote in evidence["remotes"] if remote["other_callers"]]
        yield {**REFUSED_CALLERS, "message": REFUSED_CALLERS["message"].format(who, named), "servers": servers}


def unread_logs(evidence: Mapping[str, Any] | None) -> list[str]:
    """Give the servers of which no record could be read, though that was asked for."""
    return [each["name"] for each in evidence["remotes"] if not was_read(each)] if evidence else []


def _for_evidence(known: Mapping[str, Any] | None, unread: Collection[str], only_guesses: bool) -> Iterator[Advice]:
    """Say what would make the evidence for a server better."""
    if known is not None and known["sure"] == NOT_GATHERED:
        yield LOGS_NOT_READ if len(unread) > (known["name"] in unread) else GATHER_EVENTS
    elif known is not None and only_guesses:
        yield PROXY_ADDRESSES


def _of(server: Server, restart: Collection[str], fix_master: Advice, by_hand: bool) -> Iterator[Advice]:
    if server["status"] == EXPOSED and _has_risk(server, ON_PURPOSE):
        yield OVERRIDE_PROXIED
    # The role, where it has run, has made the plan, or has told why not.
    elif server["status"] == EXPOSED and server["plan"] and server["outcome"] is None:
        yield REMEDIATE
    for advice in server["advice"]:
        if (advice["code"] != RESTART or server["name"] in restart) and (advice["code"] != BY_HAND or by_hand):
            yield advice
    if _may_lose_it(server):
        yield fix_master


def _fix_master(servers: Sequence[Server]) -> Advice:
    """Name the proxy servers whose copies could undo the fix."""
    names = {master.casefold(): master for server in servers if _may_lose_it(server) and (master := master_of(server))}
    named = few([cut(name, QUOTED_NAME) for name in sorted(names.values())])
    return {**FIX_MASTER, "message": FIX_MASTER["message"].format(f" ({named})" if named else "")}


def _may_lose_it(server: Server) -> bool:
    return _has_risk(server, RISK) and not any(advice["code"] == ISA for advice in server["advice"])


def _has_risk(server: Server, code: str) -> bool:
    return any(risk["code"] == code and not risk["mitigated"] for risk in server["risks"])


def _place(advice: Advice) -> int:
    return ORDER.index(advice["code"]) if advice["code"] in ORDER else len(ORDER)
