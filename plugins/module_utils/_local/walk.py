# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks from a folder down to a file, name by name, by descriptors. Never writes.

PRIVATE to the collection: no part of this file is a public interface.

The system never follows a link here: each name is opened below the folder before it, which is
held open, and links are resolved by us. So whoever swaps folders and links meanwhile cannot
lead a walk out of its folder, nor what is done by the descriptor of a place.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from typing import Callable, NamedTuple, TypeVar

from .._server.errors import ServerError
from .reading import close_quietly

# Linux gives such a descriptor also to one who may enter a folder but not list it.
PASS = getattr(os, "O_PATH", os.O_RDONLY)
FOLDER = PASS | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
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


class LeadsOut(Exception):
    """A link leads out of the folder: ``link`` is its path, ``target`` what it says."""

    def __init__(self, link: str, target: str) -> None:
        super().__init__(link)
        self.link = link
        self.target = target


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
        self, folder: int, name: str, local: str, status: os.stat_result | None, link: str, spelled: list[str]
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


class _Part(NamedTuple):
    """A name that is still to be walked; ``link`` is the path of the link that it stands in, empty for none."""

    name: str
    link: str


class Walk:
    """One walk below a root.

    root: an absolute path without links. also: another path that leads to the same folder. spell: gives
    the name in a folder (its descriptor, its path, the name) that is meant, None for none; without it,
    names are taken as they are.
    """

    def __init__(self, root: str, also: str, spell: Callable[[int, str, str], str | None] | None) -> None:
        self._roots = [other.rstrip("/") for other in (root, also)]
        self._spell = spell
        self._names: list[str] = []
        self._spelled: list[str] = []
        self._followed = ("", "")
        self._folders = [os.open(root, PASS | os.O_DIRECTORY | os.O_CLOEXEC)]

    def to(self, names: list[str], sure: bool) -> Place:
        """Give the place of the last name; what is missing is sure, or to be looked for once more.

        Raises Moved, LeadsOut, Absent, and OSError with the path as its file name.
        """
        try:
            place = self._walk([_Part(name, "") for name in reversed(names)], sure)
            place.folder = self._folders.pop()
            return place
        finally:
            for folder in self._folders:
                close_quietly(folder)

    def _walk(self, left: list[_Part], sure: bool) -> Place:
        links = 0
        while left:
            part = left.pop()
            if not part.link:
                links = 0
            if part.name == "..":
                self._up()
                continue
            name = self._name(part)
            status = None if name is None else self._look(name, part, sure)
            if name is None or status is None:
                return self._missing(part, left, sure)
            if not part.link:
                self._spelled.append(name)
            if stat.S_ISLNK(status.st_mode):
                links += 1
                left += self._target(name, part.link, links)
            elif not left:
                return self._place(name, status, part.link)
            elif stat.S_ISDIR(status.st_mode):
                self._down(name)
            else:
                return self._missing(part, left, sure=True)
        return self._place(".", os.fstat(self._folders[-1]), "")

    def _place(self, name: str, status: os.stat_result | None, link: str) -> Place:
        return Place(-1, name, self._path(*(() if name == "." else (name,))), status, link, self._spelled)

    def _path(self, *more: str) -> str:
        return self._roots[0] + "/" + "/".join((*self._names, *more)) if self._names or more else self._roots[0] or "/"

    def _name(self, part: _Part) -> str | None:
        if self._spell is None or part.link:
            return part.name
        return self._spell(self._folders[-1], self._path(), part.name)

    def _look(self, name: str, part: _Part, sure: bool) -> os.stat_result | None:
        try:
            return os.stat(name, dir_fd=self._folders[-1], follow_symlinks=False)
        except ValueError:  # a NUL, or a character that no name can have
            return None
        except OSError as error:
            listed = self._spell is not None and not part.link
            if error.errno == errno.ESTALE or (error.errno == errno.ENOENT and (listed or not sure)):
                raise Moved(f"{self._path(name)}: {error.strerror}") from error
            if error.errno == errno.ENOENT:
                return None
            raise OSError(error.errno, error.strerror, self._path(name)) from error

    def _missing(self, part: _Part, left: list[_Part], sure: bool) -> Place:
        """Give the place where the last name would be; where a folder is missing, raise Absent."""
        # While somebody renames, a name can be missed in a list.
        if not sure and _changed_lately(self._folders[-1]):
            raise Moved(f"{self._path(part.name)}: {os.strerror(errno.ENOENT)}")
        rest = [other.name for other in reversed(left)]
        if rest:
            raise Absent(self._path(part.name, *rest[:-1]), part.link)
        return self._place(part.name, None, part.link)

    def _target(self, name: str, link: str, links: int) -> list[_Part]:
        """Give what a link says as parts, the next one last; back to the root for an absolute one."""
        local = self._path(name)
        link = link or local
        if links > LINKS:
            raise TooManyLinks(local, link)
        try:
            target = os.readlink(name, dir_fd=self._folders[-1])
        except OSError as error:
            raise _moved_or(error, local) from error
        self._followed, below = (local, target), target
        if target.startswith("/"):
            root = next((root for root in self._roots if (target + "/").startswith(root + "/")), None)
            if root is None:
                raise LeadsOut(local, target)
            below = target[len(root) :]
            while self._names:
                self._up()
        return [_Part(part, link) for part in reversed(below.split("/")) if part not in ("", ".")]

    def _up(self) -> None:
        """Go to the folder before; the system is not asked, since a moved folder has another one above it."""
        if self._names:
            self._names.pop()
            close_quietly(self._folders.pop())
        elif self._roots[0]:
            raise LeadsOut(*self._followed)

    def _down(self, name: str) -> None:
        try:
            self._folders.append(os.open(name, FOLDER, dir_fd=self._folders[-1]))
        except OSError as error:
            raise _moved_or(error, self._path(name)) from error
        self._names.append(name)


def open_regular(folder: int, name: str, local: str, flags: int = os.O_RDONLY) -> int:
    """Open a regular file by its folder and name, not through a link; raise Moved, NotRegular or OSError.

    ``local`` is its path, for messages.

    It is looked at first: opening a device can do something to it, and a FIFO could be waited for.
    """
    try:
        _refuse_other(os.stat(name, dir_fd=folder, follow_symlinks=False), local)
        descriptor = os.open(name, flags | FILE, dir_fd=folder)
    except OSError as error:
        raise _moved_or(error, local) from error
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


def _moved_or(error: OSError, local: str) -> Exception:
    """Give what an error means for what was just looked at and is opened now."""
    if error.errno in MOVED:
        return Moved(f"{local}: {error.strerror}")
    return OSError(error.errno, error.strerror, local)


def _changed_lately(folder: int) -> bool:
    return os.fstat(folder).st_mtime > time.time() - 1


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
    "Absent",
    "LeadsOut",
    "Moved",
    "NotRegular",
    "Place",
    "TooManyLinks",
    "Walk",
    "names_in",
    "open_regular",
    "steady",
)
