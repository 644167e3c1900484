# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of an MTA that was called and refused, and the contract of what `mta_event_info` gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from tests.lab.event_logs import ERROR, INFORMATION, WARNING, Event, Log

# 2003-03-01T08:00:00Z
EIGHT = 1_046_505_600
HOUR, DAY = 3600, 86400
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
STACK = "/o=Org/ou=Site/cn=Configuration/cn=Servers/cn=EX01/cn=TCP (EX01)"
CONNECTOR = "/o=Org/ou=Site/cn=Configuration/cn=Connections/cn=X400"
TAIL = ("BASE IL", "TCP/IP DRVR", "8", "218")


def refused(time: int, address: str) -> Event:
    return Event(0x80000000 | 9301, time, (STACK, address, *TAIL), WARNING, 7)


EVENTS = (
    Event(0x40000000 | 9298, EIGHT - 9 * DAY, ("5.5 (build 2650.24)", "BASE IL"), INFORMATION),
    Event(0x80000000 | 289, EIGHT - 8 * DAY, (CONNECTOR, "MTA XFER-IN", "17", "26")),
    Event(6005, EIGHT - 8 * DAY, (), INFORMATION, 0, source="EventLog"),
    Event(0x40000000 | 9299, EIGHT - 2 * HOUR, ("5.5 (build 2653.23)",), INFORMATION),
    Event(0x40000000 | 9298, EIGHT, ("5.5 (build 2653.23)", "BASE IL", "MAIN BASE", "1", "263"), INFORMATION),
    refused(EIGHT + 60, "0a000005"),
    Event(0x80000000 | 9202, EIGHT + 61, ("1", "0", *TAIL), WARNING, 9),
    refused(EIGHT + 90, "4D41494C"),
    Event(0xC0000000 | 9156, EIGHT + 100, ("1", "40"), ERROR, 2, computer="ex01"),
    Event(0x80000000 | 9301, EIGHT + 110, (STACK, "0A000005"), source="MSExchangeIS"),
    refused(EIGHT + 120, "0A000005"),
    Event(4711, EIGHT + 3 * HOUR, ("of another source",), INFORMATION, 0, source="EventLog"),
)
KEYS = {
    "changed",
    "msg",
    "events",
    "started",
    "stopped",
    "build",
    "addresses",
    "log",
    "read_to",
    "levels",
    "not_read",
}
EVENT = {"id", "time", "type", "category", "computer", "strings", "record"}


def log_of(events: Iterable[Event], size: int = 16384) -> Log:
    """Give a log of so many bytes that the service closed in good order."""
    log = Log(size)
    log.write(*events)
    log.close()
    return log


def check_shape(result: dict[str, Any]) -> None:
    """The contract, whatever the log looks like."""
    assert set(result) - {"left_out"} == KEYS
    assert result["changed"] is False
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert len(result["msg"]) <= 200
    assert all(set(event) == EVENT and TIME.fullmatch(event["time"]) for event in result["events"])
    numbers = [event["record"] for event in result["events"]]
    assert numbers == sorted(set(numbers), reverse=True)
    assert set(result["log"]) == {"records", "oldest", "newest", "wrapped", "clean", "lost"}
    for moment in (result["started"], result["stopped"], result["read_to"], result["log"]["newest"]):
        assert moment is None or (set(moment) == {"record", "time"} and TIME.fullmatch(moment["time"]))
    assert all(set(each) == {"hex", "ipv4", "name", "count"} and each["count"] for each in result["addresses"])
    assert all(set(each) == {"what", "reason"} for each in result["not_read"])
