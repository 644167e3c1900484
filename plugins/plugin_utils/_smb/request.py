# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMB1 requests as bytes: the words and the data of each (MS-CIFS section 2.2.4). Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from .answer import HEADER

SESSION_SETUP, TREE_CONNECT = 0x73, 0x75
CREATE, READ, WRITE, FLUSH, CLOSE, DELETE = 0xA2, 0x2E, 0x2F, 0x05, 0x04, 0x06
CORE_WRITE = 0x0B
TRANSACTION, TRANSACTION2 = 0x25, 0x32
FIND_FIRST, QUERY_PATH, SET_FILE = 1, 5, 8
NAMES_INFO = 0x103
ANY_FILE, CLOSE_SEARCH, MOST_NAMES = 0x16, 0x01, 100
TRANSACT_PIPE = 0x26
BASIC_INFO, END_OF_FILE_INFO = 0x101, 0x104
NO_ANDX = (0xFF, 0, 0)
READ_ATTRIBUTES = 0x80
NOT_A_DIRECTORY = 0x40
IMPERSONATION = 2
# A write's header, words, count of bytes and filler, which count towards the server's buffer (MS-CIFS 3.2.4.1.1).
WRITE_HEAD = HEADER + 1 + 28 + 2 + 1


class Request(NamedTuple):
    """A request: its command, its words and its data."""

    command: int
    words: bytes
    data: bytes


def tree_connect(path: bytes) -> Request:
    """Connect to a share of any kind, by its UNC path."""
    return Request(TREE_CONNECT, struct.pack("<BBHHH", *NO_ANDX, 0, 1), b"\0" + path + b"?????\0")


def create(name: bytes, end: bytes, access: int, sharing: int, disposition: int) -> Request:
    """Open a file, without an oplock; end: the zero behind a name, which is as wide as its letters."""
    words = struct.pack("<BBHBHIII", *NO_ANDX, 0, len(name), 0, 0, access | READ_ATTRIBUTES)
    words += struct.pack("<QIIIIIB", 0, 0, sharing, disposition, NOT_A_DIRECTORY, IMPERSONATION, 0)
    # Names in Unicode begin at an even place, which comes one byte later.
    return Request(CREATE, words, b"\0" * (len(end) - 1) + name + end)


def read(file: int, offset: int, count: int) -> Request:
    """Read a part of a file."""
    return Request(READ, struct.pack("<BBHHIHHIHI", *NO_ANDX, file, offset, count, 0, 0, 0, 0), b"")


def write(file: int, offset: int, data: bytes) -> Request:
    """Write a part of a file."""
    words = struct.pack("<BBHHIIHHHHHI", *NO_ANDX, file, offset, 0, 0, len(data), 0, len(data), WRITE_HEAD, 0)
    return Request(WRITE, words, b"\0" + data)


def core_truncate(file: int, size: int) -> Request:
    """Set the size of a file by a write of no bytes (MS-CIFS section 2.2.4.12)."""
    return Request(CORE_WRITE, struct.pack("<HHIH", file, 0, size, 0), b"\x01\0\0")


def flush(file: int) -> Request:
    """Have a file written to the disk."""
    return Request(FLUSH, struct.pack("<H", file), b"")


def close(file: int) -> Request:
    """Close a file and leave its times alone."""
    return Request(CLOSE, struct.pack("<HI", file, 0xFFFFFFFF), b"")


def delete(name: bytes) -> Request:
    """Delete a file, also a hidden one or one of the system."""
    return Request(DELETE, struct.pack("<H", 0x06), b"\x04" + name)


def transaction2(setup: int, parameters: bytes, data: bytes, room: int) -> Request:
    """Ask for or set something of a file; room: the most bytes that the answer may have."""
    return _transaction(TRANSACTION2, struct.pack("<H", setup), b"\0", parameters, data, room)


def transaction(setup: bytes, name: bytes, wide: bool, parameters: bytes, data: bytes, room: int) -> Request:
    """Use a pipe or mailslot; wide: its name is in Unicode, and begins at an even place."""
    start = HEADER + 1 + 28 + len(setup) + 2
    return _transaction(TRANSACTION, setup, b"\0" * (start % 2 if wide else 0) + name, parameters, data, room)


def _transaction(command: int, setup: bytes, lead: bytes, parameters: bytes, data: bytes, room: int) -> Request:
    """Put a transaction together: parameters and data each begin at a place that four divides."""
    start = HEADER + 1 + 28 + len(setup) + 2
    lead += b"\0" * (-(start + len(lead)) % 4)
    gap = b"\0" * (-len(parameters) % 4)
    at = start + len(lead)
    behind = at + len(parameters) + len(gap)
    words = struct.pack("<HHHHBBHI", len(parameters), len(data), 64, room, 0, 0, 0, 0)
    words += struct.pack("<HHHHHBB", 0, len(parameters), at, len(data), behind, len(setup) // 2, 0)
    return Request(command, words + setup, lead + parameters + gap + data)


__all__ = (
    "ANY_FILE",
    "BASIC_INFO",
    "CLOSE",
    "CLOSE_SEARCH",
    "CORE_WRITE",
    "CREATE",
    "DELETE",
    "END_OF_FILE_INFO",
    "FIND_FIRST",
    "FLUSH",
    "MOST_NAMES",
    "NAMES_INFO",
    "NO_ANDX",
    "QUERY_PATH",
    "READ",
    "SESSION_SETUP",
    "SET_FILE",
    "TRANSACTION",
    "TRANSACTION2",
    "TRANSACT_PIPE",
    "TREE_CONNECT",
    "WRITE",
    "WRITE_HEAD",
    "Request",
    "close",
    "core_truncate",
    "create",
    "delete",
    "flush",
    "read",
    "transaction",
    "transaction2",
    "tree_connect",
    "write",
)
