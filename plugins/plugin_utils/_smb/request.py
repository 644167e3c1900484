# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMB1 requests as bytes: the words and the data of each (MS-CIFS section 2.2.4). Pure.

PRIVATE to the collection: no part of this file is a public interface.

Fields of a structure that are not given are zero. Names come encoded, and with the zero behind them.
"""

from __future__ import annotations

from typing import NamedTuple

from .header import ANDX, NO_ANDX, data_offset
from .layout import UCHAR, ULONG, ULONGLONG, USHORT, pack, size_of, structure

# Commands (MS-CIFS section 2.2.2.1).
NEGOTIATE, SESSION_SETUP, TREE_CONNECT = 0x72, 0x73, 0x75
CREATE, READ, WRITE, FLUSH, CLOSE, DELETE = 0xA2, 0x2E, 0x2F, 0x05, 0x04, 0x06
CORE_WRITE = 0x0B
TRANSACTION, TRANSACTION2 = 0x25, 0x32


class SmbRequest(NamedTuple):
    """A request: its command, its words and its data."""

    command: int
    words: bytes
    data: bytes


def negotiate() -> SmbRequest:
    """Offer the one dialect that is spoken here, NT LM 0.12 (MS-CIFS section 2.2.4.52.1)."""
    return SmbRequest(NEGOTIATE, b"", b"\x02NT LM 0.12\0")


@structure
class SessionSetup(NamedTuple):
    """Words of SMB_COM_SESSION_SETUP_ANDX without extended security (MS-CIFS section 2.2.4.53.1)."""

    andx: ANDX = NO_ANDX
    max_buffer_size: USHORT = 0
    max_mpx_count: USHORT = 2
    vc_number: USHORT = 1
    session_key: ULONG = 0
    oem_password_len: USHORT = 0
    unicode_password_len: USHORT = 0
    reserved: ULONG = 0
    capabilities: ULONG = 0


# Capabilities, offered by the server and used by the client (MS-CIFS section 2.2.4.52.2, MS-SMB section 2.2.4.5.2.1).
CAP_UNICODE, CAP_STATUS32, CAP_LARGE_READ, CAP_LARGE_WRITE = 0x4, 0x40, 0x4000, 0x8000
CAP_EXTENDED_SECURITY = 0x80000000
# What this client says that it takes in one message: all of it, since each request names how much it wants. Where it
# said no more than the server's own buffer, an answer that fills that would come in two parts.
LARGEST_BUFFER_SIZE = 61440


def session_setup(lm: bytes, nt: bytes, names: bytes, *, unicode: bool, session_key: int) -> SmbRequest:
    """Log on with these responses.

    Args:
        lm: the LM or LMv2 response.
        nt: the NTLM or NTLMv2 response.
        names: of the user, the domain, the system and the program.
        unicode: they are in Unicode, and begin at an even offset of the message.
        session_key: what the server called its session.
    """
    words = SessionSetup(
        max_buffer_size=LARGEST_BUFFER_SIZE,
        session_key=session_key,
        oem_password_len=len(lm),
        unicode_password_len=len(nt),
        capabilities=CAP_UNICODE | CAP_STATUS32 | CAP_LARGE_READ | CAP_LARGE_WRITE,
    )
    offset = data_offset(size_of(SessionSetup)) + len(lm) + len(nt)
    return SmbRequest(SESSION_SETUP, pack(words), lm + nt + b"\0" * (offset % 2 if unicode else 0) + names)


@structure
class ExtendedSessionSetup(NamedTuple):
    """Words of SMB_COM_SESSION_SETUP_ANDX with extended security (MS-SMB section 2.2.4.6.1)."""

    andx: ANDX = NO_ANDX
    max_buffer_size: USHORT = 0
    max_mpx_count: USHORT = 2
    vc_number: USHORT = 1
    session_key: ULONG = 0
    security_blob_length: USHORT = 0
    reserved: ULONG = 0
    capabilities: ULONG = 0


def extended_session_setup(token: bytes) -> SmbRequest:
    """Log on with a token of SPNEGO; the names of system and program are not in Unicode."""
    words = ExtendedSessionSetup(
        max_buffer_size=LARGEST_BUFFER_SIZE,
        security_blob_length=len(token),
        capabilities=CAP_EXTENDED_SECURITY | CAP_UNICODE | CAP_STATUS32 | CAP_LARGE_READ | CAP_LARGE_WRITE,
    )
    return SmbRequest(SESSION_SETUP, pack(words), token + b"Unix\0Ansible\0")


@structure
class TreeConnect(NamedTuple):
    """Words of SMB_COM_TREE_CONNECT_ANDX (MS-CIFS section 2.2.4.55.1)."""

    andx: ANDX = NO_ANDX
    flags: USHORT = 0
    password_length: USHORT = 1


def tree_connect(path: bytes) -> SmbRequest:
    """Connect to a share of any kind, by its UNC path."""
    return SmbRequest(TREE_CONNECT, pack(TreeConnect()), b"\0" + path + b"?????\0")


@structure
class Create(NamedTuple):
    """Words of SMB_COM_NT_CREATE_ANDX (MS-CIFS section 2.2.4.64.1); without flags there is no oplock."""

    andx: ANDX = NO_ANDX
    reserved: UCHAR = 0
    name_length: USHORT = 0
    flags: ULONG = 0
    root_directory_fid: ULONG = 0
    desired_access: ULONG = 0
    allocation_size: ULONGLONG = 0
    ext_file_attributes: ULONG = 0
    share_access: ULONG = 0
    create_disposition: ULONG = 0
    create_options: ULONG = 0
    impersonation_level: ULONG = 0
    security_flags: UCHAR = 0


# Its values: desired access, share access, disposition, options and impersonation level.
READ_DATA, WRITE_DATA, READ_ATTRIBUTES = 0x1, 0x2, 0x80
SHARE_NONE, SHARE_READ, SHARE_WRITE, SHARE_ALL = 0, 1, 2, 7
OPEN, CREATE_NEW, OPEN_IF = 1, 2, 3
NOT_A_DIRECTORY = 0x40
IMPERSONATION = 2


def create(name: bytes, unicode: bool, access: int, sharing: int, disposition: int) -> SmbRequest:
    """Open a file, without an oplock; name: with the zero behind it, which is as wide as its letters."""
    width = 2 if unicode else 1
    words = Create(
        name_length=len(name) - width,
        desired_access=access | READ_ATTRIBUTES,
        share_access=sharing,
        create_disposition=disposition,
        create_options=NOT_A_DIRECTORY,
        impersonation_level=IMPERSONATION,
    )
    # Names in Unicode begin at an even offset, which comes one byte later.
    return SmbRequest(CREATE, pack(words), b"\0" * (width - 1) + name)


@structure
class Read(NamedTuple):
    """Words of SMB_COM_READ_ANDX (MS-CIFS section 2.2.4.42.1)."""

    andx: ANDX = NO_ANDX
    fid: USHORT = 0
    offset: ULONG = 0
    max_count: USHORT = 0
    min_count: USHORT = 0
    timeout: ULONG = 0
    remaining: USHORT = 0
    offset_high: ULONG = 0


def read(fid: int, offset: int, max_count: int) -> SmbRequest:
    """Read a part of a file."""
    return SmbRequest(READ, pack(Read(fid=fid, offset=offset, max_count=max_count)), b"")


@structure
class Write(NamedTuple):
    """Words of SMB_COM_WRITE_ANDX (MS-CIFS section 2.2.4.43.1)."""

    andx: ANDX = NO_ANDX
    fid: USHORT = 0
    offset: ULONG = 0
    timeout: ULONG = 0
    write_mode: USHORT = 0
    remaining: USHORT = 0
    reserved: USHORT = 0
    data_length: USHORT = 0
    data_offset: USHORT = 0
    offset_high: ULONG = 0


# What stands before the data, a filler too, counts towards the server's buffer (MS-CIFS section 3.2.4.1.1).
WRITE_HEAD = data_offset(size_of(Write)) + 1


def write(fid: int, offset: int, data: bytes) -> SmbRequest:
    """Write a part of a file."""
    words = Write(fid=fid, offset=offset, remaining=len(data), data_length=len(data), data_offset=WRITE_HEAD)
    return SmbRequest(WRITE, pack(words), b"\0" + data)


@structure
class CoreWrite(NamedTuple):
    """Words of SMB_COM_WRITE (MS-CIFS section 2.2.4.12.1)."""

    fid: USHORT
    count_of_bytes_to_write: USHORT = 0
    write_offset_in_bytes: ULONG = 0
    estimate_of_remaining_bytes: USHORT = 0


def core_truncate(fid: int, size: int) -> SmbRequest:
    """Set the size of a file by a write of no bytes (MS-CIFS section 2.2.4.12)."""
    return SmbRequest(CORE_WRITE, pack(CoreWrite(fid, write_offset_in_bytes=size)), b"\x01\0\0")


@structure
class Flush(NamedTuple):
    """Words of SMB_COM_FLUSH (MS-CIFS section 2.2.4.6.1)."""

    fid: USHORT


def flush(fid: int) -> SmbRequest:
    """Have a file written to the disk."""
    return SmbRequest(FLUSH, pack(Flush(fid)), b"")


@structure
class Close(NamedTuple):
    """Words of SMB_COM_CLOSE (MS-CIFS section 2.2.4.5.1)."""

    fid: USHORT
    last_time_modified: ULONG = 0xFFFFFFFF


def close(fid: int) -> SmbRequest:
    """Close a file and leave its times alone."""
    return SmbRequest(CLOSE, pack(Close(fid)), b"")


# File attributes (MS-CIFS section 2.2.1.2.4).
READ_ONLY, HIDDEN, SYSTEM, DIRECTORY = 0x01, 0x02, 0x04, 0x10


@structure
class Delete(NamedTuple):
    """Words of SMB_COM_DELETE (MS-CIFS section 2.2.4.7.1)."""

    search_attributes: USHORT


def delete(name: bytes) -> SmbRequest:
    """Delete a file, also a hidden one or one of the system."""
    return SmbRequest(DELETE, pack(Delete(HIDDEN | SYSTEM)), b"\x04" + name)


__all__ = (
    "CAP_EXTENDED_SECURITY",
    "CAP_LARGE_WRITE",
    "CAP_UNICODE",
    "CLOSE",
    "CORE_WRITE",
    "CREATE",
    "CREATE_NEW",
    "DELETE",
    "DIRECTORY",
    "FLUSH",
    "HIDDEN",
    "NEGOTIATE",
    "OPEN",
    "OPEN_IF",
    "READ",
    "READ_DATA",
    "READ_ONLY",
    "SESSION_SETUP",
    "SHARE_ALL",
    "SHARE_NONE",
    "SHARE_READ",
    "SHARE_WRITE",
    "SYSTEM",
    "TRANSACTION",
    "TRANSACTION2",
    "TREE_CONNECT",
    "WRITE",
    "WRITE_DATA",
    "WRITE_HEAD",
    "SmbRequest",
    "close",
    "core_truncate",
    "create",
    "delete",
    "flush",
    "negotiate",
    "read",
    "session_setup",
    "tree_connect",
    "write",
)
