# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the log of a server tells of its MTA, in so few words that a fleet of them can be joined. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import NamedTuple

from .._errors import UserError
from .._server.errors import ConnectionLost
from .mta import REFUSED, SEEN, SOURCE, STARTED, STOPPED, Address, about, address_of, build_of
from .record import Record
from .source import EventSource, Extent

# In seconds before the newest record: refusals come at each attempt, some minutes apart (KB Q157630), so one that
# still lasts has left its mark far within. What is older is read only on to the newest start of the MTA.
SPAN = 30 * 24 * 3600
# In records: the longest log that is read for a look.
MOST_READ = 20_000
# In records: so many in a row must be too old before reading ends. After a clock's battery has died, one boot logs
# several with an old time, and what lies before them is newer. In records of the usual size it is one answer of 4 KB.
IN_A_ROW = 16
# Of each kind: so many moments are kept, the newest; and so many kinds of refusals, and of calls. A hub logs a kind of
# its own for each connector that fails, and must not lose by them who was refused.
MOST_TIMES, MOST_KINDS = 20, 100


class Moment(NamedTuple):
    """When a record was logged, in seconds since 1970, UTC, by the server's clock; and its number."""

    record: int
    time: int


class Kind(NamedTuple):
    """An event, and what it is about: the same connector or stack, and the same address."""

    code: int
    about: str | None
    address: Address | None


class Occurred:
    """How often events of one kind were logged, and when."""

    def __init__(self, kind: Kind, newest: Moment) -> None:
        self.kind = kind
        self.newest = self.oldest = newest
        self.count = 0
        #: The newest moments, newest first, in seconds since 1970.
        self.times: list[int] = []

    def add(self, moment: Moment) -> None:
        """Count one more, which was logged before all others."""
        self.count += 1
        self.oldest = moment
        if len(self.times) < MOST_TIMES:
            self.times.append(moment.time)


class Observed(NamedTuple):
    """What was read of a log.

    started, stopped: the newest 9298, and the newest 9299 where it is newer. build: as that start
    says. refused, seen: events of the one that was called, and of the one that called. read_to:
    the oldest record that was read; None where the log is empty. fault: why no more was read,
    though more was wanted; None where nothing stood against it. kinds_left_out: events of more
    kinds than are kept. set_back: by how many seconds the clock of the server was seen to be set
    back since that start, or just before it.
    """

    started: Moment | None
    stopped: Moment | None
    build: str | None
    refused: tuple[Occurred, ...]
    seen: tuple[Occurred, ...]
    newest: Moment | None
    read_to: Moment | None
    whole: bool
    fault: str | None = None
    kinds_left_out: int = 0
    set_back: int = 0
    extent: Extent = Extent()
    clock: int | None = None


class Behind:
    """Tells when reading has come to what is too old, and not only to some records with a wrong time."""

    def __init__(self) -> None:
        self._in_a_row = 0

    def take(self, is_too_old: bool) -> bool:
        """Take in the next older record; tell whether reading may end with it."""
        self._in_a_row = self._in_a_row + 1 if is_too_old else 0
        return self._in_a_row >= IN_A_ROW


class Observer:
    """Takes records in, newest first, and keeps what they tell of the MTA."""

    def __init__(self) -> None:
        self._refused: dict[Kind, Occurred] = {}
        self._seen: dict[Kind, Occurred] = {}
        self._left_out = 0
        self._started: Moment | None = None
        self._stopped: Moment | None = None
        self._build: str | None = None
        self._set_back = 0
        #: The earliest moment at which one was written; once the start is found, when that was.
        self._earliest: int | None = None
        self._is_placed = False
        self._behind = Behind()
        self._is_behind = False
        self.newest: Moment | None = None
        self.read_to: Moment | None = None
        self.count = 0

    def wants_more(self) -> bool:
        """Tell whether older records may tell something that is wanted."""
        if self.count >= MOST_READ:
            return False
        # The record before the start tells whether the clock was set back between them.
        return not (self._is_placed and self._is_behind)

    def take(self, record: Record) -> None:
        """Take in the next older record."""
        moment = Moment(record.record_number, record.time_generated)
        self.count += 1
        self.newest = self.newest or moment
        self.read_to = moment
        self._is_behind = self._behind.take(self.newest.time - moment.time > SPAN)
        if record.source_name.lower() == SOURCE.lower():
            self._take_of_mta(record, moment)
        self._notice_clock(record.time_written, self._started is moment)

    def _take_of_mta(self, record: Record, moment: Moment) -> None:
        if record.code == STARTED and self._started is None:
            self._started, self._build = moment, build_of(record.strings)
        elif record.code == STOPPED and self._started is None and self._stopped is None:
            self._stopped = moment
        elif record.code in REFUSED or record.code in SEEN:
            kinds = self._refused if record.code in REFUSED else self._seen
            self._count(kinds, Kind(record.code, about(record), address_of(record)), moment)

    def _notice_clock(self, written: int, is_start: bool) -> None:
        """Compare when the start was written with all that was written behind it, and the one before it.

        The service numbers the records as it writes them, so times that fall mean a clock that was set back.
        """
        if self._is_placed:
            return
        if self._started is None:
            self._earliest = written if self._earliest is None else min(written, self._earliest)
            return
        if self._earliest is not None:
            self._set_back = max(self._set_back, written - self._earliest)
        self._earliest = written
        self._is_placed = not is_start

    def _count(self, kinds: dict[Kind, Occurred], kind: Kind, moment: Moment) -> None:
        if kind not in kinds and len(kinds) >= MOST_KINDS:
            self._left_out += 1
            return
        kinds.setdefault(kind, Occurred(kind, moment)).add(moment)

    def observed(self, fault: str | None, whole: bool) -> Observed:
        """Give what was kept; whole: the oldest record of the log was reached."""
        return Observed(
            started=self._started,
            stopped=self._stopped,
            build=self._build,
            refused=tuple(self._refused.values()),
            seen=tuple(self._seen.values()),
            newest=self.newest,
            read_to=self.read_to,
            whole=whole,
            fault=fault,
            kinds_left_out=self._left_out,
            set_back=self._set_back,
        )


def observe(source: EventSource) -> Observed:
    """Read a log as far back as it may tell something; what keeps it from being read is told, and not raised."""
    observer = Observer()
    fault: str | None = None
    whole, extent = False, Extent()
    try:
        for record in source.newest_first():
            observer.take(record)
            if not observer.wants_more():
                break
        else:
            whole = True
        extent = source.extent()
    except (UserError, ConnectionLost) as error:
        fault = str(error)
        extent = Extent(lost=source.lost)
    return observer.observed(fault, whole)._replace(extent=extent, clock=source.clock)


__all__ = ("IN_A_ROW", "Behind", "Kind", "Moment", "Observed", "Observer", "Occurred", "observe")
