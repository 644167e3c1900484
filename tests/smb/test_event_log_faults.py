# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event logs over SMB that change, are refused, or break off: an error in words, in time; what was given holds."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import Record
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.source import Extent
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ConnectionLost,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.event_log import SmbEventLog

from tests.lab.event_pipe import HeldLog
from tests.lab.lab import Lab
from tests.lab.proxy import FaultProxy
from tests.smb.callers import Caller
from tests.smb.faults import HURRIED, QUICK, SLOW, Fault
from tests.smb.held_logs import BEGIN, Served, event, events, holding, newest_first


@pytest.mark.parametrize("fault", ["", "seek bug", "no seek"])
@pytest.mark.parametrize("changes", [(3,), (1, 2, 9, 20)])
def test_a_log_that_changes_while_it_is_read(changes: tuple[int, ...], fault: str, served: Served) -> None:
    log = HeldLog(events(400))
    expected = newest_first(log)

    def change(read: int) -> None:
        if read in changes:
            log.write(event(1000))
            log.changed += 1

    with holding(served, log, fault, change) as (_caller, ours):
        assert list(ours.newest_first()) == expected
        assert ours.extent() == Extent(400, 1, 400, BEGIN, wrapped=False, lost=0)


@pytest.mark.parametrize("fault", ["", "no seek"])
def test_a_log_of_long_records_that_changes_while_it_is_read(fault: str, served: Served) -> None:
    log = HeldLog(events(20, 4000))
    expected = newest_first(log)

    def change(read: int) -> None:
        log.changed += read == 6

    # The last that was given fills the answer in which it is found again.
    with holding(served, log, fault, change) as (_caller, ours):
        assert list(ours.newest_first()) == expected


@pytest.mark.parametrize("often", [1, 3])
@pytest.mark.parametrize("fault", ["", "seek bug"])
def test_a_log_that_changes_all_the_time(fault: str, often: int, served: Served) -> None:
    log = HeldLog(events(4000))

    def change(read: int) -> None:
        log.changed += read % often == 0

    says = pytest.raises(ServerError, match="it changed more than 8 times while it was read")
    with holding(served, log, fault, change) as (caller, ours), says:
        list(ours.newest_first())
    assert caller.requests < 60


@pytest.mark.parametrize("fault", ["", "no seek"])
def test_a_log_whose_older_records_are_overwritten_while_it_is_read(fault: str, served: Served) -> None:
    log = HeldLog(events(400))
    expected = newest_first(log)

    def wrap(read: int) -> None:
        if read == 3:
            log.forget(390)
            log.write(*events(200))

    with holding(served, log, fault, wrap) as (_caller, ours):
        found = list(ours.newest_first())
    assert found == expected[: len(found)]
    # Three answers.
    assert 40 < len(found) < 60


@pytest.mark.parametrize("count", [0, 1, 50, 500, 1000])
@pytest.mark.parametrize("fault", ["", "no seek"])
def test_a_log_that_is_cleared_while_it_is_read(fault: str, count: int, served: Served) -> None:
    log = HeldLog(events(400))
    expected = newest_first(log)
    found: list[Record] = []

    def clear(read: int) -> None:
        if read == 3:
            log.clear()
            log.write(*events(count)[::-1])

    says = pytest.raises(ServerError, match="it was cleared while it was read")
    with holding(served, log, fault, clear) as (_caller, ours), says:
        for each in ours.newest_first():
            found.append(each)
    assert found == expected[: len(found)]
    assert 40 < len(found) < 60


REFUSED = {
    "denied": "access is denied: this needs an administrator",
    "no bind": "refused to be asked by this pipe",
    "unknown call": "refused the call",
    "oldest first, no seek": "can be read neither from its newest record, 400, nor from there by its number",
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_is_refused_is_said(fault: str, served: Served) -> None:
    with holding(served, HeldLog(events(400)), fault) as (caller, ours):
        with pytest.raises(ServerError, match=REFUSED[fault]):
            next(ours.newest_first())
        assert caller.requests <= 16


@pytest.mark.parametrize("fault", ["silent", "garbage"])
def test_a_server_that_gives_no_answer_is_lost(fault: str, served: Served) -> None:
    with holding(served, HeldLog(events(400)), fault) as (_caller, ours), pytest.raises(ConnectionLost):
        next(ours.newest_first())


def test_a_service_that_is_stopped(lab: Lab) -> None:
    with pytest.raises(ServerError, match="the service EventLog of the server is stopped, or there is none: start it"):
        next(SmbEventLog(Caller(lab.addresses[0], lab.port).server()).newest_first())


def read_through(served: Served, log: HeldLog, fault: Fault, number: int) -> list[Record]:
    """Read a log while the answer of a number is spoiled; give what was read until the connection was lost."""
    caller, _pipe = served
    numbers = itertools.count()
    found: list[Record] = []

    def spoil(_request: bytes, answer: bytes) -> Iterable[bytes]:
        return fault(answer) if next(numbers) == number else (answer,)

    with FaultProxy((caller.host, caller.port), answer=spoil) as proxy, holding(served, log):
        ours = SmbEventLog(Caller("127.0.0.1", proxy.port, timeout=HURRIED.answer, deadline=HURRIED.call).server())
        with pytest.raises(ConnectionLost):
            _read(ours, found)
    return found


def _read(log: SmbEventLog, found: list[Record]) -> None:
    for each in log.newest_first():
        found.append(each)
    log.extent()


# Behind the logon and the share come the pipe, its bind, the log, and the reads, of which one has many fragments.
FIRST_OF_LOG, LAST_OF_LOG = 3, 18


@pytest.mark.parametrize("fault", QUICK)
@pytest.mark.parametrize("number", [4, 9, 14])
def test_a_connection_that_breaks_while_a_log_is_read(number: int, fault: Fault, served: Served) -> None:
    check_broken(number, fault, served)


@pytest.mark.long
@pytest.mark.parametrize(
    ("fault", "number"),
    [*itertools.product(QUICK, range(FIRST_OF_LOG, LAST_OF_LOG)), *itertools.product(SLOW, (FIRST_OF_LOG + 5, 14))],
)
def test_a_connection_that_breaks_anywhere(number: int, fault: Fault, served: Served) -> None:
    check_broken(number, fault, served)


def check_broken(number: int, fault: Fault, served: Served) -> None:
    log = HeldLog([*events(60), *events(1, 9000), *events(60)])
    begin = time.monotonic()
    found = read_through(served, log, fault, number)
    assert time.monotonic() - begin < HURRIED.call + HURRIED.answer
    assert found == newest_first(log)[: len(found)]
    assert len(found) < 121


def test_a_long_line(served: Served) -> None:
    caller, _pipe = served
    log = HeldLog(events(60))
    with FaultProxy((caller.host, caller.port), delay=0.02) as proxy, holding(served, log):
        ours = SmbEventLog(Caller("127.0.0.1", proxy.port).server())
        assert list(ours.newest_first()) == newest_first(log)
