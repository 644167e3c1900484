# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows programs of sample servers: no code, but a version resource as a compiler makes it."""

from __future__ import annotations

import struct

SECTION, ADDRESS = 0x200, 0x1000
I386 = 0x14C
VERSION = 16
Version = tuple[int, int, int, int]


def program(version: Version | None, description: str = "", size: int = 0, machine: int = I386) -> bytes:
    """Give a program of a version, or without a version resource; padded to a size in bytes."""
    place = max(SECTION, size & ~0x1FF)
    resources = _resources(version, description) if version is not None else b""
    optional = struct.pack("<HBBIIIIII", 0x10B, 6, 0, 0, 0, 0, ADDRESS, ADDRESS, ADDRESS)
    optional += struct.pack(
        "<IIIHHHHHHIIIIHHIIIIII", 0x400000, 0x1000, 0x200, 4, 0, 0, 0, 4, 0, 0, 0x4000, 0x200, 0, 2, 0, *[0] * 5, 16
    )
    directories = [(0, 0)] * 16
    if resources:
        directories[2] = (ADDRESS, len(resources))
    optional += b"".join(struct.pack("<II", *each) for each in directories)
    coff = struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, len(optional), 0x10F)
    section = struct.pack("<8sIIII12xI", b".rsrc", max(len(resources), 1), ADDRESS, len(resources), place, 0x40000040)
    head = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80)
    head = head.ljust(0x80, b"\0") + b"PE\0\0" + coff + optional + section
    return head.ljust(place, b"\0") + resources


def _resources(version: Version, description: str) -> bytes:
    """Give a resource section: type, name and language, each a directory of one entry."""
    info = _version_info(version, description)
    levels = (VERSION, 1, 0x409)
    data = b""
    for depth, number in enumerate(levels):
        target = 24 * (depth + 1) | (0x80000000 if depth < 2 else 0)
        data += struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, number, target)
    return data + struct.pack("<IIII", ADDRESS + 24 * 3 + 16, len(info), 0, 0) + info


def _version_info(version: Version, description: str) -> bytes:
    high, low = version[0] << 16 | version[1], version[2] << 16 | version[3]
    fixed = struct.pack("<13I", 0xFEEF04BD, 0x10000, high, low, high, low, 0x3F, 0, 0x40004, 1, 0, 0, 0)
    text = (description + "\0").encode("utf-16-le")
    string = _block("FileDescription", text, 1, len(description) + 1)
    table = _block("040904B0", string, 1, 0)
    strings = _block("StringFileInfo", table, 1, 0) if description else b""
    return _block("VS_VERSION_INFO", fixed + strings, 0, len(fixed))


def _block(name: str, value: bytes, kind: int, length: int) -> bytes:
    head = 6 + len(name) * 2 + 2
    pad = b"\0" * (-head % 4)
    whole = struct.pack("<HHH", head + len(pad) + len(value), length, kind) + (name + "\0").encode("utf-16-le")
    return (whole + pad + value).ljust((head + len(pad) + len(value) + 3) & ~3, b"\0")


# The MTA of Exchange Server 5.5 SP4.
MTA_PROGRAM = program((5, 5, 2653, 23), "Microsoft Exchange MTA")
