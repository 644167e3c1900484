# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that the user named, found once and then held: what is done to it cannot be led elsewhere.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from typing import TYPE_CHECKING

from .._server.errors import ServerError, refuse_large
from .hold import LINKS, PASS, Absent, Moved, NotRegular, Place, moved_or, open_regular, steady
from .reading import check_path, close_quietly, raise_in_words

if TYPE_CHECKING:
    from .drive import Drives


class Spot:
    """A name in a folder that is held open.

    path: as the user gave it. real: the path of the file itself, in the same form. local: the same
    as a path of this machine. folder, name: the descriptor of its folder, and its name there.
    """

    def __init__(self, path: str, real: str, place: Place) -> None:
        self.path = path
        self.real = real
        self.local = place.local
        self.name = place.name
        self._place = place

    @property
    def folder(self) -> int:
        """Give the descriptor of the folder; it may be closed to those who want to list it."""
        return self._place.folder

    @property
    def local_folder(self) -> str:
        """Give the path of the folder, for messages."""
        return posixpath.dirname(self.local)

    def close(self) -> None:
        """Let go of the folder."""
        self._place.close()

    def beside(self, name: str) -> str:
        """Give the path of another name in the folder, in the form of ``real``."""
        return self.real[: len(self.real) - len(self.name)] + name

    def open(self, doing: str, flags: int = os.O_RDONLY) -> int:
        """Open the regular file that has the name now; raise ServerError or OSError."""
        try:
            return steady(doing, self.path, lambda _sure: open_regular(self.folder, self.name, self.local, flags))
        except NotRegular as error:
            raise ServerError(f"Error while {doing} {self.path}: it is no longer a regular file") from error


def look(path: str, drives: Drives | None) -> tuple[Spot, int]:
    """Find a file and open it for reading; give -1 where nothing has the name.

    Raises Absent where there is no such folder, ServerError for what is no regular file, is too large,
    or cannot be told.
    """
    if drives is None:
        check_path(path)

    def attempt(sure: bool) -> tuple[Place, int]:
        place = _posix_place(path, sure) if drives is None else drives.place(path)
        try:
            return place, -1 if place.status is None else _opened(path, place, place.status.st_mode)
        except BaseException:
            place.close()
            raise

    try:
        place, descriptor = steady("reading", path, attempt)
    except OSError as error:
        raise_in_words("reading", path, error)
    real = place.local if drives is None else drives.windows_path(path[0].upper(), place.local)
    return Spot(path, real, place), descriptor


def _posix_place(path: str, sure: bool) -> Place:
    """Follow a path, links and all, for once: from here on its folder is held."""
    folder, name = _folder_of(path, path, None)
    try:
        for _link in range(LINKS + 1):
            local = posixpath.join(_path_of(folder, path), name)
            status = _status(folder, name, local, sure)
            if status is None or not stat.S_ISLNK(status.st_mode):
                return Place(folder, name, local if name != "." else path, status)
            target = _target(folder, name, local)
            before = folder
            folder, name = _folder_of(target, local, before)
            close_quietly(before)
    except BaseException:
        close_quietly(folder)
        raise
    close_quietly(folder)
    raise ServerError(f"Error while reading {path}: it is a link that leads through more than {LINKS} others")


def _folder_of(path: str, local: str, at: int | None) -> tuple[int, str]:
    """Open the folder of a path, which may start in another one; give the name in it, a dot for a folder itself."""
    folder, name = posixpath.split(path.rstrip("/"))
    if name in ("", ".", ".."):
        folder, name = path, "."
    try:
        return os.open(folder or ".", PASS | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=at), name
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            raise Absent(os.path.realpath(posixpath.join(posixpath.dirname(local), folder)), "") from error
        raise OSError(error.errno, error.strerror, local) from error


def _path_of(folder: int, path: str) -> str:
    """Give the path of an open folder, without links; what it is good for is messages, and the name of a copy."""
    try:
        return os.readlink(f"/proc/self/fd/{folder}")
    except OSError:
        return posixpath.dirname(os.path.realpath(path))


def _status(folder: int, name: str, local: str, sure: bool) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise moved_or(error, local) from error
        # While somebody renames, a name can be missing for a moment.
        if not sure:
            raise Moved(f"{local}: {error.strerror}") from error
        return None


def _target(folder: int, name: str, local: str) -> str:
    try:
        return os.readlink(name, dir_fd=folder)
    except OSError as error:
        raise moved_or(error, local) from error


def _opened(path: str, place: Place, mode: int) -> int:
    if stat.S_ISDIR(mode):
        raise ServerError(f"Error while reading {path}: it is a folder; give the path of the file in it")
    if not stat.S_ISREG(mode):
        raise ServerError(f"Error while reading {path}: it is a device, a pipe or a socket, not a regular file")
    try:
        descriptor = place.open()
    except NotRegular as error:
        raise Moved(f"{place.local} is no longer a regular file") from error
    try:
        refuse_large("reading", path, os.fstat(descriptor).st_size)
    except BaseException:
        close_quietly(descriptor)
        raise
    return descriptor


__all__ = ("Spot", "look")
