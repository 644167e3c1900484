# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version resource of a Windows program, by few and bounded reads. Pure.

PRIVATE to the collection: no part of this file is a public interface.

The layout is that of Microsoft's PE format specification and of VS_VERSIONINFO.
"""

from __future__ import annotations

import struct
from typing import Any

from .._errors import UserError
from .._server.protocols import ReadPart

BLOCK = 4096
MOST_BLOCKS = 64
MOST_SECTIONS, MOST_ENTRIES, LONGEST_RESOURCE = 96, 1024, 16384
# No program is larger, and no request over SMB reaches further.
LARGEST_FILE = 2**31
RESOURCES, VERSION_TYPE = 2, 16
SUBDIRECTORY = 0x80000000
# Offset of the data directories in the optional header, by its magic: PE32 and PE32+.
DIRECTORIES = {0x10B: 96, 0x20B: 112}
FIXED_INFO, FIXED_SIGNATURE = 40, 0xFEEF04BD


class VersionError(UserError):
    """The version of a program cannot be read from its bytes."""


def file_version(read: ReadPart) -> tuple[int, int, int, int] | None:
    """Give the file version of a program.

    Args:
        read: gives up to a number of bytes at an offset, fewer at the end of the file.

    Returns:
        The four numbers; None where the file is no Windows program or has no version resource.

    Raises:
        VersionError: the program is damaged, or lies about itself.
    """
    resource = version_resource(read)
    if resource is None:
        return None
    signature, high, low = _unpack("<I4xII", resource, FIXED_INFO)
    if signature != FIXED_SIGNATURE:
        raise VersionError("its version resource has no version")
    return high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF


def version_resource(read: ReadPart) -> bytes | None:
    """Give the whole version resource; the rest is as for `file_version`."""
    file = _Blocks(read)
    head = _pe_header(file)
    if head is None:
        return None
    sections, resources = head
    if not resources:
        return None
    base = _offset(resources, sections)
    entry = base
    for level in range(3):
        found = _entry(file, entry, VERSION_TYPE if level == 0 else None)
        if found is None:
            return None
        if bool(found & SUBDIRECTORY) != (level < 2):
            raise VersionError("its resources are not in order")
        entry = base + (found & ~SUBDIRECTORY)
    address, size = file.unpack("<II", entry)
    return file.take(_offset(address, sections), min(size, LONGEST_RESOURCE))


class _Blocks:
    """The parts of a file, read in blocks and kept."""

    def __init__(self, read: ReadPart) -> None:
        self._read = read
        self._blocks: dict[int, bytes] = {}

    def take(self, offset: int, count: int) -> bytes:
        """Give bytes of the file, all of them."""
        if offset + count > LARGEST_FILE:
            raise VersionError("an offset in it leads out of the file")
        first, last = offset // BLOCK, (offset + max(count, 1) - 1) // BLOCK
        data = b"".join(self._block(number) for number in range(first, last + 1))
        found = data[offset - first * BLOCK :][:count]
        if len(found) != count:
            raise VersionError("it ends too early")
        return found

    def unpack(self, form: str, offset: int) -> tuple[Any, ...]:
        return struct.unpack(form, self.take(offset, struct.calcsize(form)))

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            if len(self._blocks) >= MOST_BLOCKS:
                raise VersionError("its parts lie too far from each other")
            self._blocks[number] = self._read(number * BLOCK, BLOCK)
        return self._blocks[number]


def _pe_header(file: _Blocks) -> tuple[list[tuple[int, int, int]], int] | None:
    """Give the sections (address, size and place in the file), and the address of the resources."""
    try:
        magic, at = file.unpack("<2s58xI", 0)
        signature = file.take(at, 4) if magic == b"MZ" else b""
    except VersionError:
        return None  # too short for a Windows program: one of DOS, or none
    if signature != b"PE\0\0":
        return None
    count, optional_size = file.unpack("<2xH12xH2x", at + 4)
    optional = at + 24
    directories = DIRECTORIES.get(file.unpack("<H", optional)[0])
    if directories is None or count > MOST_SECTIONS:
        raise VersionError("its header is not that of a Windows program")
    sections = []
    for number in range(count):
        size, address, raw_size, place = file.unpack("<8xIIII", optional + optional_size + 40 * number)
        sections.append((address, max(size, raw_size), place))
    known = file.unpack("<I", optional + directories - 4)[0]
    return sections, file.unpack("<I", optional + directories + 8 * RESOURCES)[0] if known > RESOURCES else 0


def _offset(address: int, sections: list[tuple[int, int, int]]) -> int:
    for start, size, place in sections:
        if start <= address < start + size:
            return place + address - start
    raise VersionError("its resources lie in none of its sections")


def _entry(file: _Blocks, directory: int, wanted: int | None) -> int | None:
    """Give what an entry of a resource directory leads to: that of a type, or the first."""
    names, numbers = file.unpack("<12xHH", directory)
    if names + numbers > MOST_ENTRIES:
        raise VersionError("it has more resources than a program can have")
    for number in range(names + numbers):
        name, target = file.unpack("<II", directory + 16 + 8 * number)
        if wanted is None or name == wanted:
            return int(target)
    return None


def _unpack(form: str, data: bytes, offset: int) -> tuple[Any, ...]:
    if offset + struct.calcsize(form) > len(data):
        raise VersionError("its version resource ends too early")
    return struct.unpack_from(form, data, offset)


__all__ = ("VersionError", "file_version", "version_resource")
