# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events as MTAs log them when a call through a proxy is refused, and when they start and stop."""

from __future__ import annotations

from tests.lab.event_logs import INFORMATION, Event

STACK = "/o=Org/ou=Site/cn=Configuration/cn=Servers/cn=CALLED/cn=TCP (CALLED)"
CONNECTOR = "/o=Org/ou=Site/cn=Configuration/cn=Connections/cn=To CALLED"
BUILD, MTA = "5.5 (build 2653.23)", "MSExchangeMTA"
# The last four strings of each: where in the MTA it was logged.
WHERE = ("BASE IL", "TCP/IP DRVR", "8", "218")
WARNINGS, INFORMATIONS = 0x80000000, 0x40000000


def hex_of(caller: str) -> str:
    """Give an address, or a name, as event 9301 has it."""
    parts = caller.split(".")
    is_address = len(parts) == 4 and all(part.isdigit() for part in parts)
    return (bytes(map(int, parts)) if is_address else caller.encode("ascii")).hex().upper()


def started(at: float, build: str = BUILD, source: str = MTA) -> Event:
    """Give the event of a start."""
    return Event(INFORMATIONS | 9298, int(at), (build, *WHERE), INFORMATION, source=source)


def stopped(at: float, build: str = BUILD, source: str = MTA) -> Event:
    """Give the event of a stop."""
    return Event(INFORMATIONS | 9299, int(at), (build, *WHERE), INFORMATION, source=source)


def refused(at: float, *callers: str) -> list[Event]:
    """Give the events of a call that was refused, as the one that was called logs them.

    callers: the addresses and names by which it is not known, one event each.
    """
    unknown = [Event(WARNINGS | 9301, int(at), (STACK, hex_of(caller), *WHERE), category=7) for caller in callers]
    return [*unknown, Event(WARNINGS | 9202, int(at) + 1, ("0", "1", *WHERE), category=9)]


def failed(at: float) -> list[Event]:
    """Give the events of a call that failed, as the caller logs them, if at all."""
    return [Event(WARNINGS | code, int(at), (CONNECTOR, *WHERE)) for code in (289, 1290)]
