# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all SMB1 messages share: header, count of the words, words, count of the data, data (MS-CIFS section 2.2.3).

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from .layout import UCHAR, ULONG, USHORT, pack, size_of, structure

PROTOCOL = b"\xffSMB"
# Bits of Flags and of Flags2 (MS-CIFS section 2.2.3.1, MS-SMB section 2.2.3.1).
FLAGS_CASE_INSENSITIVE, FLAGS_CANONICALIZED_PATHS = 0x08, 0x10
FLAGS2_LONG_NAMES, FLAGS2_SIGNED, FLAGS2_EXTENDED_SECURITY = 0x0001, 0x0004, 0x0800
FLAGS2_NT_STATUS, FLAGS2_UNICODE = 0x4000, 0x8000
# AndXCommand, AndXReserved and AndXOffset, which lead to another command in the same message (MS-CIFS section 2.2.3.4).
ANDX = Annotated[bytes, "4s"]
NO_ANDX = b"\xff\0\0\0"


@structure
class SmbHeader(NamedTuple):
    """SMB_Header (MS-CIFS section 2.2.3.1)."""

    protocol: Annotated[bytes, "4s"]
    command: UCHAR
    status: ULONG = 0
    flags: UCHAR = 0
    flags2: USHORT = 0
    pid_high: USHORT = 0
    security_features: Annotated[bytes, "8s"] = b""
    reserved: USHORT = 0
    tid: USHORT = 0
    pid_low: USHORT = 0
    uid: USHORT = 0
    mid: USHORT = 0


HEADER_SIZE = size_of(SmbHeader)
# The count of the words has one byte, that of the data two.
WORDS_OFFSET = HEADER_SIZE + 1
MIN_MESSAGE = WORDS_OFFSET + 2


def message(header: SmbHeader, words: bytes, data: bytes) -> bytes:
    """Put a message together; words have two bytes each."""
    counts = len(words) // 2, len(data)
    return b"".join((pack(header), counts[0].to_bytes(1, "little"), words, counts[1].to_bytes(2, "little"), data))


def data_offset(words_size: int) -> int:
    """Give the offset in a message at which its data begin, behind words of so many bytes."""
    return WORDS_OFFSET + words_size + 2


__all__ = (
    "ANDX",
    "FLAGS2_EXTENDED_SECURITY",
    "FLAGS2_LONG_NAMES",
    "FLAGS2_NT_STATUS",
    "FLAGS2_SIGNED",
    "FLAGS2_UNICODE",
    "FLAGS_CANONICALIZED_PATHS",
    "FLAGS_CASE_INSENSITIVE",
    "HEADER_SIZE",
    "MIN_MESSAGE",
    "NO_ANDX",
    "PROTOCOL",
    "WORDS_OFFSET",
    "SmbHeader",
    "data_offset",
    "message",
)
