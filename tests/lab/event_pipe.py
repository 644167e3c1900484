# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Event logs for servers of the lab: what answers behind smbd's pipe \eventlog, as MS-EVEN says that Windows NT does.

Samba's own begins at the oldest record, and needs a minute to take 5,000 in. Arguments and
answers are put together by hand here: impacket takes a buffer apart byte by byte.
`python -m tests.lab.event_pipe FOLDER` does it for a lab in another process.
"""

from __future__ import annotations

import json
import signal
import struct
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from tests.lab.event_logs import Event, record
from tests.lab.pipes import Calls, Pipe

CLOSE, NUMBER_OF_RECORDS, OLDEST_RECORD, OPEN, READ = 2, 4, 5, 7, 10
SEQUENTIAL, SEEK, FORWARDS, BACKWARDS = 1, 2, 4, 8
END_OF_FILE, INVALID_HANDLE, INVALID_PARAMETER = 0xC0000011, 0xC0000008, 0xC000000D
DENIED, TOO_SMALL, FILE_CHANGED = 0xC0000022, 0xC0000023, 0xC0000197
NUMBERS = 1 << 32
# Gets the number of a procedure and what it would return; gives what is returned in its place.
Lie = Callable[[int, bytes], bytes]


class HeldLog:
    """A log as the service holds it. Records are numbered from `first` on; the numbers begin again behind the last."""

    def __init__(self, events: Iterable[Event], first: int = 1) -> None:
        self.first = first
        self.records: list[bytes] = []
        #: How often it changed in a way that those are told who have it open.
        self.changed = 0
        self.write(*events)

    def write(self, *events: Event) -> None:
        """Log events."""
        self.records += [
            record((self.first + len(self.records) + at) % NUMBERS, event) for at, event in enumerate(events)
        ]

    def forget(self, count: int) -> None:
        """Let go of the oldest records, as when others are written over them."""
        del self.records[:count]
        self.first += count

    def clear(self) -> None:
        """Empty it; numbers begin again."""
        self.records, self.first = [], 1
        self.changed += 1


class EventPipe(Pipe):
    """The logs named Application of a lab's servers, by the address; a context manager, usable beside WinReg.

    Args:
        base: the folder of the lab.
        logs: the events of each server, oldest first, or its log.
        faults: by the address; those of `Pipe`, "denied", "seek bug" (KB Q177199: no early record is found by its
            number), "no seek" (none is), "oldest first" (begins there, as Samba does), and these together.

    lies: by the address, what is returned in place of the truth. at_read: by the address, what is called before each
    read, with its number, from 0.
    """

    def __init__(
        self,
        base: Path,
        logs: Mapping[str, Sequence[Event] | HeldLog],
        faults: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(base, "eventlog", faults)
        self.logs = {address: log if isinstance(log, HeldLog) else HeldLog(log) for address, log in logs.items()}
        self.lies: dict[str, Lie] = {}
        self.at_read: dict[str, Callable[[int], None]] = {}

    @property
    def addresses(self) -> Iterable[str]:
        return self.logs

    def calls(self, address: str) -> Calls:
        reader = _Reader(self.logs[address], self.faults.get(address, ""), self.at_read.get(address))
        lie = self.lies.get(address, lambda _number, stub: stub)

        def call(number: int, arguments: bytes) -> bytes | None:
            stub = reader.call(number, arguments)
            return stub if stub is None else lie(number, stub)

        return call


class _Open:
    """A log that a client has open; position: the number that the next read begins with, None before the first."""

    def __init__(self, log: HeldLog) -> None:
        self.changed = log.changed
        self.position: int | None = None


class _Reader:
    """One client."""

    def __init__(self, log: HeldLog, fault: str, at_read: Callable[[int], None] | None) -> None:
        self._log = log
        self._fault = fault
        self._at_read = at_read
        self._reads = 0
        self._handles: dict[bytes, _Open] = {}

    def call(self, number: int, arguments: bytes) -> bytes | None:
        """Serve a call."""
        if number == OPEN:
            return self._open()
        handle = self._handles.get(arguments[:20])
        if number == READ:
            return self._read(handle, *struct.unpack_from("<III", arguments, 20))
        if number == CLOSE:
            self._handles.pop(arguments[:20], None)
            return bytes(20) + struct.pack("<I", 0 if handle else INVALID_HANDLE)
        if number not in (NUMBER_OF_RECORDS, OLDEST_RECORD):
            return None
        told = len(self._log.records) if number == NUMBER_OF_RECORDS else self._log.first % NUMBERS
        return struct.pack("<II", told, 0) if handle else struct.pack("<II", 0, INVALID_HANDLE)

    def _open(self) -> bytes:
        if self._fault == "denied":
            return bytes(20) + struct.pack("<I", DENIED)
        handle = struct.pack("<I16s", 0, len(self._handles).to_bytes(16, "big"))
        self._handles[handle] = _Open(self._log)
        return handle + struct.pack("<I", 0)

    def _read(self, handle: _Open | None, flags: int, offset: int, room: int) -> bytes:
        if self._at_read is not None:
            self._at_read(self._reads)
        self._reads += 1
        if handle is None:
            return _filled(room, status=INVALID_HANDLE)
        if flags & 3 in (0, 3) or flags & 12 in (0, 12):
            return _filled(room, status=INVALID_PARAMETER)
        return self._records(handle, flags, offset, room)

    def _records(self, handle: _Open, flags: int, offset: int, room: int) -> bytes:
        log, first = self._log, self._log.first
        newest = first + len(log.records) - 1
        if flags & SEEK:
            # As if the early half lay beyond the 2 MB.
            lowest = newest - len(log.records) // 2 if "seek bug" in self._fault else first
            if "no seek" in self._fault or not lowest <= offset <= newest:
                return _filled(room, status=INVALID_PARAMETER)
            handle.position = offset
        elif handle.changed != log.changed or (handle.position or first) < first - 1:
            return _filled(room, status=FILE_CHANGED)
        at = handle.position
        if at is None:
            at = newest if flags & BACKWARDS and "oldest first" not in self._fault else first
        found = b""
        while first <= at <= newest and len(found) + len(log.records[at - first]) <= room:
            found += log.records[at - first]
            at += -1 if flags & BACKWARDS else 1
        if found:
            handle.position = at
            return _filled(room, found)
        if not first <= at <= newest:
            return _filled(room, status=END_OF_FILE)
        return _filled(room, needed=len(log.records[at - first]), status=TOO_SMALL)


def _filled(room: int, found: bytes = b"", needed: int = 0, status: int = 0) -> bytes:
    """Give what a read returns: a buffer of the size that was asked for, whatever is in it."""
    buffer = found.ljust((room + 3) & ~3, b"\0")
    return struct.pack("<I", room) + buffer + struct.pack("<III", len(found), needed, status)


def main() -> None:
    """Serve the logs of a lab, from events.json in its folder, until a signal ends the process."""
    base = Path(sys.argv[1])
    logs = json.loads((base / "events.json").read_text())
    with EventPipe(base, {address: [Event(*event) for event in events] for address, events in logs.items()}):
        signal.pause()


if __name__ == "__main__":
    main()
