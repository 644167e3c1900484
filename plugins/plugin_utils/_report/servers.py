# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One server of the report: what a look or the role told of it, as plain data. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...module_utils._server.text import cut, gated, plain

# Worst first, as the report has its servers.
EXPOSED, UNKNOWN, UNREACHABLE, FAILED = "exposed", "unknown", "unreachable", "failed"
NOT_LOOKED_AT, PROTECTED, NOT_APPLICABLE = "not_looked_at", "protected", "not_applicable"
STATUSES = (EXPOSED, UNKNOWN, UNREACHABLE, FAILED, NOT_LOOKED_AT, PROTECTED, NOT_APPLICABLE)
# What the role may end with, besides `ok`, and what a play may fail on as it may on a status.
OUTCOMES = ("refused", "not_verified")
# Of these a look can tell: the rest say that there was none.
JUDGED = (EXPOSED, UNKNOWN, PROTECTED, NOT_APPLICABLE)
ROLE_FAILED = "failed"
NO_RESULT = "no result in this run"
# Of a message about a look that failed.
LONGEST_MESSAGE = 2000

Found = Mapping[str, Any]
Server = dict[str, Any]


def server_of(name: str, registered: object) -> Server:
    """Give a server of the report.

    Args:
        name: of the host, as the inventory has it.
        registered: what `emsmta_info`, in a loop of one or not, or the role left for it; None where nothing is.
    """
    found = _unwrapped(registered)
    if not found or found.get("skipped"):
        return _without_look(name, NOT_LOOKED_AT, NO_RESULT)
    told = _message(found)
    if found.get("unreachable") or found.get("no_look") == UNREACHABLE:
        return _without_look(name, UNREACHABLE, told)
    if found.get("failed") or found.get("no_look") or found.get("outcome") == NOT_LOOKED_AT:
        return _without_look(name, FAILED, told)
    evidence = found.get("evidence", {})
    status = found.get("status_after", found.get("status"))
    server = {
        "name": plain(name),
        "status": status,
        "status_before": found.get("status_before"),
        "outcome": found.get("outcome"),
        "certainty": found.get("certainty"),
        "message": told,
        "reasons": found.get("reasons", []),
        "risks": found.get("risks", []),
        "advice": found.get("advice", []),
        "plan": found.get("plan", []),
        "changes": found.get("changes", []),
        "stanzas": found.get("stanzas", evidence.get("stanzas", [])),
        "master_copy": found.get("master_copy", _master_copy(evidence)),
        "in_force": found.get("in_force"),
        "not_read": found.get("not_read", []),
    }
    return gated(server)


def not_looked_at(name: str) -> Server:
    """Give a server of the inventory that was not in the play."""
    return _without_look(name, NOT_LOOKED_AT, "not in this run")


def is_right(server: Server) -> bool:
    """Tell whether nothing needs to be said of a server."""
    return server["status"] in (PROTECTED, NOT_APPLICABLE) and server["outcome"] in (None, "ok")


def fails_on(server: Server, words: tuple[str, ...]) -> bool:
    """Tell whether one of these statuses or outcomes is the server's."""
    return server["status"] in words or server["outcome"] in words


def _unwrapped(registered: object) -> Found:
    found = registered if isinstance(registered, Mapping) else {}
    results = found.get("results")
    if isinstance(results, (list, tuple)) and len(results) == 1 and isinstance(results[0], Mapping):
        return results[0]
    return found


def _message(found: Found) -> str:
    """Give what was told, in one line; the words of Ansible itself may have more."""
    told = str(found.get("message") or found.get("msg") or "no reason was told")
    return cut(plain(" ".join(told.split())), LONGEST_MESSAGE)


def _without_look(name: str, status: str, message: str) -> Server:
    lists: Server = {key: [] for key in ("reasons", "risks", "advice", "plan", "changes", "stanzas", "not_read")}
    nothing: Server = {key: None for key in ("status_before", "outcome", "certainty", "master_copy", "in_force")}
    return {"name": plain(name), "status": status, "message": message, **nothing, **lists}


def _master_copy(evidence: Found) -> str | None:
    """Give the folder of the master copy that the client fetches, as its file names it."""
    fact = evidence.get("client", {}).get("facts", {}).get("master", {})
    return fact.get("value")
