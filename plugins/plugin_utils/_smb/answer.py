# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMB1 answers taken apart and checked: what a server sends is not trusted (MS-CIFS section 2.2.4). Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from ...module_utils._server.errors import ConnectionLost
from .header import (
    ANDX,
    FLAGS2_NT_STATUS,
    HEADER_SIZE,
    MIN_MESSAGE,
    PROTOCOL,
    WORDS_OFFSET,
    SmbHeader,
    data_offset,
)
from .layout import SECONDS_TO_1970, TICKS, UCHAR, ULONG, ULONGLONG, USHORT, Structure, structure, unpack
from .status import (
    ACCESS_DENIED,
    LOGON_FAILURE,
    OBJECT_NAME_NOT_FOUND,
    OBJECT_PATH_NOT_FOUND,
    SHARING_VIOLATION,
    UNSUCCESSFUL,
    StatusError,
)

# The statuses that mean the same as a DOS error, class and code (MS-CIFS section 2.2.2.4).
DOS_ERRORS = {
    (1, 2): OBJECT_NAME_NOT_FOUND,
    (1, 3): OBJECT_PATH_NOT_FOUND,
    (1, 5): ACCESS_DENIED,
    (1, 32): SHARING_VIOLATION,
    (2, 2): LOGON_FAILURE,
}


@structure
class DialectAnswer(NamedTuple):
    """The word of the answer to SMB_COM_NEGOTIATE that it has in any case (MS-CIFS section 2.2.4.52.2)."""

    dialect_index: USHORT


@structure
class NegotiateAnswer(NamedTuple):
    """Words of the answer to SMB_COM_NEGOTIATE with NT LM 0.12 (MS-CIFS section 2.2.4.52.2)."""

    dialect_index: USHORT
    security_mode: UCHAR
    max_mpx_count: USHORT
    max_number_vcs: USHORT
    max_buffer_size: ULONG
    max_raw_size: ULONG
    session_key: ULONG
    capabilities: ULONG
    system_time: ULONGLONG
    server_time_zone: USHORT
    challenge_length: UCHAR


@structure
class SessionSetupAnswer(NamedTuple):
    """Words of the answer to SMB_COM_SESSION_SETUP_ANDX (MS-CIFS section 2.2.4.53.2)."""

    andx: ANDX
    action: USHORT


@structure
class CreateAnswer(NamedTuple):
    """Words of the answer to SMB_COM_NT_CREATE_ANDX (MS-CIFS section 2.2.4.64.2)."""

    andx: ANDX
    op_lock_level: UCHAR
    fid: USHORT
    create_disposition: ULONG
    create_time: ULONGLONG
    last_access_time: ULONGLONG
    last_write_time: ULONGLONG
    last_change_time: ULONGLONG
    ext_file_attributes: ULONG
    allocation_size: ULONGLONG
    end_of_file: ULONGLONG
    resource_type: USHORT
    nm_pipe_status: USHORT
    directory: UCHAR


def changed_at(created: CreateAnswer) -> int | None:
    """Give when an opened file was last changed, in whole seconds since 1970, UTC; None where that is not told.

    A copy may keep the time of its last write. Where the server tells one, the time of its last change does not.
    """
    times = (_seconds(created.last_write_time), _seconds(created.last_change_time))
    return max((each for each in times if each is not None), default=None) if times[0] is not None else None


def _seconds(filetime: int) -> int | None:
    """Give a FILETIME (MS-DTYP section 2.3.3) in whole seconds since 1970; None where an event cannot have it."""
    seconds = filetime // TICKS - SECONDS_TO_1970
    return seconds if 0 < seconds < 2**32 else None


@structure
class ReadAnswer(NamedTuple):
    """Words of the answer to SMB_COM_READ_ANDX (MS-CIFS section 2.2.4.42.2)."""

    andx: ANDX
    available: USHORT
    data_compaction_mode: USHORT
    reserved1: USHORT
    data_length: USHORT
    data_offset: USHORT
    reserved2: Annotated[bytes, "10s"]


@structure
class WriteAnswer(NamedTuple):
    """Words of the answer to SMB_COM_WRITE_ANDX (MS-CIFS section 2.2.4.43.2)."""

    andx: ANDX
    count_written: USHORT
    available: USHORT
    reserved: ULONG


@structure
class TransactionAnswer(NamedTuple):
    """Words of the answer to a transaction, without its setup (MS-CIFS sections 2.2.4.33.2 and 2.2.4.46.2)."""

    total_parameter_count: USHORT
    total_data_count: USHORT
    reserved1: USHORT
    parameter_count: USHORT
    parameter_offset: USHORT
    parameter_displacement: USHORT
    data_count: USHORT
    data_offset: USHORT
    data_displacement: USHORT
    setup_count: UCHAR
    reserved2: UCHAR


class Transacted(NamedTuple):
    """What the answer to a transaction holds."""

    parameters: bytes
    data: bytes


class Answer:
    """One answer of a server, which belongs to the request with this command and MID.

    expected: its status, where that is not success.
    Raises ConnectionLost for what is no answer to it, StatusError for a refusal.
    """

    def __init__(self, raw: bytes, command: int, mid: int, expected: int = 0) -> None:
        if len(raw) < MIN_MESSAGE:
            raise ConnectionLost("the server sent something that is no answer to the request")
        #: The header of the answer.
        self.header = unpack(SmbHeader, raw)
        if (self.header.protocol, self.header.command, self.header.mid) != (PROTOCOL, command, mid):
            raise ConnectionLost("the server sent something that is no answer to the request")
        status = status_of(self.header)
        if status != expected:
            raise StatusError(status) if status else ConnectionLost("the server skipped a step of the logon")
        size = 2 * raw[HEADER_SIZE]
        self._raw = raw
        self._words = raw[WORDS_OFFSET : WORDS_OFFSET + size]
        self._data_offset = data_offset(size)

    def words(self, kind: type[Structure]) -> Structure:
        """Give the words of the answer; raise ConnectionLost where it has fewer than it must have."""
        return unpack(kind, self._words)

    def behind_words(self) -> bytes:
        """Give all that stands behind the words and the count of the data."""
        return self._raw[self._data_offset :]

    def data(self, offset: int, count: int) -> bytes:
        """Give data to which the words lead; raise ConnectionLost where not all of them are there, behind the words."""
        found = self._raw[offset : offset + count]
        if len(found) != count or (count and offset < self._data_offset):
            raise ConnectionLost("the server announced other data than it sent")
        return found

    def transacted(self) -> Transacted:
        """Give the parameters and the data of the answer to a transaction, which is a whole one."""
        words = self.words(TransactionAnswer)
        if words.total_data_count != words.data_count:
            raise ConnectionLost("the server sent a part only of its answer")
        return Transacted(
            self.data(words.parameter_offset, words.parameter_count), self.data(words.data_offset, words.data_count)
        )


def status_of(header: SmbHeader) -> int:
    """Give the status of an answer; a DOS error as the status that means the same."""
    if header.status == 0 or header.flags2 & FLAGS2_NT_STATUS:
        return header.status
    # SMB_ERROR: one byte is the class, one is reserved, two are the code (MS-CIFS section 2.2.1.5).
    return DOS_ERRORS.get((header.status & 0xFF, header.status >> 16), UNSUCCESSFUL)


__all__ = (
    "Answer",
    "CreateAnswer",
    "DialectAnswer",
    "NegotiateAnswer",
    "ReadAnswer",
    "SessionSetupAnswer",
    "Transacted",
    "WriteAnswer",
    "changed_at",
    "status_of",
)
