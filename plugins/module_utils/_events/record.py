# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of Windows' event logs, as files and servers have them. Pure.

PRIVATE to the collection: no part of this file is a public interface.

The structure is EVENTLOGRECORD (MS-EVEN section 2.2.3), and its fields have their names from
there. Nothing in it is trusted: each offset, count and length is checked against the bytes
that are there.
"""

from __future__ import annotations

import struct
from typing import NamedTuple, Tuple

from .._errors import UserError

# Length, Reserved, RecordNumber, TimeGenerated, TimeWritten, EventID; EventType, NumStrings, EventCategory,
# ReservedFlags; ClosingRecordNumber, StringOffset, UserSidLength, UserSidOffset, DataLength, DataOffset.
FIXED = struct.Struct("<6I4H6I")
NUMBER = struct.Struct("<I")
SIGNATURE = b"LfLe"
# Of SIGNATURE and of RecordNumber in a record.
SIGNATURE_AT, RECORD_NUMBER_AT = 4, 8
# MAX_SINGLE_EVENT, MAX_BATCH_BUFF and MAX_STRINGS of MS-EVEN section 2.2.9: the bytes of an event, and of what a
# server gives at once; the strings of an event.
LONGEST_RECORD, LONGEST_BUFFER, MOST_STRINGS = 0x3FFFF, 0x7FFFF, 0x100
NUL = b"\0\0"
# Record numbers have 32 bits, and begin again behind the last.
NUMBERS = 1 << 32

Span = Tuple[int, int]


class EventError(UserError):
    """The bytes are no event log, or no records of one."""


class Record(NamedTuple):
    """An event as it was logged, without the account and the data that may come with it.

    Times are in seconds since 1970 in UTC, by the clock of the server. An event may be written long
    after it came, so neither of the times need rise with the numbers.
    """

    record_number: int
    time_generated: int
    time_written: int
    event_id: int
    event_type: int
    event_category: int
    source_name: str
    computer_name: str
    strings: tuple[str, ...]

    @property
    def code(self) -> int:
        """Give the id as it is printed, without severity, facility and the like in the bits above."""
        return self.event_id & 0xFFFF


def records_in(buffer: bytes) -> tuple[Record, ...]:
    """Give the records of a buffer that a server filled (ElfrReadELW, MS-EVEN section 3.1.4.7).

    Args:
        buffer: the bytes that were read; whole records, oldest or newest first.

    Returns:
        The records as they stand, their numbers one apart.

    Raises:
        EventError: there is something else in it.
    """
    if len(buffer) > LONGEST_BUFFER:
        raise EventError(f"the server gave {len(buffer)} bytes of records, more than it may")
    found: list[Record] = []
    at = 0
    while at < len(buffer):
        length = record_length(buffer, at, len(buffer))
        if not length:
            raise EventError(f"there is no record at byte {at} of {len(buffer)} that the server gave")
        found.append(record_at(buffer, at))
        at += length
    steps = {(after.record_number - before.record_number) % NUMBERS for before, after in zip(found, found[1:])}
    if len(steps) > 1 or not steps <= {1, NUMBERS - 1}:
        raise EventError("the numbers of the records that the server gave do not follow each other")
    return tuple(found)


def record_length(data: bytes, at: int, end: int) -> int:
    """Give the length of the whole record at a place; 0 where there is none before the end.

    The length stands at both ends of a record, and is a multiple of four.
    """
    if data[at + SIGNATURE_AT : at + SIGNATURE_AT + len(SIGNATURE)] != SIGNATURE:
        return 0
    length = number_at(data, at)
    if not FIXED.size + NUMBER.size <= length <= min(LONGEST_RECORD, end - at) or length % 4:
        return 0
    return length if number_at(data, at + length - NUMBER.size) == length else 0


def record_number(data: bytes, at: int) -> int:
    """Give the number of the record at a place."""
    return number_at(data, at + RECORD_NUMBER_AT)


def number_at(data: bytes, at: int) -> int:
    """Give the number of 32 bits at a place."""
    return int(NUMBER.unpack_from(data, at)[0])


def record_at(data: bytes, at: int) -> Record:
    """Parse the record at a place where `record_length` says that there is one. Raises EventError."""
    source, computer, *strings = (_text(data, span) for span in spans_at(data, at))
    fields = FIXED.unpack_from(data, at)
    _length, _signature, number, generated, written, event_id, kind, _count, category = fields[:9]
    return Record(number, generated, written, event_id, kind, category, source, computer, tuple(strings))


def spans_at(data: bytes, at: int) -> list[Span]:
    """Give where the texts of such a record begin and end: source, computer, strings. Raises EventError.

    Data may follow the strings; where it is told, no string reaches into it.
    """
    fields = FIXED.unpack_from(data, at)
    length, count, string_offset, data_offset = fields[0], fields[7], fields[11], fields[15]
    last = length - NUMBER.size
    if count > MOST_STRINGS or (count and not FIXED.size <= string_offset <= last) or data_offset > last:
        raise EventError(f"the record at byte {at} tells of texts that it cannot have")
    names = _spans(data, at + FIXED.size, 2, at + last)
    return names + _spans(data, at + string_offset, count, at + (data_offset or last))


def _spans(data: bytes, begin: int, count: int, most: int) -> list[Span]:
    """Give where so many texts begin and end, one behind the other, each ended by a NUL."""
    spans = []
    for _each in range(count):
        end = data.find(NUL, begin, most)
        while end >= 0 and (end - begin) % 2:
            end = data.find(NUL, end + 1, most)
        if end < 0:
            raise EventError(f"a text at byte {begin} has no end")
        spans.append((begin, end))
        begin = end + len(NUL)
    return spans


def _text(data: bytes, span: Span) -> str:
    return data[span[0] : span[1]].decode("utf-16-le", "backslashreplace")


__all__ = (
    "FIXED",
    "LONGEST_BUFFER",
    "LONGEST_RECORD",
    "MOST_STRINGS",
    "NUMBER",
    "NUMBERS",
    "SIGNATURE",
    "SIGNATURE_AT",
    "EventError",
    "Record",
    "number_at",
    "record_at",
    "record_length",
    "record_number",
    "records_in",
    "spans_at",
)
