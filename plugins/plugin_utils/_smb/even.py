# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""The calls of the event log service, by its pipe \eventlog (MS-EVEN section 3.1.4).

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple
from uuid import UUID

from ...module_utils._server.errors import ConnectionLost
from .handle import SmbHandle
from .layout import ULONG, pack, size_of, structure
from .rpc import Rpc, SyntaxId, unicode_string, unpack_stub
from .status import BUFFER_TOO_SMALL, StatusError

EVEN = SyntaxId(UUID("82273fdc-e32a-18c3-3f78-827929dc23ea").bytes_le, 0)
# ElfrNumberOfRecords, ElfrOldestRecord, ElfrOpenELW, ElfrReadELW.
NUMBER_OF_RECORDS, OLDEST_RECORD, OPEN_LOG, READ_LOG = 4, 5, 7, 10
# ReadFlags: in sequence, or from a number on; and towards the oldest record.
SEQUENTIAL, SEEK, BACKWARDS = 1, 2, 8
# IELF_HANDLE (MS-EVEN section 2.2.6), to us a name.
HANDLE = Annotated[bytes, "20s"]
NO_SERVER_NAME = b"\0\0\0\0"


class RecordTooLong(Exception):
    """The next record has more bytes than were asked for. needed: how many, as the server says."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


@structure
class Versions(NamedTuple):
    """The last arguments of ElfrOpenELW (MS-EVEN section 3.1.4.3)."""

    major_version: ULONG = 1
    minor_version: ULONG = 1


@structure
class Opened(NamedTuple):
    """What ElfrOpenELW returns."""

    log_handle: HANDLE
    status: ULONG


@structure
class Told(NamedTuple):
    """What ElfrNumberOfRecords and ElfrOldestRecord return (MS-EVEN sections 3.1.4.18 and 3.1.4.19)."""

    number: ULONG
    status: ULONG


@structure
class Read(NamedTuple):
    """Arguments of ElfrReadELW behind the handle (MS-EVEN section 3.1.4.7)."""

    read_flags: ULONG
    record_offset: ULONG
    number_of_bytes_to_read: ULONG


@structure
class Buffer(NamedTuple):
    """What ElfrReadELW returns before the buffer, which has all bytes that were asked for."""

    max_count: ULONG


@structure
class ReadResult(NamedTuple):
    """What it returns behind the buffer."""

    number_of_bytes_read: ULONG
    min_number_of_bytes_needed: ULONG
    status: ULONG


class OpenedLog:
    """A log that is open on a server.

    It and its methods raise StatusError for what the server refuses, ServerError and ConnectionLost as `Rpc` does.

    Args:
        pipe: the pipe of the service.
        log: its name on the server.
        rpc: the service, where its pipe is bound already.
    """

    def __init__(self, pipe: SmbHandle, log: str, rpc: Rpc | None = None) -> None:
        self._pipe = pipe
        self._log = log
        self._rpc = rpc if rpc is not None else Rpc(pipe, EVEN)
        arguments = NO_SERVER_NAME + unicode_string(log) + unicode_string("") + pack(Versions())
        opened = unpack_stub(Opened, self._rpc.call(OPEN_LOG, arguments))
        _refuse(opened.status)
        self._handle = opened.log_handle
        #: How many bytes of records one answer of one fragment can hold.
        self.room = (self._rpc.room - size_of(Buffer) - size_of(ReadResult)) & ~3

    def again(self) -> OpenedLog:
        """Open it once more, by the same pipe."""
        return OpenedLog(self._pipe, self._log, self._rpc)

    def oldest(self) -> int:
        """Give the number of the oldest record."""
        return self._told(OLDEST_RECORD)

    def number_of_records(self) -> int:
        """Give how many records there are."""
        return self._told(NUMBER_OF_RECORDS)

    def read(self, flags: int, number: int, room: int) -> bytes:
        """Read records, whole ones; no bytes where there are none, as some servers say it.

        Args:
            flags: SEQUENTIAL or SEEK, and BACKWARDS.
            number: of the record to begin with, for SEEK.
            room: the bytes that they may have, a multiple of four.

        Raises:
            RecordTooLong: the first has more bytes.
        """
        answer_size = size_of(Buffer) + room + size_of(ReadResult)
        stub = self._rpc.call(READ_LOG, self._handle + pack(Read(flags, number, room)), answer_size)
        result = unpack_stub(ReadResult, stub, len(stub) - size_of(ReadResult))
        if result.status == BUFFER_TOO_SMALL:
            raise RecordTooLong(result.min_number_of_bytes_needed)
        _refuse(result.status)
        count = result.number_of_bytes_read
        if len(stub) != answer_size or unpack_stub(Buffer, stub).max_count != room or count > room:
            raise ConnectionLost("the server gave another count of bytes than it was asked for")
        return stub[size_of(Buffer) : size_of(Buffer) + count]

    def _told(self, opnum: int) -> int:
        told = unpack_stub(Told, self._rpc.call(opnum, self._handle))
        _refuse(told.status)
        return told.number


def _refuse(status: int) -> None:
    if status:
        raise StatusError(status)


__all__ = ("BACKWARDS", "SEEK", "SEQUENTIAL", "OpenedLog", "RecordTooLong")
