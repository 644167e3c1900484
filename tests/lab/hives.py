# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hive files from registries as data, for drives of sample servers."""

from __future__ import annotations

import struct
from typing import Any

from tests.lab.trees import Tree, stored

BLOCK = 4096
NOTHING = 0xFFFFFFFF
INLINE = 0x80000000
BIG_SEGMENT = 16344
# Windows 2000 starts another list where one would not fit into a block.
LONGEST_LIST = 500
ROOT, COMPRESSED = 0x2C, 0x20


class _Writer:
    """The cells of a hive, one behind the other."""

    def __init__(self) -> None:
        self._cells = bytearray(32)
        self._security = 0

    def cell(self, data: bytes) -> int:
        """Add a cell; give its offset from the first block."""
        size = (len(data) + 4 + 7) & ~7
        at = len(self._cells)
        self._cells += struct.pack("<i", -size) + data + b"\0" * (size - 4 - len(data))
        return at

    def change(self, at: int, offset: int, number: int) -> None:
        """Set a number in a cell that is there already."""
        struct.pack_into("<I", self._cells, at + 4 + offset, number)

    def key(self, name: str, tree: Tree, parent: int) -> int:
        """Add a key with all that is in it. The root comes first, as some readers want it."""
        raw, flags = _name(name)
        flags |= ROOT if parent == NOTHING else 0
        at = self.cell(
            b"nk" + struct.pack("<HQII", flags, 0, 0, parent) + b"\0" * 52 + struct.pack("<HH", len(raw), 0) + raw
        )
        if not self._security:
            self._security = self._add_security()
        values = [self._value(key[1:], each) for key, each in tree.items() if key.startswith("=")]
        # Windows keeps the names in the order of capital letters.
        keys = sorted((key for key in tree if not key.startswith("=")), key=str.upper)
        offsets = [(key, self.key(key, tree[key], at)) for key in keys]
        numbers = (len(offsets), 0, self._lists(offsets), NOTHING, len(values), self._offsets(values))
        for place, number in zip((20, 24, 28, 32, 36, 40), numbers, strict=True):
            self.change(at, place, number)
        self.change(at, 44, self._security)
        self.change(at, 48, NOTHING)
        return at

    def finish(self, root: int, clean: bool) -> bytes:
        """Give the file: a base block, and one bin with all cells."""
        left = -(len(self._cells) + 8) % BLOCK + 8
        self._cells += struct.pack("<i", left) + b"\0" * (left - 4)
        struct.pack_into("<4sIIQQI", self._cells, 0, b"hbin", 0, len(self._cells), 0, 0, 0)
        base = struct.pack("<4sIIQIIIIIII", b"regf", 7, 7 if clean else 6, 0, 1, 3, 0, 1, root, len(self._cells), 1)
        base = base.ljust(508, b"\0")
        total = 0
        for number in struct.unpack("<127I", base):
            total ^= number
        return (base + struct.pack("<I", total)).ljust(BLOCK, b"\0") + bytes(self._cells)

    def _add_security(self) -> int:
        # An empty self-relative security descriptor, the only one in a ring of its own.
        descriptor = struct.pack("<BBHIIII", 1, 0, 0x8000, 0, 0, 0, 0)
        at = self.cell(b"sk\0\0" + struct.pack("<IIII", 0, 0, 1, len(descriptor)) + descriptor)
        self.change(at, 4, at)
        self.change(at, 8, at)
        return at

    def _value(self, name: str, each: Any) -> int:
        kind, data = stored(each)
        raw, flags = _name(name)
        if len(data) <= 4:
            size, place = len(data) | INLINE, struct.unpack("<I", data.ljust(4, b"\0"))[0]
        else:
            size, place = len(data), self._data(data)
        return self.cell(b"vk" + struct.pack("<HIIIHH", len(raw), size, place, kind, bool(flags), 0) + raw)

    def _data(self, data: bytes) -> int:
        if len(data) <= BIG_SEGMENT:
            return self.cell(data)
        parts = [self.cell(data[at : at + BIG_SEGMENT]) for at in range(0, len(data), BIG_SEGMENT)]
        return self.cell(b"db" + struct.pack("<HI", len(parts), self._offsets(parts)))

    def _offsets(self, offsets: list[int]) -> int:
        return self.cell(struct.pack(f"<{len(offsets)}I", *offsets)) if offsets else NOTHING

    def _lists(self, keys: list[tuple[str, int]]) -> int:
        if not keys:
            return NOTHING
        parts = [keys[at : at + LONGEST_LIST] for at in range(0, len(keys), LONGEST_LIST)]
        lists = [self._list(part) for part in parts]
        return lists[0] if len(lists) == 1 else self.cell(b"ri" + struct.pack(f"<H{len(lists)}I", len(lists), *lists))

    def _list(self, keys: list[tuple[str, int]]) -> int:
        # As NT 4.0 has it: with the first four characters of each name.
        entries = b"".join(struct.pack("<I4s", at, _name(name)[0][:4]) for name, at in keys)
        return self.cell(b"lf" + struct.pack("<H", len(keys)) + entries)


def hive(tree: Tree, clean: bool = True) -> bytes:
    """Give the hive file of a registry's part, such as SYSTEM; clean: as after a shutdown in good order."""
    writer = _Writer()
    return writer.finish(writer.key("CMI-CreateHive", tree, NOTHING), clean)


def _name(name: str) -> tuple[bytes, int]:
    try:
        return name.encode("latin-1"), COMPRESSED
    except UnicodeEncodeError:
        return name.encode("utf-16-le"), 0
