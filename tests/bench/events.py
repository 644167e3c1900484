# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event logs over SMB: what `mta_event_info` costs in requests, from the first of the logon on.

The logs are those of the lab, as Windows NT gives them. Over a line the seconds are the
requests times its delay, and a log has as many as its bytes need.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.limits import Limit, Row
from tests.bench.modules import Cost
from tests.bench.smb import SMB, run_play
from tests.bench.wire import Wire
from tests.lab.event_logs import Event, record
from tests.lab.event_pipe import EventPipe, HeldLog
from tests.lab.lab import SMALL_BUFFERS, Lab
from tests.lab.proxy import FaultProxy, as_nt4

SHORT_LOG, LONG_LOG = 2_000, 20_000
# Of a record in bytes, which four divides; and what one answer has of records.
LENGTH, ROOM = 252, 4240
MOST_OF_HOUR = 14
# Answers hold whole records, so a part of each stays empty.
MOST_OF_BYTES, LOGON_AND_PIPE = 1.1, 14
BEGIN = 1_046_764_800
STACK = "/o=ORG/ou=SITE/cn=TCP (EX01)"
KINDS = {"Windows 2000": "", "NT 4.0 with buffers of 4 KB": SMALL_BUFFERS}
HOUR: dict[str, Any] = {"since": "1 hour"}
# All is read for the oldest record.
WHOLE: dict[str, Any] = {"ids": [9298]}


def event_rows(folder: Path) -> list[Row | str]:
    """Give the table rows."""
    rows: list[Row | str] = [
        f"mta_event_info over SMB on one server, a record of {LENGTH} bytes each minute; requests with logon and pipe"
    ]
    for kind, extra in KINDS.items():
        with _server(folder / f"events{len(rows)}", extra) as (pipe, address, place):
            for count in (SHORT_LOG, LONG_LOG):
                pipe.logs[address] = HeldLog(_events(count))
                requests, _cost = _measured(folder, place, HOUR)
                name = f"{kind}, the newest hour of {count:,} records"
                rows.append(Row(name, f"{name}: {requests} requests", (Limit("", requests, MOST_OF_HOUR),)))
            rows.append(_whole_row(kind, *_measured(folder, place, WHOLE)))
    return rows


def _whole_row(kind: str, requests: int, cost: Cost) -> Row:
    most = int(MOST_OF_BYTES * LONG_LOG * LENGTH / ROOM) + LOGON_AND_PIPE
    name = f"{kind}, all {LONG_LOG:,} records"
    text = f"{name}: {requests} requests, {cost.wall:.2f} s wall {cost.cpu:.2f} s CPU of the whole play"
    return Row(name, text, (Limit("requests", requests, most),))


def _events(count: int) -> list[Event]:
    """Give events of which each tenth is a refused call; the oldest is the start of the MTA."""
    refused = Event(0x80000000 | 9301, 0, (STACK, "91F5C11B", "BASE IL", "8", "218"), category=7)
    other = Event(100, 0, ("guest", "logon failure"), source="W3SVC")
    started = Event(0x40000000 | 9298, 0, ("5.5 (build 2653.23)",))
    kinds = {each: bytes(LENGTH - len(record(1, each))) for each in (refused, other, started)}
    order = (started, *(refused if number % 10 == 0 else other for number in range(1, count)))
    return [each._replace(time=BEGIN + 60 * number, data=kinds[each]) for number, each in enumerate(order)]


@contextmanager
def _server(base: Path, extra: str) -> Iterator[tuple[EventPipe, str, str]]:
    """Start a server of a kind; give its logs, its address, and the place where it is called."""
    with Lab(base, 1, extra) as lab:
        address = lab.addresses[0]
        with (
            EventPipe(base, {address: HeldLog(())}) as pipe,
            FaultProxy((address, lab.port), as_nt4 if extra else None) as proxy,
        ):
            yield pipe, address, f"{proxy.host}:{proxy.port}"


def _measured(folder: Path, place: str, options: dict[str, Any]) -> tuple[int, Cost]:
    """Run the play; give its requests, and what it cost."""
    play = {"tasks": [{"legacy_exchange.winsock_proxy.mta_event_info": options}]}
    with Wire([place], 0.0) as wire:
        host = {"ansible_host": place.partition(":")[0], "ansible_port": wire.ports[0]}
        cost = run_play(folder, play, SMB, {"server": host}, 1)
    return wire.requests[0], cost
