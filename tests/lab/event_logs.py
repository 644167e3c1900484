# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event logs as Windows NT leaves them: written event by event into a ring, closed or in use."""

from __future__ import annotations

import struct
from collections import deque
from typing import NamedTuple

HEADER_SIZE, FIXED_SIZE, MARK_SIZE = 48, 56, 40
FLAGS_AT = 36
SIGNATURE = 0x654C664C
DIRTY, WRAP = 1, 2
FILLING = struct.pack("<I", 0x27)
ERROR, WARNING, INFORMATION = 1, 2, 4
# S-1-5-18, the system itself.
SYSTEM = bytes.fromhex("010100000000000512000000")


class Event(NamedTuple):
    """An event to log.

    time: seconds since 1970, UTC; delay: seconds until it is written. sid, data: as they stand in the record.
    by_driver: in the form of records of drivers, with odd bytes in reserved fields.
    """

    event_id: int
    time: int
    strings: tuple[str, ...] = ()
    kind: int = WARNING
    category: int = 1
    source: str = "MSExchangeMTA"
    computer: str = "EX01"
    sid: bytes = b""
    data: bytes = b""
    delay: int = 0
    by_driver: bool = False


def record(number: int, event: Event) -> bytes:
    """Give the record of an event (EVENTLOGRECORD)."""
    names = _text(event.source) + _text(event.computer)
    names += b"" if event.by_driver else b"\0" * (-len(names) % 4)
    sid_at = FIXED_SIZE + len(names)
    strings = b"".join(map(_text, event.strings))
    strings_at = sid_at + len(event.sid)
    data_at = strings_at + len(strings)
    body = names + event.sid + strings + event.data
    body += b"\0" * (-len(body) % 4)
    length = FIXED_SIZE + len(body) + 4
    times = event.time, event.time + event.delay
    fixed = struct.pack("<6I", length, SIGNATURE, number, *times, event.event_id)
    reserved = (103, 852069) if event.by_driver else (0, 0)
    fixed += struct.pack("<4HI", event.kind, len(event.strings), event.category, *reserved)
    told = 0 if event.by_driver else sid_at
    fixed += struct.pack("<5I", strings_at, len(event.sid), told, len(event.data), data_at)
    return fixed + body + struct.pack("<I", length)


def _text(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"


class Log:
    """A log of a size in bytes. The header is brought up to date by `close` alone, as the service does it."""

    def __init__(self, size: int, first_number: int = 1) -> None:
        self._file = bytearray(size)
        self._places: deque[tuple[int, int, int]] = deque()
        self._next, self._end, self._flags = first_number, HEADER_SIZE, 0
        self._put_mark()
        self.close()

    def write(self, *events: Event) -> None:
        """Log events, over the oldest ones where there is no room."""
        for event in events:
            self._flags |= DIRTY
            struct.pack_into("<I", self._file, FLAGS_AT, self._flags)
            data = record(self._next, event)
            self._fill_end()
            self._make_room(len(data) + MARK_SIZE)
            self._places.append((self._next, self._end, len(data)))
            self._end = self._put(self._end, data)
            self._next = (self._next + 1) % 2**32
            self._put_mark()

    def forget(self, count: int) -> None:
        """Let go of the oldest events; their records stay where they are."""
        self._flags |= WRAP
        for _event in range(count):
            self._places.popleft()
        self._put_mark()

    def close(self) -> None:
        """Write the header."""
        self._flags &= ~DIRTY
        size = len(self._file)
        self._file[:HEADER_SIZE] = struct.pack(
            "<12I", HEADER_SIZE, SIGNATURE, 1, 1, *self._ends(), size, self._flags, 0, HEADER_SIZE
        )

    def data(self) -> bytes:
        """Give the bytes of the file."""
        return bytes(self._file)

    @property
    def numbers(self) -> list[int]:
        """Give the numbers of the records in it, oldest first."""
        return [number for number, _place, _length in self._places]

    def place(self, number: int) -> int:
        """Give where a record begins."""
        return next(place for each, place, _length in self._places if each == number)

    def bytes_of(self, number: int) -> list[int]:
        """Give where each byte of a record is."""
        length = next(length for each, _place, length in self._places if each == number)
        return self._bytes(self.place(number), length)

    def bytes_of_mark(self) -> list[int]:
        """Give where each byte of the mark behind the newest record is."""
        return self._bytes(self._end, MARK_SIZE)

    @property
    def end(self) -> int:
        """Give where the mark behind the newest record begins."""
        return self._end

    def _bytes(self, begin: int, length: int) -> list[int]:
        size = len(self._file)
        return [at if at < size else at - size + HEADER_SIZE for at in range(begin, begin + length)]

    def _ends(self) -> tuple[int, int, int, int]:
        oldest, start = (self._places[0][0], self._places[0][1]) if self._places else (0, self._end)
        return start, self._end, self._next, oldest

    def _put_mark(self) -> None:
        one_to_four = (number * 0x11111111 for number in (1, 2, 3, 4))
        self._put(self._end, struct.pack("<10I", MARK_SIZE, *one_to_four, *self._ends(), MARK_SIZE))

    def _put(self, at: int, data: bytes) -> int:
        """Write into the ring; give where the next byte goes."""
        left = len(self._file) - at
        self._file[at : at + len(data)] = data[:left]
        rest = data[left:]
        self._file[HEADER_SIZE : HEADER_SIZE + len(rest)] = rest
        return HEADER_SIZE + len(rest) if len(data) >= left else at + len(data)

    def _fill_end(self) -> None:
        """Go on behind the header where the fixed part of a record has no room before the end of the file."""
        left = len(self._file) - self._end
        if left < FIXED_SIZE:
            self._make_room(left)
            self._end = self._put(self._end, FILLING * (left // len(FILLING)))

    def _make_room(self, length: int) -> None:
        ring = len(self._file) - HEADER_SIZE
        while self._places and (self._places[0][1] - self._end) % ring < length:
            self._places.popleft()
            self._flags |= WRAP
