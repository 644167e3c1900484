# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of this machine, read: which may be, and errors in words.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import NoReturn

from .._server.errors import Missing, ServerError
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


def real_path_of_file(path: str) -> str:
    """Give the real path of a regular file that may be edited, or raise."""
    check_path(path)
    real = os.path.realpath(path)
    try:
        status = os.stat(real)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Missing(_missing(path, real)) from error
    except OSError as error:
        raise_in_words("reading", path, error)
    if stat.S_ISDIR(status.st_mode):
        raise ServerError(f"Error while reading {path}: it is a directory; give the path of the file in it")
    if not stat.S_ISREG(status.st_mode):
        raise ServerError(f"Error while reading {path}: it is a device, a pipe or a socket, not a regular file")
    refuse_large("reading", path, status.st_size)
    return real


def check_path(path: str) -> None:
    """Raise ServerError for what is no absolute POSIX path."""
    if path[:1] == "~":
        raise ServerError(f"{path}: '~' is not expanded here: give the absolute path")
    if path[1:2] == ":" or path[:1] == "\\":
        raise ServerError(
            f"{path}: this is a Windows path, which only the connection legacy_exchange.winsock_proxy.smb takes; "
            "here give the absolute path below the folder where the drive is visible"
        )
    if path[:1] != "/":
        raise ServerError(f"{path}: this path is relative: give an absolute one")
    if "\0" in path:
        raise ServerError("path: it holds a NUL character")


def _missing(path: str, real: str) -> str:
    folder, name = os.path.split(real)
    if not os.path.isdir(folder):
        return f"Error while reading {path}: there is no such file, and {no_folder(folder)}"
    other = same_name_to_windows(folder, name)
    if other is not None:
        return f"Error while reading {path}: there is no such file, but one called {other!r}: give that name"
    return f"Error while reading {path}: there is no such file; set 'create: true' if it is to be made"


def no_folder(folder: str) -> str:
    """Say that a folder is missing, and which one is there that Windows would take for it."""
    missing = folder
    while not os.path.isdir(os.path.dirname(missing)):
        missing = os.path.dirname(missing)
    parent, name = os.path.split(missing)
    other = same_name_to_windows(parent, name)
    like = f", but one called {other!r} in {parent}: give that name" if other not in (None, name) else ""
    return f"no folder {folder}{like}"


def same_name_to_windows(folder: str, name: str) -> str | None:
    """Give a name in the folder that Windows would take for the same."""
    try:
        return next((other for other in sorted(os.listdir(folder)) if other.lower() == name.lower()), None)
    except OSError:
        return None


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
    "no_folder",
    "raise_in_words",
    "read_within_limit",
    "real_path_of_file",
    "same_name_to_windows",
)
