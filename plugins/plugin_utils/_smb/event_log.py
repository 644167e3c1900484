# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""An event log of a server behind SMB1, by the pipe \eventlog (MS-EVEN), from the newest record back. Never writes.

PRIVATE to the collection: no part of this file is a public interface.

A log is read in sequence. To begin at a record by its number fails in NT 3.5 to 4.0 for early
records of logs of 2 MB and more (KB Q177199), and so is tried only where it must be, with
another way behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...module_utils._events.record import LONGEST_RECORD, NUMBERS, EventError, Record, records_in
from ...module_utils._events.source import APPLICATION, LOGS, EventSource, Extent
from ...module_utils._server.errors import ServerError
from .even import BACKWARDS, SEEK, SEQUENTIAL, OpenedLog, RecordTooLong
from .handle import SmbHandle
from .registry import SmbRegistry
from .server import SmbServer
from .session import Session
from .share import open_pipe
from .status import END_OF_FILE, EVENTLOG_FILE_CHANGED, INVALID_PARAMETER, MISSING, NO_SERVICE, StatusError

# A log of 64 MB, the largest file that is read, has about as many records of the usual size.
MOST_RECORDS = 300_000
# How often a log may change while it is read.
MOST_CHANGES = 8
CLEARED = "it was cleared while it was read: what was read before is no longer in it; look again for what came since"
Records = tuple[Record, ...]


class SmbEventLog(EventSource):
    """An event log of a server behind SMB1.

    Args:
        server: the server.
        log: the name of the log there.
    """

    def __init__(self, server: SmbServer, log: str = APPLICATION) -> None:
        self.name = f"event log {log}"
        self._server = server
        self._log = log
        self._opened: OpenedLog | None = None
        self._clock: int | None = None
        self._newest: Record | None = None
        self._last: Record | None = None
        self._count = self._lost = self._changes = 0
        self._whole = False

    @property
    def clock(self) -> int | None:
        return self._clock

    @property
    def lost(self) -> int | None:
        """How many records are missing among those that were given until now, by their numbers."""
        return self._lost if self._count else None

    def newest_first(self) -> Iterator[Record]:
        try:
            yield from self._newest_first()
        except StatusError as error:
            raise ServerError(_reason(error)) from error
        except EventError as error:
            raise ServerError(f"the server does not give it as it must: {error}") from error

    def extent(self) -> Extent:
        try:
            return self._extent()
        except StatusError as error:
            raise ServerError(_reason(error)) from error

    def _newest_first(self) -> Iterator[Record]:
        self._newest = self._last = None
        self._count = self._lost = self._changes = 0
        self._whole = False
        records = self._next()
        while records:
            for record in records:
                self._note(record)
                yield record
            records = self._next()
        self._whole = True

    def _first(self) -> Records:
        """Read from the newest record on, also where a server begins at the oldest (as Samba does)."""
        log = self._open()
        records = self._read()
        # From the oldest back there is but one.
        if not records or (len(records) > 1 and _is_below(records[1], records[0])):
            return records
        newest = (log.oldest() + log.number_of_records() - 1) % NUMBERS
        if records[-1].record_number == newest:
            return records[::-1]
        try:
            return self._read(newest)
        except StatusError as error:
            if error.status != INVALID_PARAMETER:
                raise
        # One that came meanwhile may not be found by its number, but is the first of a new sequence.
        self._open()
        again = self._read()
        if not again or not _is_below(records[0], again[0]) or _age(again[0], newest):
            raise ServerError(f"it can be read neither from its newest record, {newest}, nor from there by its number")
        return again

    def _next(self) -> Records:
        """Read the next records; where the log has changed, open it again and go on behind the last that was given."""
        last = self._last
        read = self._first if last is None else self._read
        for _change in range(self._changes, MOST_CHANGES + 1):
            try:
                return read()
            except StatusError as error:
                if error.status != EVENTLOG_FILE_CHANGED:
                    raise
            self._changes += 1
            read = self._first if last is None else partial(self._behind, last)
        raise ServerError(f"it changed more than {MOST_CHANGES} times while it was read: look again when it is quiet")

    def _behind(self, last: Record) -> Records:
        """Find the last record that was given, and read on behind it; nothing where it and all older ones are gone."""
        self._open()
        try:
            records = self._read(last.record_number)
        except StatusError as error:
            if error.status != INVALID_PARAMETER:
                raise
            records = ()
        if not records:
            return self._behind_newer(last)
        if records[0] != last:
            raise ServerError(CLEARED)
        return records[1:] or self._read()

    def _behind_newer(self, last: Record) -> Records:
        """Do so from the newest record on, where none can be sought."""
        self._open()
        records = self._read()
        if not records:
            raise ServerError(CLEARED)
        skipped = 0
        while records:
            for at, record in enumerate(records):
                if record == last:
                    return records[at + 1 :] or self._read()
                if not _is_below(last, record):
                    raise ServerError(CLEARED)
            skipped += len(records)
            if skipped > MOST_RECORDS:
                raise _too_many()
            records = self._read()
        return ()

    def _note(self, record: Record) -> None:
        """Take notice of the next record; refuse one that is not older than the last."""
        self._count += 1
        if self._count > MOST_RECORDS:
            raise _too_many()
        if self._last is not None:
            if not _is_below(record, self._last):
                raise ServerError(
                    f"the server gives record {record.record_number} where an older one than "
                    f"{self._last.record_number} must come: it cannot be believed"
                )
            self._lost += (self._last.record_number - record.record_number) % NUMBERS - 1
        self._newest = self._newest or record
        self._last = record

    def _read(self, number: int | None = None) -> Records:
        """Read the records that come next, or from a number back; nothing at the end."""
        try:
            return records_in(self._bytes(BACKWARDS | (SEQUENTIAL if number is None else SEEK), number or 0))
        except StatusError as error:
            if error.status != END_OF_FILE:
                raise
        return ()

    def _bytes(self, flags: int, number: int) -> bytes:
        """Read as many records as one fragment holds; a longer one alone, in several."""
        log = self._opened or self._open()
        try:
            return log.read(flags, number, log.room)
        except RecordTooLong as error:
            needed = error.needed
        if needed <= LONGEST_RECORD:
            try:
                return log.read(flags, number, (needed + 3) & ~3)
            except RecordTooLong as error:
                needed = error.needed
        raise ServerError(f"the server wants room for {needed} bytes to give one record, which it cannot need")

    def _open(self) -> OpenedLog:
        """Open it anew, so that the next read begins at the newest record."""
        if self._opened is None:
            self._refuse_unknown()
        session = self._server.session
        self._clock = session.clock
        self._opened = self._opened.again() if self._opened else OpenedLog(_pipe(session), self._log)
        return self._opened

    def _refuse_unknown(self) -> None:
        """Refuse a log that the server does not have: asked for it, NT opens Application without a word."""
        if self._log.lower() == APPLICATION.lower():
            return
        if not self._log or "\\" in self._log or not self._log.isprintable():
            raise ServerError(f"{self._log!r} can be no name of an event log: give one as Application")
        try:
            known = SmbRegistry(self._server).has(f"{LOGS}\\{self._log}")
        except ServerError as error:
            raise ServerError(
                f"whether the server has a log of this name cannot be known, and it may give {APPLICATION} in its "
                f"place: {error}"
            ) from error
        if not known:
            raise ServerError(f"the server has no log of this name: HKLM\\{LOGS} names those that it has")

    def _extent(self) -> Extent:
        log = self._opened or self._open()
        if self._whole and self._last is None:
            return Extent(records=0, lost=0)
        oldest = self._last.record_number if self._whole and self._last else log.oldest()
        if self._newest is not None:
            newest = self._newest.record_number
            records = (newest - oldest) % NUMBERS + 1
        else:
            records = log.number_of_records()
            newest = (oldest + records - 1) % NUMBERS
        if records > NUMBERS // 2:
            raise ServerError(f"the server says that the oldest record is {oldest}, but {newest} is the newest")
        return Extent(
            records=records,
            oldest=oldest if records else None,
            newest=newest if records else None,
            oldest_time=self._last.time_generated if self._last and self._last.record_number == oldest else None,
            wrapped=oldest != 1 if records else None,
            lost=self.lost,
        )


def _is_below(record: Record, other: Record) -> bool:
    """Tell whether a record is older than another, by their numbers, which begin again behind the last."""
    return _age(record, other.record_number) > 0


def _age(record: Record, number: int) -> int:
    """Tell by how much a number is above that of a record; 0 where it is not."""
    step = (number - record.record_number) % NUMBERS
    return step if step < NUMBERS // 2 else 0


def _too_many() -> ServerError:
    return ServerError(f"the server gives more than {MOST_RECORDS} records: no more are read")


def _pipe(session: Session) -> SmbHandle:
    try:
        return open_pipe(session, "eventlog")
    except StatusError as error:
        if error.status not in NO_SERVICE:
            raise
        raise ServerError(
            f"the service EventLog of the server is stopped, or there is none: start it there ({error})"
        ) from error


def _reason(error: StatusError) -> str:
    if error.status in MISSING:
        return f"the server has no log of this name ({error})"
    return f"the server does not let it be read: {error}"


__all__ = ("SmbEventLog",)
