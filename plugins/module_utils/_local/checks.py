# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a file before it is edited: in words, with what to do.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import os

from .._server.errors import ServerError
from .._server.refusals import read_only
from .posix import DOS_READ_ONLY, dos_attributes, is_append_only


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


def _not_writable(path: str) -> str:
    try:
        if os.statvfs(path).f_flag & os.ST_RDONLY:
            return "it lies on a file system that is mounted read-only"
    except OSError:
        pass
    return "this user may not write there; run the task as one who may, for example with 'become: true'"


__all__ = ("check_file", "check_folder")
