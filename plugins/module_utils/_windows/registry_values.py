# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry values as text and numbers (MS-RRP section 2.2.5). Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import struct

from .._server.protocols import Value

SZ, EXPAND_SZ, DWORD, MULTI_SZ = 1, 2, 4, 7


def text(value: Value | None) -> str | None:
    """Give a string, without what follows its end; None for anything else."""
    if value is None or value.kind not in (SZ, EXPAND_SZ):
        return None
    return _decoded(value.data).partition("\0")[0]


def dword(value: Value | None) -> int | None:
    """Give a number; None for anything else."""
    if value is None or value.kind != DWORD or len(value.data) != 4:
        return None
    return int(struct.unpack("<I", value.data)[0])


def texts(value: Value | None) -> tuple[str, ...]:
    """Give the strings of a list; a single string is a list of one."""
    if value is None or value.kind not in (SZ, EXPAND_SZ, MULTI_SZ):
        return ()
    return tuple(part for part in _decoded(value.data).split("\0") if part)


def _decoded(data: bytes) -> str:
    return data[: len(data) & ~1].decode("utf-16-le", "backslashreplace")


__all__ = ("dword", "text", "texts")
