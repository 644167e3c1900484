# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept of the log of an MTA: its start, its stop, the callers, and how far it was read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.mta import Address
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.observed import (
    IN_A_ROW,
    MOST_KINDS,
    MOST_READ,
    MOST_TIMES,
    SPAN,
    Kind,
    Moment,
    observe,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import EventError, Record
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.source import EventSource, Extent
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ConnectionLost,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.text import gated
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.logged import logged

STACK = "/o=EXORG/ou=EXSITE/cn=Configuration/cn=Servers/cn=EX01/cn=TCP (EX01)"
CONNECTOR = "/o=EXORG/ou=EXSITE/cn=Configuration/cn=Connections/cn=X400"
STARTED = ("5.5 (build 2653.23)", "BASE IL")
NOW = 1_046_500_000
REACH = Extent(records=7)


class Told(EventSource):
    """A log of such events, oldest first: seconds before now, code, strings. Its records are counted from 1."""

    name = "the log"

    def __init__(
        self, *events: tuple[int, int, tuple[str, ...]], source: str = "MSExchangeMTA", error: Exception | None = None
    ) -> None:
        self.records = [
            Record(number, NOW - ago, NOW - ago, 0x80000000 | code, 2, 1, source, "EX01", strings)
            for number, (ago, code, strings) in enumerate(events, 1)
        ]
        self.error = error
        self.read = 0

    def newest_first(self) -> Iterator[Record]:
        for record in self.records[::-1]:
            self.read += 1
            yield record
        if self.error:
            raise self.error

    def extent(self) -> Extent:
        return REACH

    @property
    def clock(self) -> int | None:
        return 90


def quiet(count: int, ago: int = 0) -> list[tuple[int, int, tuple[str, ...]]]:
    return [(ago, 4711, ())] * count


def test_an_empty_log() -> None:
    seen = observe(Told())
    assert (seen.started, seen.stopped, seen.build, seen.newest, seen.read_to) == (None,) * 5
    assert (seen.refused, seen.seen, seen.whole, seen.fault) == ((), (), True, None)


def test_how_far_it_reaches_and_whose_clock_it_has() -> None:
    seen = observe(Told((60, 4711, ()), (5, 9, ())))
    assert (seen.newest, seen.read_to, seen.whole) == (Moment(2, NOW - 5), Moment(1, NOW - 60), True)
    assert (seen.extent, seen.clock) == (REACH, 90)


@pytest.mark.parametrize(
    ("codes", "started", "stopped"),
    [
        ((9298,), 1, None),
        ((9298, 9299), 1, 2),
        # After a crash, or after a restart.
        ((9298, 9298), 2, None),
        ((9298, 9299, 9298), 3, None),
        # Stopped twice, as after a start that did not come to its end.
        ((9298, 9299, 9299), 1, 3),
        # The start is older than the log.
        ((9299,), None, 1),
        ((9299, 9298), 2, None),
        ((4711,), None, None),
    ],
)
def test_the_newest_start_and_a_stop_after_it(codes: tuple[int, ...], started: int | None, stopped: int | None) -> None:
    seen = observe(Told(*((100 - number, code, STARTED) for number, code in enumerate(codes))))
    assert (seen.started and seen.started.record, seen.stopped and seen.stopped.record) == (started, stopped)
    assert seen.build == ("2653.23" if started else None)


def test_events_of_the_same_kind_are_counted_together() -> None:
    refused = (9301, (STACK, "0A000005"))
    other = (9301, (STACK, "4D41494C"))
    events = [(300, *refused), (200, *other), (100, 9202, ("1", "0")), (50, *refused), (40, 289, (CONNECTOR, "17"))]
    seen = observe(Told(*events))
    assert [(each.kind, each.count, each.newest.record, each.oldest.record, each.times) for each in seen.refused] == [
        (Kind(9301, STACK, Address("0A000005", "10.0.0.5", None)), 2, 4, 1, [NOW - 50, NOW - 300]),
        (Kind(9202, None, None), 1, 3, 3, [NOW - 100]),
        (Kind(9301, STACK, Address("4D41494C", "77.65.73.76", "MAIL")), 1, 2, 2, [NOW - 200]),
    ]
    assert [(each.kind, each.count) for each in seen.seen] == [(Kind(289, CONNECTOR, None), 1)]


@pytest.mark.parametrize("code", [9316, 37, 51, 290, 9215, 9221, 9156, 57])
def test_other_events_are_no_evidence(code: int) -> None:
    seen = observe(Told((10, code, ("0A000005", "9301"))))
    assert (seen.refused, seen.seen, seen.started) == ((), (), None)


def test_the_same_ids_of_another_source_say_nothing() -> None:
    events = (30, 9298, STARTED), (20, 9301, (STACK, "0A000005")), (10, 289, (CONNECTOR,))
    seen = observe(Told(*events, source="MSExchangeIS"))
    assert (seen.started, seen.refused, seen.seen, seen.newest) == (None, (), (), Moment(3, NOW - 10))
    assert observe(Told(*events, source="msexchangemta")).started == Moment(1, NOW - 30)


def test_of_one_kind_the_newest_times_are_kept() -> None:
    count = MOST_TIMES + 15
    (refused,) = observe(Told(*((count - at, 9202, ()) for at in range(count)))).refused
    assert (refused.count, refused.newest, refused.oldest) == (count, Moment(count, NOW - 1), Moment(1, NOW - count))
    assert refused.times == [NOW - ago for ago in range(1, MOST_TIMES + 1)]


def test_more_kinds_than_are_kept_are_counted() -> None:
    events = [(1, 9301, (STACK, f"{number:08X}")) for number in range(MOST_KINDS + 7)]
    # The newest kind again, and one of those that are left out.
    seen = observe(Told(events[0], events[-1], *events))
    assert (len(seen.refused), seen.kinds_left_out) == (MOST_KINDS, 8)
    assert seen.refused[0].count == 2


def test_neither_callers_nor_refusals_push_the_others_out() -> None:
    """A hub logs 289 for each connector that fails, all newer than the one call that it refused."""
    calls = [(1, 289, (f"{CONNECTOR}{number}",)) for number in range(MOST_KINDS + 3)]
    refusals = [(2, 9301, (STACK, f"{number:08X}")) for number in range(MOST_KINDS + 4)]
    seen = observe(Told((4, 1290, (CONNECTOR,)), (3, 9202, ()), *calls, *refusals))
    assert [each.kind.code for each in seen.refused] == [9301] * MOST_KINDS
    assert [each.kind.code for each in seen.seen] == [289] * MOST_KINDS
    assert seen.kinds_left_out == 3 + 4 + 2
    told = logged(seen, None, None)
    assert gated({"events": told}) == {"events": told}
    (only,) = observe(Told((3, 9202, ()), *calls)).refused
    assert only.kind.code == 9202


def test_reading_ends_where_start_and_span_lie_behind() -> None:
    log = Told(*quiet(50, SPAN + 9), (SPAN + 1, 9301, (STACK, "0A000005")), (SPAN - 1, 9298, STARTED), *quiet(3))
    seen = observe(log)
    assert (log.read, seen.read_to, seen.whole) == (4 + IN_A_ROW, Moment(52 - IN_A_ROW, NOW - SPAN - 9), False)
    assert len(seen.refused) == 1


def test_a_start_is_looked_for_beyond_the_span() -> None:
    log = Told(*quiet(50, 3 * SPAN), (2 * SPAN, 9298, STARTED), *quiet(IN_A_ROW, SPAN + 5), *quiet(3))
    seen = observe(log)
    # One more tells whether the clock was set back before the start.
    assert (seen.started, log.read, seen.whole) == (Moment(51, NOW - 2 * SPAN), IN_A_ROW + 5, False)


def test_records_with_a_wrong_time_end_nothing() -> None:
    """Such as those of a boot after the clock's battery had died, until someone set the clock."""
    wrong = quiet(IN_A_ROW - 1, 23 * 365 * 86400)
    older = (30, 9301, (STACK, "0A000005")), *wrong, (20, 9298, STARTED), (15, 4711, ())
    log = Told(*older, *wrong, (10, 9202, ()), *wrong, *quiet(3))
    seen = observe(log)
    assert ([each.kind.code for each in seen.refused], seen.started) == ([9202, 9301], Moment(17, NOW - 20))
    assert (log.read, seen.read_to, seen.whole) == (len(log.records), Moment(1, NOW - 30), True)


def test_so_many_with_an_old_time_end_it() -> None:
    log = Told((30, 9301, (STACK, "0A000005")), *quiet(IN_A_ROW, 2 * SPAN), (20, 9298, STARTED), *quiet(3))
    seen = observe(log)
    assert (seen.refused, seen.started, seen.read_to) == ((), Moment(18, NOW - 20), Moment(2, NOW - 2 * SPAN))


def test_no_more_is_read_than_is_bounded() -> None:
    log = Told((0, 9298, STARTED), *quiet(MOST_READ + 10))
    seen = observe(log)
    assert (log.read, seen.started, seen.whole, seen.fault) == (MOST_READ, None, False, None)
    assert seen.read_to == Moment(12, NOW)


@pytest.mark.parametrize("error", [ServerError("it is gone"), EventError("it is gone"), ConnectionLost("it is gone")])
def test_what_was_read_before_a_fault_holds(error: Exception) -> None:
    seen = observe(Told((20, 9298, STARTED), (10, 9202, ()), error=error))
    assert (seen.started, len(seen.refused)) == (Moment(1, NOW - 20), 1)
    assert (seen.fault, seen.whole, seen.extent) == ("it is gone", False, Extent())


def test_a_fault_of_the_code_is_not_taken_for_one_of_the_log() -> None:
    with pytest.raises(ZeroDivisionError):
        observe(Told(error=ZeroDivisionError()))


def test_of_a_name_without_end_no_more_is_kept_than_a_name_can_have() -> None:
    long = STACK + "x" * 30_000
    (one,) = observe(Told((9, 9301, (long, "0A000005")), (8, 9301, (long, "0A000005")))).refused
    assert one.count == 2
    assert one.kind.about is not None
    assert one.kind.about.startswith(STACK)
    assert len(one.kind.about) < 600
