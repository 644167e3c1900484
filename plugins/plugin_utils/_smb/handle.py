# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and pipes that are open on a server behind SMB1.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from ...module_utils._server.errors import ConnectionLost
from . import request, transaction
from .answer import Answer, CreateAnswer, ReadAnswer, WriteAnswer, changed_at
from .request import SmbRequest
from .session import LONGEST_MESSAGE, Session
from .status import DISK_FULL, END_OF_FILE, UNKNOWN_REQUEST, StatusError

# An offset has 32 bits in the requests that all servers know.
MAX_OFFSET = 0xFFFFFFFF


class SmbHandle:
    """An open file or pipe, which its FID names in its session.

    Its methods raise StatusError for a refusal, ConnectionLost where no answer came that can be one.
    """

    def __init__(self, session: Session, tid: int, created: CreateAnswer) -> None:
        self._session = session
        self._tid = tid
        self._fid = created.fid
        self._shortened = False
        #: The size in bytes when it was opened.
        self.size = created.end_of_file
        #: The DOS attributes.
        self.attributes = created.ext_file_attributes
        #: When it was last changed, in whole seconds since 1970; None where the server told nothing that is a time.
        self.written = changed_at(created)

    def read(self, limit: int) -> bytes:
        """Read a file from its start up to its end; more than limit bytes are not read."""
        data = bytearray()
        while len(data) <= limit:
            part = self._read_part(len(data), self._session.chunk)
            if not part:
                self._expect_end(len(data))
                break
            data += part
        return bytes(data)

    def read_at(self, offset: int, count: int) -> bytes:
        """Read count bytes at an offset, fewer at the end of the file."""
        data = bytearray()
        count = min(count, MAX_OFFSET - offset)
        while len(data) < count:
            part = self._read_part(offset + len(data), min(count - len(data), self._session.chunk))
            data += part
            if not part or offset + len(data) >= self.size:
                self._expect_end(offset + len(data))
                break
        return bytes(data)

    def write(self, offset: int, data: bytes) -> None:
        """Write data, in one request where it fits into a chunk."""
        chunk = self._session.chunk
        for start in range(0, len(data), chunk):
            self._write_part(offset + start, data[start : start + chunk])

    def truncate(self, size: int) -> None:
        """Set the size of the file."""
        self._shortened = True
        try:
            self._exchange(transaction.set_end_of_file(self._fid, size, self._session.max_data_count)).transacted()
        except StatusError as error:
            if error.status not in UNKNOWN_REQUEST:
                raise
            # The oldest servers know the older way alone.
            self._exchange(request.core_truncate(self._fid, size))

    def flush(self) -> None:
        """Have the file written to the server's disk."""
        self._exchange(request.flush(self._fid))

    def close(self) -> None:
        """Close it."""
        self._exchange(request.close(self._fid))

    def transact(self, message: bytes) -> bytes:
        """Write a message to a pipe and read its answer, in one request (MS-CIFS section 2.2.5.6)."""
        session = self._session
        asked = transaction.transact_pipe(self._fid, message, session.unicode, session.max_data_count)
        return self._exchange(asked).transacted().data

    def read_message(self) -> bytes:
        """Read the next message of a pipe, where an answer has several."""
        return self._read_part(0, LONGEST_MESSAGE)

    def _read_part(self, offset: int, count: int) -> bytes:
        answer = self._exchange(request.read(self._fid, offset, count))
        words = answer.words(ReadAnswer)
        if words.data_length > count:
            raise ConnectionLost("the server sent more of a file than was asked for")
        return answer.data(words.data_offset, words.data_length)

    def _expect_end(self, offset: int) -> None:
        """Refuse an end that comes before that of the file as it was opened, unless it was shortened here."""
        if offset < self.size and not self._shortened:
            raise StatusError(END_OF_FILE)

    def _write_part(self, offset: int, part: bytes) -> None:
        answer = self._exchange(request.write(self._fid, offset, part))
        if answer.words(WriteAnswer).count_written != len(part):
            raise StatusError(DISK_FULL)

    def _exchange(self, asked: SmbRequest) -> Answer:
        return self._session.exchange(asked, self._tid)


__all__ = ("SmbHandle",)
