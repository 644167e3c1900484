# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a path before a file is opened: in words, with what to do.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import os
import stat

from .._server.errors import Missing, ServerError
from .._server.refusals import read_only, refuse_large
from .posix import (
    DOS_READ_ONLY,
    dos_attributes,
    is_append_only,
    raise_in_words,
)


def check_file(path: str, real: str) -> None:
    """Raise ServerError where a file is not to be edited by this user."""
    if not os.stat(real).st_mode & 0o222 or dos_attributes(real) & DOS_READ_ONLY:
        raise read_only(path, "'chmod u+w' here or 'attrib -r' on Windows")
    if not os.access(real, os.W_OK):
        raise ServerError(f"Error while checking {path}: {_not_writable(real)}")
    if is_append_only(real):
        raise ServerError(f"Error while checking {path}: it may only grow; if it may be edited, run 'chattr -a' first")


def check_folder(doing: str, path: str, folder: str) -> None:
    """Raise ServerError where this user may not make a file in the folder."""
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ServerError(f"Error while {doing} {path}: the folder {folder}: {_not_writable(folder)}")


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


def _missing(path: str, real: str) -> str:
    folder, name = os.path.split(real)
    if not os.path.isdir(folder):
        return f"Error while reading {path}: there is no such file, and no folder {folder}"
    other = same_name_to_windows(folder, name)
    if other is not None:
        return f"Error while reading {path}: there is no such file, but one called {other!r}: give that name"
    return f"Error while reading {path}: there is no such file; set 'create: true' if it is to be made"


def same_name_to_windows(folder: str, name: str) -> str | None:
    """Give a name in the folder that Windows would take for the same."""
    try:
        return next((other for other in sorted(os.listdir(folder)) if other.lower() == name.lower()), None)
    except OSError:
        return None


def _not_writable(path: str) -> str:
    try:
        if os.statvfs(path).f_flag & os.ST_RDONLY:
            return "it lies on a file system that is mounted read-only"
    except OSError:
        pass
    return "this user may not write there; run the task as one who may, for example with 'become: true'"


__all__ = ("check_file", "check_folder", "check_path", "real_path_of_file", "same_name_to_windows")
