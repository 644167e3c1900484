# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in folders that are held open: what is done to them cannot be led elsewhere.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from typing import Callable, Sequence, TypeVar

from .._server.errors import ServerError
from .reading import close_quietly

# Linux gives such a descriptor also to one who may enter a folder but not list it.
PASS = getattr(os, "O_PATH", os.O_RDONLY)
FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
# As many as Linux itself follows.
LINKS = 40
# While another user flipped a folder thousands of times a second, at most 28 in a row were seen.
TRIES = 100
PAUSE_SECONDS = 0.001
# What a name that was just looked at gives once it is something else.
MOVED = frozenset((errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EINVAL, errno.ESTALE))
T = TypeVar("T")


class Moved(Exception):
    """Something is no longer what it was a moment ago: look again. The text names it."""


class Absent(Exception):
    """There is no such folder: its path, and the link that leads there, empty for none."""

    def __init__(self, folder: str, link: str) -> None:
        super().__init__(folder)
        self.folder = folder
        self.link = link


class TooManyLinks(Absent):
    """One link leads to another more than LINKS times."""


class NotRegular(Exception):
    """Something other than a regular file, and no link, has the name."""


class Place:
    """A name in a folder that is held open, whatever path leads there by now.

    folder: its descriptor. local: the path as it was found, for messages. status: of what has the
    name, None for nothing. link: the link that led there, empty for none. spelled: the names of the
    path as they are on the disk, before links were followed.
    """

    def __init__(
        self,
        folder: int,
        name: str,
        local: str,
        status: os.stat_result | None,
        link: str = "",
        spelled: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.name = name
        self.local = local
        self.status = status
        self.link = link
        self.spelled = spelled

    def open(self, flags: int = os.O_RDONLY) -> int:
        """Open the regular file here; raise Moved, NotRegular or OSError."""
        return open_regular(self.folder, self.name, self.local, flags)

    def close(self) -> None:
        """Let go of the folder."""
        close_quietly(self.folder)
        self.folder = -1


def open_regular(folder: int, name: str, local: str, flags: int = os.O_RDONLY) -> int:
    """Open a regular file by its folder and name, not through a link; raise Moved, NotRegular or OSError.

    ``local`` is its path, for messages.

    It is looked at first: opening a device can do something to it, and a FIFO could be waited for.
    """
    try:
        _refuse_other(os.stat(name, dir_fd=folder, follow_symlinks=False), local)
        descriptor = os.open(name, flags | FILE, dir_fd=folder)
    except OSError as error:
        raise moved_or(error, local) from error
    try:
        _refuse_other(os.fstat(descriptor), local)
    except BaseException:
        close_quietly(descriptor)
        raise
    return descriptor


def _refuse_other(status: os.stat_result, local: str) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise Moved(f"{local} has become a link")
    if not stat.S_ISREG(status.st_mode):
        raise NotRegular(local)


def moved_or(error: OSError, local: str) -> Exception:
    """Give what an error means for what was just looked at and is opened now."""
    if error.errno in MOVED:
        return Moved(f"{local}: {error.strerror}")
    return OSError(error.errno, error.strerror, local)


def steady(doing: str, path: str, attempt: Callable[[bool], T]) -> T:
    """Look again, within bounds, while somebody moves what is looked at; raise ServerError at the bound.

    ``attempt`` is told whether what is missing now is so for sure; what it raises besides Moved is passed on.
    """
    moved = Moved()
    for number in range(TRIES):
        try:
            return attempt(number > 0)
        except Moved as error:
            moved = error
        if number:
            time.sleep(PAUSE_SECONDS)
    raise ServerError(
        f"Error while {doing} {path}: {moved}; another program moves it, or has put something else there: "
        "run the task again when that program is done"
    )


def names_in(folder: int) -> list[str]:
    """List a folder by its descriptor."""
    listed = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return os.listdir(listed)
    finally:
        close_quietly(listed)


__all__ = (
    "FOLDER",
    "LINKS",
    "MOVED",
    "PASS",
    "Absent",
    "Moved",
    "NotRegular",
    "Place",
    "TooManyLinks",
    "moved_or",
    "names_in",
    "open_regular",
    "steady",
)
