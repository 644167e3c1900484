# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of this machine, read: which may be, and errors in words.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import os
from typing import NoReturn

from .._server.errors import SIZE_LIMIT, ServerError, refuse_large


def check_path(path: str) -> None:
    """Raise ServerError for what is no absolute POSIX path."""
    if path[:1] != "/" or "\0" in path:
        # Hardly a run needs words for what is wrong: they are loaded only then.
        from .words import fault_of_path

        raise ServerError(fault_of_path(path))


def read_within_limit(descriptor: int, path: str) -> bytes:
    """Read an open file from where it stands up to its end; raise ServerError when it is above SIZE_LIMIT."""
    parts: list[bytes] = []
    size = 0
    while True:
        part = os.read(descriptor, SIZE_LIMIT + 1 - size)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
        refuse_large("reading", path, max(size, os.fstat(descriptor).st_size))


def close_quietly(descriptor: int) -> None:
    """Close a file that was flushed, or only read: what closing can still say is of no use."""
    try:
        os.close(descriptor)
    except OSError:
        pass


def raise_in_words(doing: str, path: str, error: OSError, state: str = "") -> NoReturn:
    """Raise ServerError for an error of the operating system; ``state`` says what became of the file."""
    from .words import in_words

    raise ServerError(in_words(doing, path, error, state)) from error


__all__ = (
    "check_path",
    "close_quietly",
    "raise_in_words",
    "read_within_limit",
)
