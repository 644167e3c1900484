# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the events of the Exchange MTA mean: ids and insertion strings, never texts, which are translated. Pure.

PRIVATE to the collection: no part of this file is a public interface.

The bits above the code of an id are printed nowhere, so only the code is compared.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Sequence

from .._server.text import cut
from .record import Record

SOURCE = "MSExchangeMTA"
# KB Q174695, Q146397: the end of a start, and of a stop.
STARTED, STOPPED = 9298, 9299
# Logged by the one that refuses: KB Q193380 and Q254909 for 9301 and 9202, Q196381 for 1293, Q303156 for 9322.
NOT_FOUND, ACCEPT_FAILED, REJECTED, RPC_REFUSED = 9301, 9202, 1293, 9322
REFUSED = (NOT_FOUND, ACCEPT_FAILED, REJECTED, RPC_REFUSED)
# Logged by the caller, if at all (KB Q193380): KB Q196381, Q157630, Q225196.
SEEN = (289, 301, 1290, 1294, 9318)
# Other events of the same connections: KB Q169715, Q169716, Q166308, Q170056, Q169143, Q229643, Q194589, Q199971.
OTHERS = (37, 51, 57, 290, 9156, 9215, 9221, 9224, 9316)
IDS = tuple(sorted((STARTED, STOPPED, *REFUSED, *SEEN, *OTHERS)))
# In 9301 the transport stack comes first, then the network address (KB Q256844, Q189345).
ADDRESS_AT = 1
# Shorter ones than an address are printed nowhere: that they are names of two or three letters is inferred.
HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){2,255}")
IPV4_DIGITS = 8
PRINTABLE = range(0x20, 0x7F)
# In 9322, of the form ncacn_ip_tcp:ADDRESS[PORT] (KB Q303156).
BY_RPC = re.compile(r"ncacn_ip_tcp:([0-9A-Za-z._-]{1,255})\[")
IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
# The distinguished name of a connector, or of a transport stack.
DISTINGUISHED = "/o="
# In characters, of such a name: an organization, a site and each container have at most 64 (general knowledge).
LONGEST_NAME = 512
# As "5.0 (build 1457.8)": the version of Exchange has one digit before its point (KB Q174695, Q163294).
BUILD = re.compile(r"(?<!\d)(\d{3,5}\.\d{1,5})(?![\d.])")
# KB Q234962: of the builds in between, some log no 9301.
MAY_BE_BLIND = range(2354, 2621)


class Address(NamedTuple):
    """The address of a caller: as it was logged, and as what it can be read.

    Eight digits are an IPv4 address, the highest byte first; what is longer is a name (KB Q193380, Q169113).
    Four letters of a name are eight digits too, so both readings are given where both fit.
    """

    logged: str
    ipv4: str | None
    name: str | None


def address_of(record: Record) -> Address | None:
    """Give the address that an event 9301 or 9322 has of the caller; None where there is none."""
    if record.code == NOT_FOUND:
        logged = record.strings[ADDRESS_AT].strip() if len(record.strings) > ADDRESS_AT else ""
        return decoded(logged)
    if record.code == RPC_REFUSED:
        found = next(filter(None, map(BY_RPC.search, record.strings)), None)
        return _by_rpc(found.group(1)) if found else None
    return None


def decoded(logged: str) -> Address | None:
    """Read a network address that was logged in hexadecimal digits; None where it is none."""
    if not HEX.fullmatch(logged):
        return None
    data = bytes.fromhex(logged)
    ipv4 = ".".join(map(str, data)) if len(logged) == IPV4_DIGITS else None
    name = data.rstrip(b"\0")
    return Address(logged, ipv4, name.decode("ascii") if name and all(byte in PRINTABLE for byte in name) else None)


def _by_rpc(given: str) -> Address:
    is_ipv4 = IPV4.fullmatch(given)
    return Address(given, given if is_ipv4 else None, None if is_ipv4 else given)


def about(record: Record) -> str | None:
    """Give the connector or transport stack that an event names by its distinguished name; None where none is."""
    found = next((text for text in record.strings if text[: len(DISTINGUISHED)].lower() == DISTINGUISHED), None)
    return None if found is None else cut(found, LONGEST_NAME)


def build_of(strings: Sequence[str]) -> str | None:
    """Give the build that an event 9298 names, as 2653.23; None where it names none."""
    return next((found.group(1) for found in map(BUILD.search, strings) if found), None)


def may_be_blind(build: str) -> bool:
    """Tell whether an MTA of this build may log no 9301, so that its silence proves nothing (KB Q234962)."""
    return int(build.partition(".")[0]) in MAY_BE_BLIND


__all__ = (
    "ACCEPT_FAILED",
    "IDS",
    "NOT_FOUND",
    "REFUSED",
    "REJECTED",
    "RPC_REFUSED",
    "SEEN",
    "SOURCE",
    "STARTED",
    "STOPPED",
    "Address",
    "about",
    "address_of",
    "build_of",
    "decoded",
    "may_be_blind",
)
