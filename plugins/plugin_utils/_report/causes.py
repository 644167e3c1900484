# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else makes a remote MTA refuse a caller, besides the client: evidence is no proof. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# KB Q189345: from this build on, that of SP2, an address that a name in a connector stands for is no longer logged.
FIRST_OF_SP2 = 2448
NO_REVERSE_NAME, BY_NAME, MULTIHOMED = "no_reverse_name", "connector_by_name", "multihomed"
CLUSTER, RAS, FIREWALL = "cluster_node", "ras_pool", "firewall"
CAUSES: Mapping[str, tuple[str, str]] = {
    NO_REVERSE_NAME: (
        "The address has no name by reverse lookup, and a connector of the remote MTA names the caller by its name: "
        "then it logs 9301 for the address, another one, and 9202. Compare the address with those of your partners.",
        "Q193380",
    ),
    BY_NAME: (
        "A connector names the caller by its name: builds before 5.5 SP2 log 9301 for the address though mail flows.",
        "Q189345",
    ),
    MULTIHOMED: (
        "The caller has several addresses, and calls from another one than the connector names.",
        "Q197378",
    ),
    CLUSTER: (
        "The caller is on a cluster, and calls by the address or the name of its node.",
        "Q169113",
    ),
    RAS: (
        "The caller has an address of a pool for dial-up connections.",
        "Q256844",
    ),
    FIREWALL: (
        "Something else has this address too, as a firewall that is a proxy for TCP port 102, or that translates "
        "addresses: the connector has to name it, or the firewall to let the connection through.",
        "Q199326",
    ),
}


def causes_of(kind: Mapping[str, Any], build: str | None, of_proxy: bool, cluster: bool) -> list[str]:
    """Give the causes that fit an event, by their codes.

    Args:
        kind: a refusal, with its address in all readings.
        build: of the MTA that logged it; None where it is not known.
        of_proxy: whether the address is known as that of a proxy.
        cluster: whether one of the servers that were looked at is on a cluster.
    """
    if not (kind["ipv4"] or kind["name"]):
        return []
    causes = [FIREWALL] if of_proxy else [NO_REVERSE_NAME, MULTIHOMED, RAS, FIREWALL] if kind["ipv4"] else []
    if kind["ipv4"] and (build is None or int(build.partition(".")[0]) < FIRST_OF_SP2):
        causes.append(BY_NAME)
    # The name of a node is told where a connector has that of the cluster.
    return [*causes, CLUSTER] if cluster or (kind["name"] and not of_proxy) else causes


def causes_told(codes: set[str]) -> list[dict[str, Any]]:
    """Give what these causes are, in words."""
    return [
        {"code": code, "message": message, "source": source, "certainty": "documented"}
        for code, (message, source) in CAUSES.items()
        if code in codes
    ]
