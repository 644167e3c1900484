# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Structures on the wire: tuples whose fields have the names and types that the specification gives them.

PRIVATE to the collection: no part of this file is a public interface.

The types are those of MS-DTYP section 2.2, least byte first, without gaps.
"""

from __future__ import annotations

import struct
from typing import Annotated, Any, TypeVar, get_type_hints

from ...module_utils._server.errors import ConnectionLost

UCHAR = Annotated[int, "B"]
USHORT = Annotated[int, "H"]
ULONG = Annotated[int, "I"]
ULONGLONG = Annotated[int, "Q"]

# FILETIME counts tenths of a microsecond from 1601 on (MS-DTYP section 2.3.3); 1970 is so many seconds later.
TICKS, SECONDS_TO_1970 = 10_000_000, 11_644_473_600

# One kind of NamedTuple: their fields are all that matters here.
Structure = TypeVar("Structure", bound=tuple[Any, ...])

_LAYOUTS: dict[type, struct.Struct] = {}


def structure(kind: type[Structure]) -> type[Structure]:
    """Make a NamedTuple a structure on the wire. A decorator, so that the work is done before the controller forks."""
    hints = get_type_hints(kind, include_extras=True)
    _LAYOUTS[kind] = struct.Struct("<" + "".join(hint.__metadata__[0] for hint in hints.values()))
    return kind


def size_of(kind: type[Structure]) -> int:
    """Give the bytes that a structure takes."""
    return _LAYOUTS[kind].size


def pack(fields: tuple[Any, ...]) -> bytes:
    """Give a structure as bytes; raise struct.error where a field holds more than its type does."""
    return _LAYOUTS[type(fields)].pack(*fields)


def unpack(kind: type[Structure], data: bytes, offset: int = 0, what: str = "answer") -> Structure:
    """Take a structure out of bytes of a server; raise ConnectionLost where they end before it does.

    what: the bytes in the words of the error.
    """
    layout = _LAYOUTS[kind]
    if offset < 0 or offset + layout.size > len(data):
        raise ConnectionLost(f"the server's {what} is shorter than it must be")
    return kind(*layout.unpack_from(data, offset))


__all__ = (
    "SECONDS_TO_1970",
    "TICKS",
    "UCHAR",
    "ULONG",
    "ULONGLONG",
    "USHORT",
    "Structure",
    "pack",
    "size_of",
    "structure",
    "unpack",
)
