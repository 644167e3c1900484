# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of Windows: version, cluster, RPC, a proxy server on it, redirected files.

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
# KB Q165324 prints both keys, for the side that calls and the side that is called, and the DLLs of NT 4.0 itself.
RPC, RPC_OVER_TCP = "SOFTWARE\\Microsoft\\Rpc", "ncacn_ip_tcp"
RPC_SIDES = (("rpc_client", "ClientProtocols"), ("rpc_server", "ServerProtocols"))
NT_4_0 = "4.0"
# The services of Proxy Server, as KB Q281770 lists them.
SERVICES, PROXY_SERVICES = "SYSTEM\\CurrentControlSet\\Services", ("wspsrv", "mspadmin")


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
    proxy = tuple(name for name in PROXY_SERVICES if look.has_key(f"{SERVICES}\\{name}"))
    # What RPC does elsewhere is printed nowhere, so it is not looked at.
    rpc = _rpc(look) if known["version"] == NT_4_0 else ()
    facts += [
        Fact("cluster", cluster, f"HKLM\\{CLUSTER}"),
        Fact("small_business_server", small, f"HKLM\\{PRODUCT_OPTIONS}\\ProductSuite"),
        Fact("proxy_services", proxy, f"HKLM\\{SERVICES}"),
        *rpc,
    ]
    mappings = {key: look.has_key(key) for key in _mappings()}
    # A hive that was not closed cleanly is named, also where all that was looked for is in it.
    for hive in HIVES:
        look.doubtful(hive)
    told = {fact.name: fact.value for fact in facts if isinstance(fact.value, str)}
    system = System(
        version=told.get("version"),
        service_pack=told.get("service_pack"),
        root=told.get("system_root"),
        cluster=cluster,
        small_business=small,
        rpc_client=told.get("rpc_client"),
        rpc_server=told.get("rpc_server"),
        proxy_services=proxy,
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


def _rpc(look: Look) -> tuple[Fact, ...]:
    return tuple(
        Fact(name, text(look.value(f"{RPC}\\{key}", RPC_OVER_TCP)), f"HKLM\\{RPC}\\{key}\\{RPC_OVER_TCP}")
        for name, key in RPC_SIDES
    )


def _mappings() -> list[str]:
    return [f"{FILE_MAPPING}\\{name}" for name in MAPPED_FILES]


__all__ = ("CLUSTER", "SERVICES", "find_system")
