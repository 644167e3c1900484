# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of Windows: version, service pack, cluster, Small Business Server, redirected files.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from .._windows.registry_values import text, texts
from .evidence import Fact, System
from .look import Look

CURRENT_VERSION = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
VERSION_VALUES = (
    ("version", "CurrentVersion"),
    ("service_pack", "CSDVersion"),
    ("build", "CurrentBuildNumber"),
    ("system_root", "SystemRoot"),
)
# Redirects reads of private profiles to the registry (documentation of GetPrivateProfileString).
FILE_MAPPING = CURRENT_VERSION + "\\IniFileMapping"
MAPPED_FILES = ("Mspclnt.ini", "Wspcfg.ini")
# KB Q184880: the resources of a cluster.
CLUSTER = "Cluster\\Resources"
PRODUCT_OPTIONS = "SYSTEM\\CurrentControlSet\\Control\\ProductOptions"
SMALL_BUSINESS = "small business"
HIVES = ("SYSTEM", "SOFTWARE")
# KB Q186357: with this DLL, RPC over TCP/IP passes Winsock by on NT 4.0 (UseWinsockForIP is about UDP and IPX).
RPC_PROTOCOLS, RPC_OVER_TCP, BYPASSING = "SOFTWARE\\Microsoft\\Rpc\\ServerProtocols", "ncacn_ip_tcp", "rpcltscm.dll"


def find_system(look: Look) -> tuple[System, tuple[Fact, ...]]:
    """Look at the registry for what is known of Windows itself."""
    if look.registry is None:
        return System(), ()
    facts = [
        Fact(name, text(look.value(CURRENT_VERSION, value)), f"HKLM\\{CURRENT_VERSION}\\{value}")
        for name, value in VERSION_VALUES
    ]
    known = {fact.name: fact.value for fact in facts}
    cluster = look.has_key(CLUSTER)
    small = _small_business(look)
    transport = text(look.value(RPC_PROTOCOLS, RPC_OVER_TCP))
    facts += [
        Fact("cluster", cluster, f"HKLM\\{CLUSTER}"),
        Fact("small_business_server", small, f"HKLM\\{PRODUCT_OPTIONS}\\ProductSuite"),
        Fact("rpc_over_tcp", transport, f"HKLM\\{RPC_PROTOCOLS}\\{RPC_OVER_TCP}"),
    ]
    mappings = {key: look.has_key(key) for key in _mappings()}
    # A hive that was not closed cleanly is named, also where all that was looked for is in it.
    for hive in HIVES:
        look.doubtful(hive)
    version, root = known["version"], known["system_root"]
    system = System(
        version=version if isinstance(version, str) else None,
        root=root if isinstance(root, str) else None,
        cluster=cluster,
        small_business=small,
        rpc_bypasses=transport.lower() == BYPASSING if transport else None,
        redirected=next((key for key, found in mappings.items() if found), None),
        mappings_known=None not in mappings.values(),
    )
    return system, tuple(fact for fact in facts if fact.value not in (None, ()))


def _small_business(look: Look) -> bool | None:
    stretch = look.stretch()
    suites = texts(look.value(PRODUCT_OPTIONS, "ProductSuite"))
    if not stretch.complete:
        return None
    return any(SMALL_BUSINESS in suite.lower() for suite in suites)


def _mappings() -> list[str]:
    return [f"{FILE_MAPPING}\\{name}" for name in MAPPED_FILES]


__all__ = ("CLUSTER", "find_system")
