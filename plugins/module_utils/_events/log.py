# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of Windows' event logs before Windows Vista (.evt). Pure.

PRIVATE to the collection: no part of this file is a public interface.

A header (ELF_LOGFILE_HEADER) is followed by a ring of records (EVENTLOGRECORD), in which a mark
(ELF_EOF_RECORD) stands behind the newest: page "Event Log File Format" of Microsoft's
documentation. A record may run over the end of the file and go on behind the header. That the
mark may too, and what stands where less is left than a record's fixed part, is general
knowledge; the page does not say it.

The header is written when the log is closed, so in a copy of a log in use it is old, and the
mark decides. What neither leads to, and what is left of records that were overwritten, is found
by its signature, and told apart: it may be older than all else, or part of a text.
"""

from __future__ import annotations

import re
import struct
from typing import Iterator, NamedTuple

from .record import (
    FIXED,
    NUMBER,
    NUMBERS,
    SIGNATURE,
    SIGNATURE_AT,
    EventError,
    Record,
    number_at,
    record_at,
    record_length,
    record_number,
    spans_at,
)

# HeaderSize, Signature, MajorVersion, MinorVersion, StartOffset, EndOffset, CurrentRecordNumber, OldestRecordNumber,
# MaxSize, Flags, Retention, EndHeaderSize.
HEADER = struct.Struct("<I4s10I")
DIRTY, WRAP = 1, 2
# RecordSizeBeginning, One, Two, Three, Four; BeginRecord, EndRecord, CurrentRecordNumber, OldestRecordNumber,
# RecordSizeEnd.
MARK = struct.Struct("<20s5I")
MARK_SIGNATURE = struct.pack("<5I", MARK.size, 0x11111111, 0x22222222, 0x33333333, 0x44444444)
# Stands again and again where less than the fixed part of a record is left at the end of the file.
FILLING = struct.pack("<I", MARK.size - 1)
# In bytes. A log has 512 KB unless someone set more; one of this size is read in some seconds.
LOG_LIMIT = 64 * 1024 * 1024
# The upper half of a length that may be, and the signature; and where that stands in a record.
HEAD, HEAD_AT = re.compile(rb"[\0-\3]\0" + SIGNATURE), 2
# In bytes. A damaged length that is larger by its own size can end where the next record has its own.
OVERLAP = 4
LATER_FORMAT = b"ElfFile\0"


class _Ends(NamedTuple):
    """Where the records begin and end, as the header or the mark tells; the next number, and the oldest."""

    start: int
    end: int
    following: int
    oldest: int

    @property
    def number_of_records(self) -> int:
        """Give how many records there must be. An empty log has 0 for its oldest."""
        return (self.following - self.oldest) % NUMBERS if self.oldest else 0


class _Ring:
    """The bytes behind the header, turned so that they begin elsewhere. seam: where the end of the file is then."""

    def __init__(self, data: bytes, begin: int) -> None:
        self.data = data[begin:] + data[HEADER.size : begin]
        self.seam = len(data) - begin

    def forward(self, at: int, end: int, number: int, most: int) -> tuple[list[int], int]:
        """Follow the lengths from the record of this number; give the places, and how far they led."""
        places: list[int] = []
        while at < end and len(places) < most:
            if self._is_filled(at):
                at = self.seam
                continue
            length = record_length(self.data, at, end)
            if not length or record_number(self.data, at) != (number + len(places)) % NUMBERS:
                break
            places.append(at)
            at += length
        return places, at

    def backward(self, at: int, number: int, most: int) -> tuple[list[int], int]:
        """Follow the lengths back from the end of the record of this number; give the same, the newest first."""
        places: list[int] = []
        while at > FIXED.size and len(places) < most:
            if self._is_filled(at - len(FILLING)):
                at -= len(FILLING)
                continue
            begin = at - number_at(self.data, at - len(FILLING))
            whole = 0 <= begin < at and record_length(self.data, begin, at) == at - begin
            if not whole or record_number(self.data, begin) != (number - len(places)) % NUMBERS:
                break
            places.append(begin)
            at = begin
        return places, at

    def _is_filled(self, at: int) -> bool:
        return 0 < self.seam - at < FIXED.size and self.data[at : at + len(FILLING)] == FILLING


class _Found(NamedTuple):
    """Where the records are in a ring: those of the log, newest first; the parts where others may be."""

    ring: _Ring
    places: list[int]
    others: list[tuple[int, int]]


class EventLog:
    """An event log, by the bytes of its file.

    Args:
        data: all bytes of the file, or of what is left of it.

    Raises:
        EventError: nothing of an event log is in it, or more than LOG_LIMIT.
    """

    def __init__(self, data: bytes) -> None:
        _refuse(data)
        header, flags = _header_of(data)
        mark = _mark_of(data, header if not flags & DIRTY else None)
        found = _back_from_mark(data, mark) if mark else _on_from_oldest(data, header)
        self._data, self._others = found.ring.data, found.others
        self._places = [at for at in found.places if _is_readable(self._data, at)]
        #: Whether the service closed it in good order, so that its header tells the same as its mark.
        self.clean = mark is not None and mark == header and not flags & DIRTY
        #: Whether the records from number 1 on are gone: by the mark, since of a log in use the header may be old.
        self.wrapped = mark.oldest > 1 if mark else bool(flags & WRAP) or (header is not None and header.oldest > 1)
        #: How many records that the mark tells of cannot be given; None where no mark tells which is the newest.
        self.lost = mark.number_of_records - len(self._places) if mark else None
        if not (header or mark or any(True for _record in self.recovered())):
            raise EventError("it is no event log")

    def __len__(self) -> int:
        """Give the number of records that `newest_first` gives."""
        return len(self._places)

    def newest_first(self) -> Iterator[Record]:
        """Give the records to which mark or header lead, each of a lower number than the one before."""
        return (record_at(self._data, at) for at in self._places)

    def ends(self) -> tuple[Record, Record] | None:
        """Give the newest and the oldest record that `newest_first` gives; None where there is none."""
        return (
            (record_at(self._data, self._places[0]), record_at(self._data, self._places[-1])) if self._places else None
        )

    def recovered(self) -> Iterator[Record]:
        """Give the records that are found by their signature alone, in the order in which they lie.

        These are rests of what was overwritten, and records of the log to which damage bars the way.
        """
        places = (at for begin, end in self._others for at in _whole_records(self._data, begin, end))
        return (record_at(self._data, at) for at in places if _is_readable(self._data, at))


def _back_from_mark(data: bytes, mark: _Ends) -> _Found:
    """Go from the mark to the oldest record; where that fails, from the oldest record as far as it leads."""
    behind = mark.end + MARK.size
    ring = _Ring(data, behind if behind < len(data) else behind - len(data) + HEADER.size)
    size = len(ring.data)
    places, end = ring.backward(size - MARK.size, mark.following - 1, mark.number_of_records)
    start = (mark.start - behind) % size
    older, begin = ring.forward(start, end, mark.oldest, mark.number_of_records - len(places))
    return _Found(ring, places + older[::-1], [(0, start), (begin - OVERLAP, end)] if older else [(0, end)])


def _on_from_oldest(data: bytes, header: _Ends | None) -> _Found:
    """Go from the oldest record, when an old header still leads to it; no mark tells where the newest is."""
    if header is None or not _leads_to_oldest(data, header):
        first = next(_whole_records(data, 0, len(data)), None)
        ring = _Ring(data, HEADER.size if first is None else first)
        return _Found(ring, [], [] if first is None else [(0, len(ring.data))])
    ring = _Ring(data, header.start)
    places, end = ring.forward(0, len(ring.data), header.oldest, len(ring.data))
    return _Found(ring, places[::-1], [(max(end - OVERLAP, 0), len(ring.data))])


def _is_readable(data: bytes, at: int) -> bool:
    """Tell whether the texts of a record are in order."""
    try:
        spans_at(data, at)
    except EventError:
        return False
    return True


def _whole_records(data: bytes, begin: int, end: int) -> Iterator[int]:
    """Give the places of whole records in a part, by their signature; none lies far within another."""
    behind = begin + HEAD_AT
    for found in HEAD.finditer(data, begin, end):
        if found.start() < behind:
            continue
        place = found.start() - HEAD_AT
        # A file may have nothing but heads, so most are refused here, at the least cost.
        (length,) = NUMBER.unpack_from(data, place)
        last = place + length - NUMBER.size
        may_be = place < last <= end - NUMBER.size and NUMBER.unpack_from(data, last) == (length,)
        if may_be and record_length(data, place, end):
            yield place
            behind = place + length - OVERLAP


def _refuse(data: bytes) -> None:
    if len(data) > LOG_LIMIT:
        raise EventError(f"it has {len(data)} bytes, more than the {LOG_LIMIT} that are read")
    if data.startswith(LATER_FORMAT):
        raise EventError("it is an event log of Windows Vista or later (.evtx), which no server in scope writes")


def _header_of(data: bytes) -> tuple[_Ends | None, int]:
    """Give what the header tells, and its flags; nothing where there is none, or a wrong one."""
    if len(data) < HEADER.size:
        return None, DIRTY
    size, signature, _major, _minor, start, end, following, oldest, _most, flags, _days, size_again = (
        HEADER.unpack_from(data)
    )
    if not size == size_again == HEADER.size or signature != SIGNATURE:
        return None, DIRTY
    return _Ends(start, end, following, oldest), flags


def _mark_of(data: bytes, header: _Ends | None) -> _Ends | None:
    """Give what the mark tells: the one that a clean header names, else the one of the newest record."""
    return max(
        _marks(data), key=lambda mark: (mark == header, _leads_to_oldest(data, mark), mark.following), default=None
    )


def _marks(data: bytes) -> Iterator[_Ends]:
    """Give what each mark tells that names its own place. One may run over the end of the file."""
    again = data + data[HEADER.size : HEADER.size + MARK.size - 1]
    at = again.find(MARK_SIGNATURE, HEADER.size)
    while 0 <= at <= len(again) - MARK.size:
        _signature, start, end, following, oldest, size = MARK.unpack_from(again, at)
        if end == at and size == MARK.size:
            yield _Ends(start, end, following, oldest)
        at = again.find(MARK_SIGNATURE, at + 1)


def _leads_to_oldest(data: bytes, ends: _Ends) -> bool:
    """Tell whether the oldest record stands where it is said to be."""
    fixed = data[ends.start : ends.start + FIXED.size]
    is_record = len(fixed) == FIXED.size and fixed.startswith(SIGNATURE, SIGNATURE_AT)
    return is_record and record_number(fixed, 0) == ends.oldest


__all__ = ("LOG_LIMIT", "EventLog")
