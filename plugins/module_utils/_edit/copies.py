# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of a file's old bytes: their names, legal on FAT and NTFS, the same for the same bytes, and what is told.

PRIVATE to the collection: no part of this file is a public interface.

No copy of ours is ever taken for one of other bytes, nor for a file of somebody else.
"""

from __future__ import annotations

import hashlib
import ntpath
import re
from typing import Sequence

from .._profile.stanza import Note

# A server may tell names in capitals.
COPY_NAME = re.compile(r".+\.([0-9a-f]{8})\.bak", re.IGNORECASE)


def backup_name(name: str, data: bytes) -> str:
    """Name the copy that the user asked for, which stays."""
    return f"{name}.{_digest(data)}.bak"


def backup_path(path: str, data: bytes) -> str:
    """Give the path of that copy beside a file; POSIX and Windows paths alike."""
    name = ntpath.basename(path)
    return path[: len(path) - len(name)] + backup_name(name, data)


def digest_in_name(path: str) -> str | None:
    """Give the digits in the name of such a copy; None for a name that is not one."""
    found = COPY_NAME.fullmatch(ntpath.basename(path))
    return found.group(1).lower() if found else None


def is_copy_of(path: str, data: bytes) -> bool:
    """Tell whether these bytes are those that the name of a copy tells, whole."""
    return digest_in_name(path) == _digest(data)


def rescue_name(name: str, data: bytes) -> str:
    """Name the copy that lies beside a file only while a write of it could be cut."""
    return f"{name}.{_digest(data)}.winsock_proxy.old"


def notes_on_left(copies: Sequence[tuple[str, bytes]], now: bytes | None) -> list[Note]:
    """Tell of what a killed run left beside a file, by path and bytes: the only whole copy of the bytes from before it.

    now: the bytes of the file.
    """
    notes = []
    for path, data in copies:
        found = "which this file still held" if data == now else "and this file, which has others, may be half written"
        notes.append(
            Note(
                "left_copy",
                f"{path} was left by a run that was killed during a change: it has the bytes from before, {found}; "
                "compare the two, put the copy back over the file if that is half written, then remove the copy",
            )
        )
    return notes


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]


__all__ = ("backup_name", "backup_path", "digest_in_name", "is_copy_of", "notes_on_left", "rescue_name")
