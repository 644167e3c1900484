# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of the lab that holds an event log, and who reads it over SMB."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import Record, records_in
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.event_log import SmbEventLog

from tests.lab.event_logs import Event, record
from tests.lab.event_pipe import EventPipe, HeldLog, Lie
from tests.smb.callers import Caller

BEGIN = 1_046_764_800
STACK = "/o=ORG/ou=SITE/cn=TCP (EX01)"
Served = tuple[Caller, EventPipe]


def events(count: int, length: int = 252) -> list[Event]:
    """Give events one minute apart, with records of so many bytes."""
    rest = length - len(record(1, event(0)))
    return [event(number)._replace(data=bytes(rest)) for number in range(count)]


def event(number: int) -> Event:
    """Give an event of a refused call, as it is logged."""
    return Event(0x80000000 | 9301, BEGIN + 60 * number, (STACK, "91F5C11B", "BASE IL", "8", "218"), category=7)


def newest_first(log: HeldLog) -> list[Record]:
    """Give the records of a log as they must be read."""
    return [parsed for raw in reversed(log.records) for parsed in records_in(raw)]


@contextmanager
def holding(
    served: Served,
    log: HeldLog,
    fault: str = "",
    at_read: Callable[[int], None] | None = None,
    lie: Lie | None = None,
) -> Iterator[tuple[Caller, SmbEventLog]]:
    """Have the server hold a log; give a caller of it, and the log as it is read."""
    caller, pipe = served
    (address,) = pipe.logs
    pipe.logs[address] = log
    pipe.faults = {address: fault}
    pipe.at_read = {address: at_read} if at_read else {}
    pipe.lies = {address: lie} if lie else {}
    fresh = Caller(caller.host, caller.port, timeout=1.0)
    server = fresh.server()
    yield fresh, SmbEventLog(server)
    server.disconnect()


def rising(stub: bytes) -> bytes:
    """Turn the records round that a read returns, which have 252 bytes each."""
    end = 4 + struct.unpack("<I", stub[-12:-8])[0]
    records = [stub[at : at + 252] for at in range(4, end, 252)]
    return stub[:4] + b"".join(reversed(records)) + stub[end:]
