# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry hive files, read in pieces. Pure.

PRIVATE to the collection: no part of this file is a public interface.

The format is not documented by Microsoft. What is here follows public descriptions of
"regf" files, and is compared with another reader in the tests. Nothing in a file is trusted:
each offset, count and size is checked against the bytes that are there. Nor is a file held as a
whole: one of the longest size may consist of holes, and a look needs some hundred keys of it.
"""

from __future__ import annotations

import struct
from typing import Any, Iterator, NamedTuple

from .._errors import UserError
from .._server.protocols import ReadPart
from .._server.upcase import upper

BASE = 4096
ROOT_AT, BINS_AT, CHECKSUM_AT = 36, 40, 508
# Names in one byte per character; in the flags of a key, and of a value.
COMPRESSED_KEY, COMPRESSED_VALUE = 0x20, 0x01
INLINE = 0x80000000
BIG_SEGMENT = 16344
NOTHING = 0xFFFFFFFF
# The least size of a key's cell: a hive cannot hold more keys than that allows.
SMALLEST_KEY = 80
KEY_HEAD, VALUE_HEAD = 76, 20
# Windows has at most 255 characters in the name of a key, and 16,383 in that of a value.
LONGEST_KEY, LONGEST_NAME = 510, 32766
LONGEST_DATA = 1024 * 1024
MOST_DEPTH = 64
# A look at a server reads some ten thousand cells; lists that lead round in circles would read without end.
MOST_CELLS = 1_000_000
# In bytes. A system hive of that time has a few MB, and Windows 2000 itself stops at about 13.
HIVE_LIMIT = 64 * 1024 * 1024
# The pieces that are read, how many are kept, and how many are read at all: four times the largest hive.
PAGE, PAGES_KEPT = 16 * 1024, 128
MOST_PAGES = 4 * HIVE_LIMIT // PAGE
ENDLESS = "its lists lead round in circles, or hold more than a registry of that time can"


class HiveError(UserError):
    """The bytes are no hive, or a damaged one."""


class _Key(NamedTuple):
    name: str
    subkeys: int
    subkey_list: int
    values: int
    value_list: int


class _Pages:
    """The bytes of a file, read in pieces, of which the last are kept."""

    def __init__(self, read: ReadPart) -> None:
        self._read = read
        self._kept: dict[int, bytes] = {}
        self._left = MOST_PAGES

    def part(self, at: int, count: int) -> bytes:
        """Give so many bytes; fewer where the file ends before."""
        number, begin = divmod(at, PAGE)
        end = begin + count
        if end <= PAGE:
            return self._page(number)[begin:end]
        pages = [self._page(each) for each in range(number, number + (end - 1) // PAGE + 1)]
        return b"".join(pages)[begin:end]

    def _page(self, number: int) -> bytes:
        page = self._kept.get(number)
        if page is None:
            self._left -= 1
            if self._left < 0:
                raise HiveError(ENDLESS)
            if len(self._kept) >= PAGES_KEPT:
                del self._kept[next(iter(self._kept))]
            page = self._kept[number] = self._read(number * PAGE, PAGE)
        return page


class Hive:
    """A registry hive, by its file. Keys are looked up when asked for.

    read: gives the bytes of the file from an offset, fewer where it ends. What that raises is passed on.
    """

    def __init__(self, read: ReadPart) -> None:
        self._pages = _Pages(read)
        data = self._pages.part(0, BASE + 32)
        if len(data) < BASE + 32 or data[:4] != b"regf":
            raise HiveError("it is no registry hive")
        self._size = min(BASE + struct.unpack_from("<I", data, BINS_AT)[0], HIVE_LIMIT)
        self._cells_left = MOST_CELLS
        self._found: dict[str, _Key | None] = {}
        first, second = struct.unpack_from("<II", data, 4)
        #: Whether Windows closed the file in good order, so that what is missing is surely not there.
        self.clean = first == second and _checksum(data) == struct.unpack_from("<I", data, CHECKSUM_AT)[0]
        self._root = self._key_at(struct.unpack_from("<I", data, ROOT_AT)[0])

    def has(self, path: str) -> bool:
        """Tell whether there is a key.

        path: names with backslashes between them, blind to case as Windows is; empty for the root.
        Raises HiveError.
        """
        return self._find(path) is not None

    def value(self, path: str, name: str) -> tuple[int, bytes] | None:
        """Give type number and bytes of a value; None where there is no such key or value. Raises HiveError."""
        key = self._find(path)
        if key is None or key.values == 0:
            return None
        cell = self._cell(key.value_list, 4 * _bounded(key.values, self._size // 4))
        for at in range(key.values):
            value = self._cell(self._number(cell, 4 * at), VALUE_HEAD + LONGEST_NAME)
            if upper(_value_name(value)) == upper(name):
                size, place, kind = struct.unpack_from("<4xIII", value)
                return kind, self._data_of(size, place)
        return None

    def _find(self, path: str) -> _Key | None:
        names = [upper(name) for name in path.split("\\") if name]
        if len(names) > MOST_DEPTH:
            return None
        key: _Key | None = self._root
        for depth, name in enumerate(names, 1):
            known = "\\".join(names[:depth])
            if known not in self._found:
                keys = (self._key_at(at) for at in self._children(key)) if key is not None else iter(())
                self._found[known] = next((other for other in keys if upper(other.name) == name), None)
            key = self._found[known]
        return key

    def _children(self, key: _Key) -> Iterator[int]:
        """Give the offsets of a key's subkeys, no more than it says that it has."""
        left = _bounded(key.subkeys, self._size // SMALLEST_KEY)
        if not left:
            return
        found = 0
        for at in self._entries(key.subkey_list):
            found += 1
            if found > left:
                raise HiveError("a key has more subkeys than it tells")
            yield at
        if found < left:
            raise HiveError("a key has fewer subkeys than it tells")

    def _entries(self, offset: int, nested: bool = False) -> Iterator[int]:
        head = self._cell(offset, 4)
        kind, count = head[:2], self._number(head, 2, "<H")
        step = {b"lf": 8, b"lh": 8, b"li": 4, b"ri": 4}.get(kind)
        if step is None or (kind == b"ri" and nested):
            raise HiveError("where a list of subkeys should be, there is none")
        cell = self._cell(offset, 4 + step * count)
        for at in range(count):
            entry = self._number(cell, 4 + step * at)
            if kind == b"ri":
                yield from self._entries(entry, nested=True)
            else:
                yield entry

    def _key_at(self, offset: int) -> _Key:
        cell = self._cell(offset, KEY_HEAD + LONGEST_KEY)
        if cell[:2] != b"nk" or len(cell) < KEY_HEAD:
            raise HiveError("where a key should be, there is none")
        flags, subkeys, subkey_list, values, value_list, length = _unpack("<2xH16xI4xI4xII28xH", cell)
        name = cell[KEY_HEAD : KEY_HEAD + length]
        if len(name) != length:
            raise HiveError("the name of a key is longer than its place")
        return _Key(_text(name, flags & COMPRESSED_KEY), subkeys, subkey_list, values, value_list)

    def _data_of(self, size: int, place: int) -> bytes:
        if size & INLINE:
            return struct.pack("<I", place)[: _bounded(size & ~INLINE, 4)]
        if size == 0:
            return b""
        cell = self._cell(place, _bounded(size, LONGEST_DATA))
        if size > BIG_SEGMENT and cell[:2] == b"db":
            return self._big(cell, size)
        if len(cell) < size:
            raise HiveError("a value is shorter than it tells")
        return cell

    def _big(self, cell: bytes, size: int) -> bytes:
        """Put the data of a large value together, which Windows keeps in segments."""
        count = (size + BIG_SEGMENT - 1) // BIG_SEGMENT
        segments = self._cell(self._number(cell, 4), 4 * count)
        data = b""
        for at in range(count):
            data += self._cell(self._number(segments, 4 * at), BIG_SEGMENT)
        if len(data) < size:
            raise HiveError("a value is shorter than it tells")
        return data[:size]

    def _cell(self, offset: int, most: int) -> bytes:
        """Give what is in a cell, without its size, or its first bytes; fewer where it has no more."""
        self._cells_left -= 1
        if self._cells_left < 0:
            raise HiveError(ENDLESS)
        at = BASE + offset
        head = self._pages.part(at, 4) if offset != NOTHING and at + 4 <= self._size else b""
        if len(head) < 4:
            raise HiveError("an offset leads out of the file")
        # The size of a cell in use is negative.
        size = -struct.unpack("<i", head)[0]
        data = self._pages.part(at + 4, min(size - 4, most)) if size >= 8 and at + size <= self._size else b""
        if len(data) < min(size - 4, most) or not data:
            raise HiveError("a cell is not in use, or longer than the file")
        return data

    def _number(self, cell: bytes, at: int, form: str = "<I") -> int:
        if at + struct.calcsize(form) > len(cell):
            raise HiveError("a list is shorter than it tells")
        return int(struct.unpack_from(form, cell, at)[0])


def _unpack(form: str, cell: bytes) -> tuple[Any, ...]:
    return struct.unpack_from(form, cell)


def _value_name(cell: bytes) -> str:
    if cell[:2] != b"vk" or len(cell) < VALUE_HEAD:
        raise HiveError("where a value should be, there is none")
    length, flags = _unpack("<2xH12xH", cell)
    name = cell[VALUE_HEAD : VALUE_HEAD + length]
    if len(name) != length:
        raise HiveError("the name of a value is longer than its place")
    return _text(name, flags & COMPRESSED_VALUE)


def _bounded(count: int, most: int) -> int:
    if count > most:
        raise HiveError("a count or size is larger than its place")
    return count


def _text(raw: bytes, compressed: int) -> str:
    return raw.decode("latin-1") if compressed else raw[: len(raw) & ~1].decode("utf-16-le", "backslashreplace")


def _checksum(data: bytes) -> int:
    """Give the checksum of the first block, as Windows makes it."""
    total = 0
    for number in struct.unpack_from("<127I", data):
        total ^= number
    return {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(total, total)


__all__ = ("HIVE_LIMIT", "MOST_CELLS", "Hive", "HiveError")
