# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a file before it is edited: in words, with what to do.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import os

from .._server.errors import Missing, ServerError, read_only
from .._server.windows_path import folded
from .hold import names_in
from .posix import DOS_READ_ONLY, dos_attributes, is_append_only, is_append_only_folder
from .spot import Spot


def check_file(spot: Spot, descriptor: int) -> None:
    """Raise ServerError where a file, which is open for reading, is not to be edited by this user."""
    path = spot.path
    if not os.fstat(descriptor).st_mode & 0o222 or dos_attributes(descriptor) & DOS_READ_ONLY:
        raise read_only(path, "'chmod u+w' here or 'attrib -r' on Windows")
    if not os.access(spot.name, os.W_OK, dir_fd=spot.folder):
        raise ServerError(f"Error while checking {path}: {_not_writable(descriptor)}")
    if is_append_only(descriptor):
        raise ServerError(f"Error while checking {path}: it may only grow; if it may be edited, run 'chattr -a' first")


def check_folder(doing: str, spot: Spot) -> None:
    """Raise ServerError where this user may not make and rename files in the folder."""
    told = f"Error while {doing} {spot.path}: the folder {spot.local_folder}: "
    if not os.access(".", os.W_OK | os.X_OK, dir_fd=spot.folder):
        raise ServerError(told + _not_writable(spot.folder))
    if is_append_only_folder(spot.folder):
        raise ServerError(
            f"{told}it only allows adding files, not renaming and removing them; if files there may be edited, "
            "run 'chattr -a' on it first"
        )


def same_name_to_windows(spot: Spot) -> str | None:
    """Give a name in the folder that Windows would take for the same; None where it may not be listed, too."""
    wanted = folded(spot.name)
    try:
        return next((other for other in sorted(names_in(spot.folder)) if folded(other) == wanted), None)
    except OSError:
        return None


def missing(spot: Spot) -> Missing:
    """Give the error for a file that is not there."""
    other = same_name_to_windows(spot)
    told = f"Error while reading {spot.path}: there is no such file"
    if other is not None:
        return Missing(f"{told}, but one called {other!r}: give that name")
    return Missing(f"{told}; set 'create: true' if it is to be made")


def no_folder(folder: str) -> str:
    """Say that a folder is missing, and which one is there that Windows would take for it."""
    missing = folder
    while not os.path.isdir(os.path.dirname(missing)):
        missing = os.path.dirname(missing)
    parent, name = os.path.split(missing)
    try:
        others = [other for other in sorted(os.listdir(parent)) if folded(other) == folded(name) and other != name]
    except OSError:
        others = []
    like = f", but one called {others[0]!r} in {parent}: give that name" if others else ""
    return f"no folder {folder}{like}"


def _not_writable(descriptor: int) -> str:
    try:
        if os.fstatvfs(descriptor).f_flag & os.ST_RDONLY:
            return "it lies on a file system that is mounted read-only"
    except OSError:
        pass
    return "this user may not write there; run the task as one who may, for example with 'become: true'"


__all__ = ("check_file", "check_folder", "missing", "no_folder", "same_name_to_windows")
