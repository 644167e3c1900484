# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives of a server that are visible as folders, by Windows paths. Never writes.

PRIVATE to the collection: no part of this file is a public interface.

Names are looked up one by one, blind to case. Nothing outside the folder of a drive is
ever reached: an audit of a restored backup must not touch the machine that it runs on.
"""

from __future__ import annotations

import errno
import os
import stat
from itertools import islice
from typing import Callable, Mapping, Sequence, TypeVar

from .._server.errors import ServerError
from .._server.protocols import Entry, Files, ReadPart, Search
from .._server.windows_path import split_windows_path
from .reading import raise_in_words, read_within_limit

# A server of that time has some ten thousand files.
SEARCH_LIMIT = 200_000
NAMED_GAPS = 3
T = TypeVar("T")
LEADS_NOWHERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class DriveFiles(Files):
    """Files of visible drives: ``{"C": "/mnt/ex01-c"}``."""

    def __init__(self, drives: Mapping[str, str], search_limit: int = SEARCH_LIMIT) -> None:
        self._drives = dict(drives)
        self._search_limit = search_limit

    def drives(self) -> Sequence[str]:
        return sorted(self._drives)

    def find(self, path: str) -> Entry | None:
        letter, names = split_windows_path(path)
        if letter not in self._drives:
            raise ServerError(f"{path}: drive {letter}: was not given in 'drives'")
        root = os.path.realpath(self._drives[letter])
        local, windows, folder = root, f"{letter}:", True
        for name in names:
            found = _child(local, name, path)
            if found is None:
                return None
            local, folder = _follow(os.path.join(local, found), root, path)
            windows += "\\" + found
        return Entry(windows if names else windows + "\\", _nameable(local, path), folder)

    def read(self, entry: Entry) -> bytes:
        try:
            descriptor = _opened(entry)
            try:
                return read_within_limit(descriptor, entry.windows)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise_in_words("reading", entry.windows, error)

    def names(self, folder: str, ending: str) -> Sequence[str]:
        entry = self.find(folder)
        if entry is None or not entry.folder:
            return ()
        try:
            return sorted(name for name in os.listdir(entry.local) if name.lower().endswith(ending))
        except OSError as error:
            raise_in_words("listing", folder, error)

    def consult(self, entry: Entry, use: Callable[[ReadPart], T]) -> T:
        try:
            descriptor = _opened(entry)
        except OSError as error:
            raise_in_words("reading", entry.windows, error)

        def read(offset: int, count: int) -> bytes:
            try:
                return os.pread(descriptor, count, offset)
            except OSError as error:
                raise_in_words("reading", entry.windows, error)

        try:
            return use(read)
        finally:
            os.close(descriptor)

    def search(self, name: str) -> Search:
        found: list[Entry] = []
        gaps: list[str] = []
        left = self._search_limit
        for letter in self.drives():
            left = self._search_drive(letter, name.lower(), left, found, gaps)
        if len(gaps) > NAMED_GAPS:
            gaps[NAMED_GAPS:] = [f"and {len(gaps) - NAMED_GAPS} more"]
        return Search(tuple(found), "; ".join(gaps) or None)

    def _search_drive(self, letter: str, name: str, left: int, found: list[Entry], gaps: list[str]) -> int:
        root = os.path.realpath(self._drives[letter])
        folders = [root]
        while folders:
            folder = folders.pop()
            listed = _listed(folder, max(left, 0) + 1, gaps)
            left -= len(listed)
            if left < 0:
                gaps.append(f"drive {letter}: more than {self._search_limit} files and folders, not all were looked at")
                break
            for other, is_link, is_folder in listed:
                local = os.path.join(folder, other)
                if is_link:
                    self._check_link(local, gaps)
                # Some archivers make one name of a Windows path.
                if not is_folder and other.lower().rpartition("\\")[2] == name:
                    found.append(Entry(_windows_path(letter, root, local), local, False))
            folders += [os.path.join(folder, other) for other, _link, is_folder in reversed(listed) if is_folder]
        return left

    def _check_link(self, local: str, gaps: list[str]) -> None:
        """Tell of a link to what the search does not come by elsewhere."""
        real = os.path.realpath(local)
        if not any(_is_below(real, os.path.realpath(folder)) for folder in self._drives.values()):
            gaps.append(f"{local}: it is a link that leads out of the drives, to {real}")
        elif not os.path.exists(real):
            gaps.append(f"{local}: it is a link that leads nowhere")


def _opened(entry: Entry) -> int:
    # Opening a device can do something to it, so this comes first.
    if not stat.S_ISREG(os.lstat(entry.local).st_mode):
        raise ServerError(f"Error while reading {entry.windows}: {entry.local} is no regular file")
    return os.open(entry.local, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _child(folder: str, name: str, path: str) -> str | None:
    """Find a name in a folder as Windows would; None when nothing is so called."""
    try:
        found = [other for other in os.listdir(folder) if other.lower() == name.lower()]
    except NotADirectoryError:
        return None
    except OSError as error:
        raise_in_words(f"looking for {path} in", folder, error)
    if len(found) > 1:
        names = " and ".join(repr(other) for other in sorted(found))
        raise ServerError(
            f"{path}: {names} in {folder} differ only in case; Windows would not tell them apart: rename one"
        )
    if not found and "~" in name:
        raise ServerError(f"{path}: {name} may be the short (8.3) name of another one, which is not visible here")
    return found[0] if found else None


def _follow(local: str, root: str, path: str) -> tuple[str, bool]:
    """Follow a link, but not out of its drive; tell whether it leads to a folder."""
    real = os.path.realpath(local)
    if not _is_below(real, root):
        raise ServerError(f"{path}: {local} is a link that leads out of its drive, to {real}; it is not followed")
    try:
        mode = os.stat(real).st_mode
    except OSError as error:
        if error.errno in LEADS_NOWHERE and os.path.islink(local):
            raise ServerError(f"{path}: {local} is a link that leads nowhere") from error
        raise_in_words(f"looking for {path} at", local, error)
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise ServerError(f"{path}: {local} is neither a file nor a folder; it is not opened")
    return real, stat.S_ISDIR(mode)


def _is_below(real: str, root: str) -> bool:
    return real == root or real.startswith(root.rstrip("/") + "/")


def _nameable(local: str, path: str) -> str:
    """Refuse a path whose bytes are no text: a result could not tell it, nor an edit take it."""
    try:
        local.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ServerError(
            f"{path}: its path here, {local!r}, is not valid UTF-8, so that no result can name it: rename the folder"
        ) from error
    return local


def _listed(folder: str, limit: int, gaps: list[str]) -> list[tuple[str, bool, bool]]:
    """Give names in a folder, each with whether it is a link and whether it is a folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                (entry.name, entry.is_symlink(), entry.is_dir(follow_symlinks=False))
                for entry in islice(entries, limit)
            )
    except OSError as error:
        gaps.append(f"{folder}: {error.strerror}")
        return []


def _windows_path(letter: str, root: str, local: str) -> str:
    return f"{letter}:\\" + os.path.relpath(local, root).replace("/", "\\")


__all__ = ("DriveFiles",)
