# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the master copy that a client fetches has the fix since this run. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ...module_utils._server.text import message
from .servers import PROTECTED, Server

RISK = "overwritten_on_refresh"


def names_of(host: str, address: object) -> frozenset[str]:
    """Give the names under which files may know a host of the inventory, beside their full or short forms."""
    return frozenset(_folded(name) for name in (host, str(address or host)))


def is_fixed(server: Server) -> bool:
    """Tell whether a master's copy holds the fix, as the role found or left it."""
    return server["status"] == PROTECTED and server["outcome"] == "ok"


def mitigated(server: Server, masters: Mapping[str, Collection[str]]) -> Server:
    """Give a server whose risk counts as mitigated where the copy that it fetches holds the fix.

    Args:
        server: of the report.
        masters: hosts whose copy holds the fix since this run, each with its names.
    """
    named = _folded(master_of(server))
    if not named or not any(risk["code"] == RISK for risk in server["risks"]):
        return server
    host = next((host for host, names in masters.items() if any(_are_same(name, named) for name in names)), None)
    return server if host is None else {**server, "risks": _risks(server["risks"], message(host))}


def master_of(server: Server) -> str:
    r"""Give the proxy server that the share of a client's master copy names, \\server\share; empty where none is."""
    path = (server["master_copy"] or "").replace("/", "\\")
    return path[2:].partition("\\")[0] if path.startswith("\\\\") else ""


def _risks(risks: Sequence[Mapping[str, Any]], host: str) -> list[dict[str, Any]]:
    told = f"The master copy that it fetches holds the fix: this run saw to it on {host}, known by its name alone."
    return [
        {**risk, "message": told, "certainty": "inferred", "mitigated": True} if risk["code"] == RISK else dict(risk)
        for risk in risks
    ]


def _are_same(one: str, other: str) -> bool:
    """Compare two names; a full one is taken for the same as its first part alone."""
    return one == other or _short(one) == other or one == _short(other)


def _short(name: str) -> str:
    """Give the first part of a full name; an address has no parts."""
    first = name.partition(".")[0]
    return name if first.isdigit() else first


def _folded(name: str) -> str:
    return name.casefold()
