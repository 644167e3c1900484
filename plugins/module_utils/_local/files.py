# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives of a server that are visible as folders, by Windows paths. Never writes.

PRIVATE to the collection: no part of this file is a public interface.

Nothing outside the folder of a drive is ever reached (see walk.py): an audit of a restored
backup must not touch the machine that it runs on.
"""

from __future__ import annotations

import os
import stat
from itertools import islice
from typing import Callable, Mapping, NamedTuple, Sequence, TypeVar

from .._server.errors import ServerError
from .._server.protocols import Entry, Files, ReadPart, Search
from .._server.windows_path import folded
from .drive import Drives, leads_nowhere
from .hold import FOLDER, MOVED, Absent, Moved, NotRegular, Place, steady
from .reading import close_quietly, raise_in_words, read_within_limit

# A server of that time has some ten thousand files.
SEARCH_LIMIT = 200_000
# A path of Windows has at most 260 characters, and each open folder is a descriptor.
DEEPEST = 200
NAMED_GAPS = 3
T = TypeVar("T")


class DriveFiles(Files):
    """Files of visible drives: ``{"C": "/mnt/ex01-c"}``."""

    def __init__(self, drives: Mapping[str, str], search_limit: int = SEARCH_LIMIT) -> None:
        self._drives = Drives(drives)
        self._search_limit = search_limit

    def drives(self) -> Sequence[str]:
        return self._drives.letters()

    def find(self, path: str) -> Entry | None:
        try:
            place = self._drives.place(path)
        except Absent:
            return None
        place.close()
        if place.status is None:
            if place.link:
                raise leads_nowhere(path, place.link)
            return None
        if not stat.S_ISREG(place.status.st_mode) and not stat.S_ISDIR(place.status.st_mode):
            raise ServerError(f"{path}: {place.local} is neither a file nor a folder; it is not opened")
        windows = path[0].upper() + ":\\" + "\\".join(place.spelled)
        return Entry(windows, _nameable(place.local, path), stat.S_ISDIR(place.status.st_mode))

    def read(self, entry: Entry) -> bytes:
        descriptor = self._opened(entry)
        try:
            return read_within_limit(descriptor, entry.windows)
        except OSError as error:
            raise_in_words("reading", entry.windows, error)
        finally:
            close_quietly(descriptor)

    def names(self, folder: str, ending: str) -> Sequence[str]:
        try:
            place = self._drives.place(folder)
        except Absent:
            return ()
        try:
            if place.status is None or not stat.S_ISDIR(place.status.st_mode):
                return ()
            return sorted(name for name in _names_at(place) if folded(name).endswith(folded(ending)))
        except OSError as error:
            raise_in_words("listing", folder, error)
        finally:
            place.close()

    def consult(self, entry: Entry, use: Callable[[ReadPart], T]) -> T:
        descriptor = self._opened(entry)

        def read(offset: int, count: int) -> bytes:
            try:
                return os.pread(descriptor, count, offset)
            except OSError as error:
                raise_in_words("reading", entry.windows, error)

        try:
            return use(read)
        finally:
            close_quietly(descriptor)

    def search(self, name: str) -> Search:
        found: list[Entry] = []
        gaps: list[str] = []
        left = self._search_limit
        for letter in self.drives():
            search = _DriveSearch(self._drives, letter, folded(name), left, found, gaps)
            search.run(self._search_limit)
            left = search.left
        if len(gaps) > NAMED_GAPS:
            gaps[NAMED_GAPS:] = [f"and {len(gaps) - NAMED_GAPS} more"]
        return Search(tuple(found), "; ".join(gaps) or None)

    def _opened(self, entry: Entry) -> int:
        """Open what was found before, wherever its path leads by now: below its drive, or nowhere."""

        def attempt(_sure: bool) -> int:
            try:
                place = self._drives.place_of(entry.local, entry.windows)
            except Absent as error:
                raise Moved(f"{error.folder} is no longer there") from error
            try:
                if place.status is None:
                    raise Moved(f"{place.local} is no longer there")
                return place.open()
            finally:
                place.close()

        try:
            return steady("reading", entry.windows, attempt)
        except NotRegular as error:
            raise ServerError(f"Error while reading {entry.windows}: {entry.local} is no regular file") from error
        except OSError as error:
            raise_in_words("reading", entry.windows, error)


class _Listed(NamedTuple):
    """An entry of a folder that is searched."""

    name: str
    is_link: bool
    is_folder: bool


class _DriveSearch:
    """The search of one drive for one name, no further than ``left`` entries."""

    def __init__(self, drives: Drives, letter: str, name: str, left: int, found: list[Entry], gaps: list[str]) -> None:
        self._drives = drives
        self._letter = letter
        self._name = name
        self._found = found
        self._gaps = gaps
        self.left = left

    def run(self, limit: int) -> None:
        """Search; ``limit`` is what a gap tells where the bound is reached."""
        root = self._drives.root(self._letter)
        if not self._enter(None, root, root, 0):
            self._gaps.append(f"drive {self._letter}: more than {limit} files and folders, not all were looked at")

    def _enter(self, above: int | None, name: str, local: str, depth: int) -> bool:
        """Search a folder by its name in the one above, and those in it; False once the bound is reached."""
        if depth > DEEPEST:
            self._gaps.append(f"{local}: it lies more than {DEEPEST} folders deep")
            return True
        try:
            folder = steady("searching", local, lambda _sure: _open_folder(above, name))
        except OSError as error:
            self._gaps.append(f"{local}: {error.strerror}")
            return True
        except ServerError as error:
            self._gaps.append(str(error))
            return True
        try:
            return self._folder(folder, local, depth)
        finally:
            close_quietly(folder)

    def _folder(self, folder: int, local: str, depth: int) -> bool:
        listed = self._listed(folder, local)
        self.left -= len(listed)
        if self.left < 0:
            return False
        for entry in listed:
            path = os.path.join(local, entry.name)
            fault = self._drives.fault_of_link(self._letter, path) if entry.is_link else None
            if fault:
                self._gaps.append(f"{path}: {fault}")
            # Some archivers make one name of a Windows path.
            if not entry.is_folder and folded(entry.name).rpartition("\\")[2] == self._name:
                self._found.append(Entry(self._drives.windows_path(self._letter, path), path, False))
        folders = (entry.name for entry in listed if entry.is_folder)
        return all(self._enter(folder, name, os.path.join(local, name), depth + 1) for name in folders)

    def _listed(self, folder: int, local: str) -> list[_Listed]:
        try:
            with os.scandir(folder) as entries:
                return sorted(
                    _Listed(entry.name, entry.is_symlink(), entry.is_dir(follow_symlinks=False))
                    for entry in islice(entries, max(self.left, 0) + 1)
                )
        except OSError as error:
            self._gaps.append(f"{local}: {error.strerror}")
            return []


def _open_folder(above: int | None, name: str) -> int:
    follow = os.O_NOFOLLOW if above is None else 0
    try:
        return os.open(name, os.O_RDONLY | FOLDER & ~follow, dir_fd=above)
    except OSError as error:
        if error.errno in MOVED and above is not None:
            raise Moved(error.strerror) from error
        raise


def _names_at(place: Place) -> list[str]:
    """List the folder that a place names."""
    folder = os.open(place.name, os.O_RDONLY | FOLDER, dir_fd=place.folder)
    try:
        return os.listdir(folder)
    finally:
        close_quietly(folder)


def _nameable(local: str, path: str) -> str:
    """Refuse a path whose bytes are no text: a result could not tell it, nor an edit take it."""
    try:
        local.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ServerError(
            f"{path}: its path here, {local!r}, is not valid UTF-8, so that no result can name it: rename the folder"
        ) from error
    return local


__all__ = ("DriveFiles",)
