# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event logs over SMB: read from the newest record back, with few requests, whatever the server makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import Record, records_in
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.source import Extent
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.event_log import SmbEventLog

from tests.lab.event_logs import Event, record
from tests.lab.event_pipe import EventPipe, HeldLog
from tests.lab.lab import SMALL_BUFFERS, Lab
from tests.lab.proxy import FaultProxy, as_nt4
from tests.smb.callers import Caller

Served = tuple[Caller, EventPipe]
BEGIN = 1_046_764_800
STACK = "/o=ORG/ou=SITE/cn=TCP (EX01)"


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


@pytest.fixture(scope="module", params=[False, True], ids=["windows-2000", "nt4"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Caller, EventPipe]]:
    """A server with an event log, also one with the logon and the buffers of NT 4.0; and who calls it."""
    base = tmp_path_factory.mktemp("served")
    with Lab(base, 1, SMALL_BUFFERS if request.param else "") as lab:
        address = lab.addresses[0]
        with (
            EventPipe(base, {address: HeldLog(())}) as pipe,
            FaultProxy((address, lab.port), as_nt4 if request.param else None) as proxy,
        ):
            yield Caller("127.0.0.1", proxy.port), pipe


@contextmanager
def holding(served: Served, log: HeldLog) -> Iterator[tuple[Caller, SmbEventLog]]:
    """Have the server hold a log; give a caller of it, and the log as it is read."""
    caller, pipe = served
    (address,) = pipe.logs
    pipe.logs[address] = log
    fresh = Caller(caller.host, caller.port)
    server = fresh.server()
    try:
        yield fresh, SmbEventLog(server)
    finally:
        server.disconnect()
        for kept in (pipe.faults, pipe.lies, pipe.at_read):
            kept.clear()


@pytest.mark.parametrize("count", [0, 1, 2, 60, 2000])
def test_all_records_are_read(count: int, served: Served) -> None:
    log = HeldLog(events(count), first=7)
    with holding(served, log) as (_caller, ours):
        assert list(ours.newest_first()) == newest_first(log)
        told = Extent(count, 7, 6 + count, BEGIN, wrapped=True, lost=0) if count else Extent(0, lost=0)
        assert ours.extent() == told
        assert abs(ours.clock or 0) <= 2


@pytest.mark.parametrize("count", [2000, 5000])
def test_the_newest_hour_costs_the_same_whatever_lies_behind_it(count: int, served: Served) -> None:
    with holding(served, HeldLog(events(count))) as (caller, ours):
        read = 0
        for found in ours.newest_first():
            read += 1
            if found.time_generated < BEGIN + 60 * (count - 61):
                break
        assert read == 62
        assert ours.extent() == Extent(records=count, oldest=1, newest=count, wrapped=False, lost=0)
        assert caller.requests <= 12
