# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of this machine, read: which may be, and errors in words.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import errno
import os
from typing import NoReturn

from .._server.errors import ServerError
from .._server.refusals import SIZE_LIMIT, refuse_large

SENTENCES = {
    errno.EACCES: "this user may not do that; run the task as one who may, for example with 'become: true'",
    errno.EPERM: "it is not permitted; look at the attributes of the file and its folder (lsattr)",
    errno.EROFS: "it lies on a file system that is mounted read-only",
    errno.ENOSPC: "the disk is full: make room and run the task again",
    errno.EDQUOT: "the disk quota is used up: make room and run the task again",
    errno.EIO: "the disk or its connection reported an error",
    errno.ENOENT: "it is no longer there",
    errno.ETXTBSY: "it is in use by another program",
    errno.EAGAIN: "it is in use by another program",
    errno.EEXIST: "what has that name is in the way: remove it",
}


def check_path(path: str) -> None:
    """Raise ServerError for what is no absolute POSIX path."""
    if path[:1] == "~":
        raise ServerError(f"{path}: '~' is not expanded here: give the absolute path")
    if path[1:2] == ":" or path[:1] == "\\":
        raise ServerError(
            f"{path}: this is a Windows path: give 'drives' with the folder where its drive is visible, such as "
            "{C: /mnt/ex01-c}, or reach the server by the connection legacy_exchange.winsock_proxy.smb"
        )
    if path[:1] != "/":
        raise ServerError(f"{path}: this path is relative: give an absolute one")
    if "\0" in path:
        raise ServerError("path: it holds a NUL character")


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
    reason = SENTENCES.get(error.errno or 0, "see the message of the operating system")
    other = f" ({error.filename})" if isinstance(error.filename, str) and error.filename != path else ""
    raise ServerError(f"Error while {doing} {path}: {error.strerror or error}{other}: {reason}{state}") from error


__all__ = (
    "check_path",
    "close_quietly",
    "raise_in_words",
    "read_within_limit",
)
