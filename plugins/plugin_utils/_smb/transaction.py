# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMB1 requests with parameters and data of their own, and what their answers hold (MS-CIFS 2.2.5 and 2.2.6). Pure.

PRIVATE to the collection: no part of this file is a public interface.

max_data_count: the most bytes of data that the answer may have.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from ...module_utils._server.errors import ConnectionLost, ServerError
from .header import data_offset
from .layout import UCHAR, ULONG, ULONGLONG, USHORT, pack, size_of, structure, unpack
from .names import decode_name, encode_name
from .request import DIRECTORY, HIDDEN, SYSTEM, TRANSACTION, TRANSACTION2, SmbRequest

# Subcommands (MS-CIFS section 2.2.2.2) and information levels (section 2.2.2.3).
FIND_FIRST, QUERY_FS, QUERY_PATH, SET_FILE = 1, 3, 5, 8
TRANSACT_PIPE = 0x26
NAMES_INFO, BASIC_INFO, END_OF_FILE_INFO = 0x103, 0x101, 0x104
FS_ATTRIBUTE_INFO = 0x105
MAX_PARAMETER_COUNT = 64


@structure
class Transaction(NamedTuple):
    """Words of SMB_COM_TRANSACTION and SMB_COM_TRANSACTION2 before the setup (MS-CIFS 2.2.4.33.1 and 2.2.4.46.1)."""

    total_parameter_count: USHORT
    total_data_count: USHORT
    max_parameter_count: USHORT
    max_data_count: USHORT
    max_setup_count: UCHAR = 0
    reserved1: UCHAR = 0
    flags: USHORT = 0
    timeout: ULONG = 0
    reserved2: USHORT = 0
    parameter_count: USHORT = 0
    parameter_offset: USHORT = 0
    data_count: USHORT = 0
    data_offset: USHORT = 0
    setup_count: UCHAR = 0
    reserved3: UCHAR = 0


def _transaction(
    command: int, setup: bytes, name: bytes, parameters: bytes, data: bytes, max_data_count: int
) -> SmbRequest:
    """Put a transaction together: parameters and data each begin at an offset that four divides."""
    start = data_offset(size_of(Transaction) + len(setup))
    name += b"\0" * (-(start + len(name)) % 4)
    padding = b"\0" * (-len(parameters) % 4)
    offset = start + len(name)
    words = Transaction(
        total_parameter_count=len(parameters),
        total_data_count=len(data),
        max_parameter_count=MAX_PARAMETER_COUNT,
        max_data_count=max_data_count,
        parameter_count=len(parameters),
        parameter_offset=offset,
        data_count=len(data),
        data_offset=offset + len(parameters) + len(padding),
        setup_count=len(setup) // 2,
    )
    return SmbRequest(command, pack(words) + setup, name + parameters + padding + data)


@structure
class Trans2Setup(NamedTuple):
    """Setup of SMB_COM_TRANSACTION2 (MS-CIFS section 2.2.4.46.1)."""

    subcommand: USHORT


def transaction2(subcommand: int, parameters: bytes, data: bytes, max_data_count: int) -> SmbRequest:
    """Ask for or set something of a file."""
    return _transaction(TRANSACTION2, pack(Trans2Setup(subcommand)), b"\0", parameters, data, max_data_count)


@structure
class FindFirst(NamedTuple):
    """Parameters of TRANS2_FIND_FIRST2 before the pattern (MS-CIFS section 2.2.6.2.1)."""

    search_attributes: USHORT
    search_count: USHORT
    flags: USHORT
    information_level: USHORT
    search_storage_type: ULONG = 0


# Flags: SMB_FIND_CLOSE_AFTER_REQUEST.
CLOSE_SEARCH = 0x01
MAX_NAMES = 100


def find_first(pattern: bytes, search_count: int, information_level: int, max_data_count: int) -> SmbRequest:
    """Find names by a pattern, as many as one answer holds; also hidden ones and folders."""
    parameters = FindFirst(HIDDEN | SYSTEM | DIRECTORY, search_count, CLOSE_SEARCH, information_level)
    return transaction2(FIND_FIRST, pack(parameters) + pattern, b"", max_data_count)


@structure
class FoundFirst(NamedTuple):
    """Parameters of the answer to TRANS2_FIND_FIRST2 (MS-CIFS section 2.2.6.2.2). end_of_search: it gives all names."""

    sid: USHORT
    search_count: USHORT
    end_of_search: USHORT
    ea_error_offset: USHORT
    last_name_offset: USHORT


@structure
class NamesInfo(NamedTuple):
    """SMB_FIND_FILE_NAMES_INFO before the name (MS-CIFS section 2.2.8.1.6)."""

    next_entry_offset: ULONG
    file_index: ULONG
    file_name_length: ULONG


def names_in(data: bytes, max_names: int, unicode: bool) -> list[str]:
    """Take a list of names apart: each entry says how many bytes on the next one stands.

    Raises ConnectionLost for a list that is not in order, or longer than asked for.
    """
    names: list[str] = []
    size = size_of(NamesInfo)
    while len(data) >= size:
        entry = unpack(NamesInfo, data)
        raw = data[size : size + entry.file_name_length]
        step = entry.next_entry_offset
        # The last one has no step; a smaller one would lead round in circles.
        if len(raw) != entry.file_name_length or 0 < step < size or step > len(data) or len(names) == max_names:
            raise ConnectionLost("the server sent a list of names that is not in order")
        names.append(decode_name(raw, unicode))
        data = data[step:] if step else b""
    return names


@structure
class QueryPath(NamedTuple):
    """Parameters of TRANS2_QUERY_PATH_INFORMATION before the name (MS-CIFS section 2.2.6.6.1)."""

    information_level: USHORT
    reserved: ULONG = 0


def query_basic_info(name: bytes, max_data_count: int) -> SmbRequest:
    """Ask for the attributes of a file or folder."""
    return transaction2(QUERY_PATH, pack(QueryPath(BASIC_INFO)) + name, b"", max_data_count)


@structure
class BasicInfo(NamedTuple):
    """SMB_QUERY_FILE_BASIC_INFO without what is reserved behind it (MS-CIFS section 2.2.8.3.6)."""

    creation_time: ULONGLONG
    last_access_time: ULONGLONG
    last_write_time: ULONGLONG
    last_change_time: ULONGLONG
    ext_file_attributes: ULONG


@structure
class QueryFs(NamedTuple):
    """Parameters of TRANS2_QUERY_FS_INFORMATION (MS-CIFS section 2.2.6.4.1)."""

    information_level: USHORT


def query_file_system(max_data_count: int) -> SmbRequest:
    """Ask for the file system of a share."""
    return transaction2(QUERY_FS, pack(QueryFs(FS_ATTRIBUTE_INFO)), b"", max_data_count)


@structure
class FsAttributeInfo(NamedTuple):
    """SMB_QUERY_FS_ATTRIBUTE_INFO before the name (MS-CIFS section 2.2.8.2.6)."""

    file_system_attributes: ULONG
    max_file_name_length: ULONG
    length_of_file_system_name: ULONG


def file_system_in(data: bytes) -> str:
    """Give the name of a file system; old servers may tell it with one byte for a letter."""
    told = unpack(FsAttributeInfo, data, what="answer about a file system")
    start = size_of(FsAttributeInfo)
    name = data[start : start + told.length_of_file_system_name]
    return name.replace(b"\0", b"").decode("latin-1")


@structure
class SetFile(NamedTuple):
    """Parameters of TRANS2_SET_FILE_INFORMATION (MS-CIFS section 2.2.6.9.1)."""

    fid: USHORT
    information_level: USHORT
    reserved: USHORT = 0


@structure
class EndOfFileInfo(NamedTuple):
    """SMB_SET_FILE_END_OF_FILE_INFO (MS-CIFS section 2.2.8.4.6)."""

    end_of_file: ULONGLONG


def set_end_of_file(fid: int, size: int, max_data_count: int) -> SmbRequest:
    """Set the size of an open file."""
    parameters = pack(SetFile(fid, END_OF_FILE_INFO))
    return transaction2(SET_FILE, parameters, pack(EndOfFileInfo(size)), max_data_count)


@structure
class TransactPipe(NamedTuple):
    """Setup of TRANS_TRANSACT_NMPIPE (MS-CIFS section 2.2.5.6.1)."""

    subcommand: USHORT
    fid: USHORT


def _named_transaction(
    name: str, unicode: bool, setup: bytes, parameters: bytes, data: bytes, max_data_count: int
) -> SmbRequest:
    """Use a pipe or mailslot; a name in Unicode begins at an even offset."""
    gap = data_offset(size_of(Transaction) + len(setup)) % 2 if unicode else 0
    encoded = b"\0" * gap + encode_name(f"{name}\0", unicode)
    return _transaction(TRANSACTION, setup, encoded, parameters, data, max_data_count)


def transact_pipe(fid: int, data: bytes, unicode: bool, max_data_count: int) -> SmbRequest:
    """Write to a pipe and read its answer in one request."""
    setup = pack(TransactPipe(TRANSACT_PIPE, fid))
    return _named_transaction("\\PIPE\\", unicode, setup, b"", data, max_data_count)


@structure
class NetShareEnum(NamedTuple):
    """RAP NetShareEnumRequest (MS-RAP section 2.5.6.1.1)."""

    rap_opcode: USHORT = 0
    param_desc: Annotated[bytes, "6s"] = b"WrLeh"
    data_desc: Annotated[bytes, "4s"] = b"B13"
    info_level: USHORT = 0
    receive_buffer_size: USHORT = 0x1000


def net_share_enum(unicode: bool, max_data_count: int) -> SmbRequest:
    """Ask for the names of the shares, by the LAN Manager call for it."""
    return _named_transaction("\\PIPE\\LANMAN", unicode, b"", pack(NetShareEnum()), b"", max_data_count)


@structure
class NetShareEnumAnswer(NamedTuple):
    """Parameters of the answer to a RAP NetShareEnumRequest (MS-RAP sections 2.5.2 and 2.5.6.1.2)."""

    win32_error_code: USHORT
    converter: USHORT
    entries_returned: USHORT
    entries_available: USHORT


@structure
class NetShareInfo0(NamedTuple):
    """NetShareInfo0 (MS-RAP section 2.5.6.3.1)."""

    network_name: Annotated[bytes, "13s"]


def shares_in(parameters: bytes, data: bytes) -> list[str]:
    """Take a list of shares apart; their names in capitals.

    Raises ServerError for a list that is not whole, ConnectionLost for none.
    """
    told = unpack(NetShareEnumAnswer, parameters, what="list of shares")
    size = size_of(NetShareInfo0)
    offsets = range(0, len(data) - size + 1, size)
    names = [unpack(NetShareInfo0, data, offset).network_name.partition(b"\0")[0] for offset in offsets]
    count = told.entries_returned
    if told.win32_error_code or count < told.entries_available or len(names) < count:
        raise ServerError("the server does not list all its shares")
    return [decode_name(name, unicode=False).upper() for name in names[:count] if name]


__all__ = (
    "BASIC_INFO",
    "END_OF_FILE_INFO",
    "FIND_FIRST",
    "MAX_NAMES",
    "NAMES_INFO",
    "SET_FILE",
    "BasicInfo",
    "FoundFirst",
    "file_system_in",
    "find_first",
    "names_in",
    "net_share_enum",
    "query_basic_info",
    "query_file_system",
    "set_end_of_file",
    "shares_in",
    "transact_pipe",
    "transaction2",
)
