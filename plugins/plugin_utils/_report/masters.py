# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the master copy that a client fetches has the fix since this run. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .servers import PROTECTED, Server

RISK = "overwritten_on_refresh"


def names_of(host: str, address: object) -> frozenset[str]:
    """Give the names under which files may know a host of the inventory."""
    names = {host, str(address or host)}
    return frozenset(_folded(name) for each in names for name in (each, _short(each)))


def mitigated(server: Server, masters: Mapping[str, frozenset[str]]) -> Server:
    """Give a server whose risk counts as mitigated where it names one of the masters that have the fix.

    Args:
        server: of the report.
        masters: hosts whose copy holds the fix since this run, each with its names.
    """
    named = _server_of(server["master_copy"])
    host = next((host for host, names in masters.items() if named and named in names), None)
    if host is None or not any(risk["code"] == RISK for risk in server["risks"]):
        return server
    return {**server, "risks": _risks(server["risks"], host)}


def _risks(risks: Sequence[Mapping[str, Any]], host: str) -> list[dict[str, Any]]:
    told = f"The master copy that it fetches holds the fix: this run saw to it on {host}, taken for the same by its name."
    return [
        {**risk, "message": told, "certainty": "inferred", "mitigated": True} if risk["code"] == RISK else dict(risk)
        for risk in risks
    ]


def is_fixed(server: Server) -> bool:
    """Tell whether a master's copy holds the fix, as the role found or left it."""
    return server["status"] == PROTECTED and server["outcome"] == "ok"


def _server_of(share: str | None) -> str:
    r"""Give the server of a share, \\server\share, as names are compared."""
    path = (share or "").replace("/", "\\")
    return _folded(path[2:].partition("\\")[0]) if path.startswith("\\\\") else ""


def _short(name: str) -> str:
    """Give the first part of a full name; an address has no parts."""
    first = name.partition(".")[0]
    return name if first.isdigit() else first


def _folded(name: str) -> str:
    return name.casefold()
