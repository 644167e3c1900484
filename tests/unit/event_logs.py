# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event logs of an MTA to read, and what must hold of a damaged one."""

from __future__ import annotations

from itertools import pairwise

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.log import EventLog
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import EventError, Record

from tests.lab.event_logs import ERROR, HEADER_SIZE, INFORMATION, SYSTEM, WARNING, Event, Log

FIRST_TIME = 929_000_000
WARNINGS, ERRORS, INFORMATIONS = 0x80000000, 0xC0000000, 0x40000000
EVENTS = (
    Event(INFORMATIONS | 9298, FIRST_TIME, ("5.5.2650.21", "BASE IL", "MAIN BASE", "1", "263"), INFORMATION),
    Event(
        WARNINGS | 9301,
        FIRST_TIME + 60,
        ("/o=Org/ou=Site/cn=Configuration/cn=Servers/cn=EX01/cn=TCP (EX01)", "0A000005", "BASE IL", "TCP/IP DRVR"),
        category=7,
        delay=3,
    ),
    Event(WARNINGS | 9202, FIRST_TIME + 61, ("17", "10061"), category=9, sid=SYSTEM, data=b"abc"),
    Event(ERRORS | 9156, FIRST_TIME + 62, (), ERROR, 4, data=b"\x01" * 40),
    Event(WARNINGS | 289, FIRST_TIME + 3600, ("", "Übertragung \u65e5\u672c", "a\r\nb\tc"), WARNING, computer="ÄX01"),
    Event(4, FIRST_TIME + 7200, ("\\Device\\Srv",), by_driver=True, source="Srv", category=0, data=b"\x02" * 40),
)


def event(number: int) -> Event:
    """Give the event that a record of this number stands for."""
    return EVENTS[number % len(EVENTS)]._replace(time=FIRST_TIME + 60 * number)


def log_of(size: int, count: int, unwritten: int = 0) -> Log:
    """Give a log of so many events; of the last ones its header does not know."""
    log = Log(size)
    log.write(*map(event, range(1, count - unwritten + 1)))
    log.close()
    log.write(*map(event, range(count - unwritten + 1, count + 1)))
    return log


def record_of(number: int) -> Record:
    """Give what must be read of the record of this number."""
    each = event(number)
    times = each.time, each.time + each.delay
    kind = each.event_id, each.kind, each.category
    return Record(number, *times, *kind, each.source, each.computer, each.strings)


def faults_of(log: Log, data: bytes) -> tuple[list[str], bool]:
    """Say what is wrong with what is read of a damaged copy of a log, and whether it was an error of our own.

    Each record that the damage did not touch must be given as it was; nothing else may be but what it did touch.
    """
    before = log.data()
    spoilt = {at for at, byte in enumerate(before) if at >= len(data) or data[at] != byte}
    if len(data) > len(before):  # what runs over the end of the file goes on elsewhere now
        spoilt |= {0, len(before) - 1}
    touched = [number for number in log.numbers if not spoilt.isdisjoint(log.bytes_of(number))]
    whole = {record_of(number) for number in log.numbers if number not in touched}
    try:
        found = EventLog(data)
    except EventError:
        return (["an error, though records are whole"] if whole else []), True
    linked, recovered = list(found.newest_first()), list(found.recovered())
    given = {*linked, *recovered}
    certain = spoilt.isdisjoint([*range(HEADER_SIZE), *log.bytes_of_mark()])
    told = {
        f"not given: {sorted(each.record_number for each in whole - given)}": whole - given,
        f"made up: {given - whole}": len(given - whole) > len(touched),
        "given twice": len(linked) + len(recovered) != len(given),
        "not in order": any(one.record_number <= other.record_number for one, other in pairwise(linked)),
        "its number": len(linked) != len(found),
        f"{found.lost} are lost": certain and found.lost != len(log.numbers) - len(linked),
        "lost, though whole": certain and found.lost and not touched,
    }
    return [text for text, wrong in told.items() if wrong], False
