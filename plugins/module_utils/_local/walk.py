# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
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
from typing import Callable, NamedTuple

from .hold import FOLDER, LINKS, PASS, Absent, Moved, Place, TooManyLinks, moved_or
from .reading import close_quietly


class LeadsOut(Exception):
    """A link leads out of the folder: ``link`` is its path, ``target`` what it says."""

    def __init__(self, link: str, target: str) -> None:
        super().__init__(link)
        self.link = link
        self.target = target


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
        self._how = PASS if spell is None else os.O_RDONLY
        self._folders = [os.open(root, self._how | os.O_DIRECTORY | os.O_CLOEXEC)]

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
            raise moved_or(error, local) from error
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
            self._folders.append(os.open(name, self._how | FOLDER, dir_fd=self._folders[-1]))
        except OSError as error:
            raise moved_or(error, self._path(name)) from error
        self._names.append(name)


def _changed_lately(folder: int) -> bool:
    return os.fstat(folder).st_mtime > time.time() - 1


__all__ = ("LeadsOut", "Walk")
