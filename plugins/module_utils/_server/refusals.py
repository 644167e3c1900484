# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are refused wherever they lie, and in which words.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from .errors import ServerError

# A real Mspclnt.ini has about 1 KB.
SIZE_LIMIT = 1024 * 1024


def refuse_large(doing: str, path: str, size: int, has: str = "has") -> None:
    """Raise ServerError for a file whose size in bytes is above SIZE_LIMIT; ``doing`` says what was attempted."""
    if size > SIZE_LIMIT:
        raise ServerError(
            f"Error while {doing} {path}: it {has} {size} bytes, more than {SIZE_LIMIT}; a real file of this kind has "
            "about 1 KB: check the path"
        )


def read_only(path: str, command: str) -> ServerError:
    """Give the error for a read-only file, which is refused whoever asks; ``command`` is what would change that."""
    return ServerError(
        f"Error while checking {path}: it is read-only, and someone made it so; "
        f"if it may be edited, run {command} first"
    )


__all__ = ("SIZE_LIMIT", "read_only", "refuse_large")
