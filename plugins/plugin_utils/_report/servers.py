# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One server of the report: what a look or the role told of it, as plain data. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ...module_utils._server.text import MOST_ITEMS, cut, message, plain
from .events import events_of
from .shape import TEXT_OR_NONE, Shape, items_taken

# Worst first, as the report has its servers.
EXPOSED, UNKNOWN, UNREACHABLE, FAILED = "exposed", "unknown", "unreachable", "failed"
NOT_LOOKED_AT, PROTECTED, NOT_APPLICABLE = "not_looked_at", "protected", "not_applicable"
STATUSES = (EXPOSED, UNKNOWN, UNREACHABLE, FAILED, NOT_LOOKED_AT, PROTECTED, NOT_APPLICABLE)
# What the role may end with, besides `ok`, and what a play may fail on as it may on a status.
OUTCOMES = ("refused", "not_verified")
# Of these a look can tell: the rest say that there was none.
JUDGED = (EXPOSED, UNKNOWN, PROTECTED, NOT_APPLICABLE)
ROLE_FAILED = "failed"
# The risk that a look tells of a node.
ON_CLUSTER = "cluster"
NO_RESULT, NOT_IN_RUN = "no result in this run", "not in this run"
NO_LOOK = "what is registered is no result of emsmta_info or of the role"
NOT_TOLD = "no reason was told"
# Of a message about a look that failed.
LONGEST_MESSAGE = 2000
# What the lists of a result hold.
FACT = {"code": str, "message": str, "source": TEXT_OR_NONE, "certainty": TEXT_OR_NONE}
FILE = {"path": str, "local": str}
READ = {str: (str, int, type(None))}
LINE = {"line": int, "before": TEXT_OR_NONE, "after": TEXT_OR_NONE}
LISTS: Mapping[str, Shape] = {
    "reasons": FACT,
    "risks": {**FACT, "mitigated": bool},
    "advice": FACT,
    "plan": {**FILE, "section": str, "settings": READ, "reason": str, "edit": [LINE]},
    "changes": {**FILE, "before": READ, "after": READ, "backup_file": TEXT_OR_NONE, "backup_local": TEXT_OR_NONE},
    "stanzas": {
        **FILE,
        "section_found": bool,
        "disable": TEXT_OR_NONE,
        "entries": [{"key": str, "value": str, "line": int}],
        "left_out": (int, type(None)),
    },
    "not_read": {"what": str, "reason": str},
    "proxy_servers": str,
    "left_out": str,
}
# What only a server has that was looked at.
TEXTS = ("status_before", "outcome", "certainty", "master_copy", "in_force")

Found = Mapping[str, Any]
NOTHING: Found = MappingProxyType({})
Server = dict[str, Any]


def server_of(name: str, registered: object) -> Server:
    """Give a server of the report.

    Args:
        name: of the host, as the inventory has it.
        registered: what `emsmta_info`, in a loop of one or not, or the role left for it; None where nothing is.
    """
    found = _unwrapped(registered)
    if not found or found.get("skipped"):
        return _server(name, NOT_LOOKED_AT, NO_RESULT)
    told = _message(found)
    # The playbooks have a look that failed tell of it, since Ansible would print all of a result that failed.
    if found.get("unreachable") or found.get("no_look") == UNREACHABLE:
        return _server(name, UNREACHABLE, told)
    if found.get("failed") or found.get("no_look") or found.get("outcome") == NOT_LOOKED_AT:
        return _server(name, FAILED, told)
    status = found.get("status_after", found.get("status"))
    if status not in JUDGED:
        return _server(name, NOT_LOOKED_AT, NO_LOOK)
    return _server(name, status, told, {**_seen(found), **found})


def not_looked_at(name: str) -> Server:
    """Give a server of the inventory that was not in the play."""
    return _server(name, NOT_LOOKED_AT, NOT_IN_RUN)


def verdict_of(server: Mapping[str, Any], check_mode: bool) -> str:
    """Give the status as it was seen: what a run in check mode predicts is none."""
    before = server["status_before"]
    return str(before if check_mode and before in JUDGED else server["status"])


def words(code: str) -> str:
    """Give a code in words."""
    return code.replace("_", " ")


def is_right(server: Server) -> bool:
    """Tell whether nothing needs to be said of a server."""
    return server["status"] in (PROTECTED, NOT_APPLICABLE) and server["outcome"] in (None, "ok")


def is_on_cluster(server: Server) -> bool:
    """Tell whether a server is a node of a cluster, as far as the look saw that."""
    return any(risk["code"] == ON_CLUSTER for risk in server["risks"])


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
    told = [text for text in (found.get("message"), found.get("msg")) if text and isinstance(text, str)]
    return cut(plain(" ".join((told or [NOT_TOLD])[0].split())), LONGEST_MESSAGE)


def _server(name: str, status: str, told: str, found: Found = NOTHING) -> Server:
    """Give a server with what was found; texts that are none, and what has another shape, are left out."""
    texts = {key: message(found[key]) if isinstance(found.get(key), str) else None for key in TEXTS}
    lists = {key: items_taken(found.get(key), shape) for key, shape in LISTS.items()}
    lists["left_out"] += [
        f"{key}: {len(found[key]) - MOST_ITEMS} more"
        for key in LISTS
        if isinstance(found.get(key), (list, tuple)) and len(found[key]) > MOST_ITEMS
    ]
    events = events_of(found.get("events"))
    return {"name": message(name), "status": status, "message": told, **texts, **lists, "events": events}


def _seen(found: Found) -> Found:
    """Give what the result of the role has, from the evidence that a look has in its place."""
    evidence = _mapping(found, "evidence")
    facts = _mapping(_mapping(evidence, "client"), "facts")
    master, servers = _mapping(facts, "master"), _mapping(facts, "proxy_servers")
    return {
        "stanzas": evidence.get("stanzas"),
        "master_copy": master.get("value"),
        "proxy_servers": servers.get("value"),
    }


def _mapping(found: Found, key: str) -> Found:
    inner = found.get(key)
    return inner if isinstance(inner, Mapping) else NOTHING
