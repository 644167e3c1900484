# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives of a server that are visible as folders, by Windows paths. Never writes.

PRIVATE to the collection: no part of this file is a public interface.

Names are looked up one by one, blind to case. Nothing outside the folder of a drive is
ever reached: an audit of a restored backup must not touch the machine that it runs on.
"""

from __future__ import annotations

import os
import stat
from typing import Any, Mapping, Sequence

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options import OptionError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._posix import fail, read_all
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server import (
    Entry,
    Files,
    Search,
    ServerError,
    split_windows_path,
)

# A server of that time has some ten thousand files.
SEARCH_LIMIT = 200_000


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
        local, windows = root, f"{letter}:"
        for name in names:
            found = _child(local, name, path)
            if found is None:
                return None
            local = _inside(os.path.join(local, found), root, path)
            windows += "\\" + found
        return Entry(windows if names else windows + "\\", local, os.path.isdir(local))

    def read(self, entry: Entry) -> bytes:
        try:
            if not stat.S_ISREG(os.stat(entry.local).st_mode):
                raise ServerError(f"Error while reading {entry.windows}: {entry.local} is no regular file")
            descriptor = os.open(entry.local, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                return read_all(descriptor, entry.windows)
            finally:
                os.close(descriptor)
        except OSError as error:
            fail("reading", f"{entry.windows} ({entry.local})", error)

    def search(self, name: str) -> Search:
        found: list[Entry] = []
        gaps: list[str] = []
        left = self._search_limit
        for letter in self.drives():
            left = self._search_drive(letter, name.lower(), left, found, gaps)
        return Search(tuple(found), "; ".join(gaps[:3]) or None)

    def _search_drive(self, letter: str, name: str, left: int, found: list[Entry], gaps: list[str]) -> int:
        root = os.path.realpath(self._drives[letter])

        def unread(error: OSError) -> None:
            gaps.append(f"{error.filename}: {error.strerror}")

        for folder, folders, files in os.walk(root, onerror=unread):
            folders.sort()
            left -= len(files) + 1
            if left < 0:
                gaps.append(f"drive {letter}: more than {self._search_limit} files, not all were looked at")
                break
            windows = _windows_path(letter, root, folder)
            for file in sorted(files):
                if file.lower() == name:
                    found.append(Entry(f"{windows}\\{file}", os.path.join(folder, file), False))
        return left


def drives_from(option: Mapping[Any, Any] | None) -> dict[str, str]:
    """Check the option ``drives``: letters, absolute folders that exist and do not overlap."""
    if not option:
        raise OptionError("drives: it is empty; name the visible drives, for example {C: /mnt/ex01-c}")
    drives: dict[str, str] = {}
    for key, folder in option.items():
        letter = str(key).rstrip(":\\").upper()
        if len(letter) != 1 or not "A" <= letter <= "Z":
            raise OptionError(f"drives: {key!r} is no drive letter; write, for example, {{C: /mnt/ex01-c}}")
        if letter in drives:
            raise OptionError(f"drives: drive {letter}: is given twice")
        if not isinstance(folder, str) or not folder.startswith("/"):
            raise OptionError(f"drives: the folder of drive {letter}: is {folder!r}; give an absolute path")
        if not os.path.isdir(folder):
            raise OptionError(f"drives: the folder of drive {letter}:, {folder}, does not exist or is no directory")
        drives[letter] = folder
    _refuse_overlap(drives)
    return drives


def _refuse_overlap(drives: Mapping[str, str]) -> None:
    reals = {letter: os.path.realpath(folder).rstrip("/") + "/" for letter, folder in drives.items()}
    for letter, real in reals.items():
        other = next((other for other in reals if other != letter and reals[other].startswith(real)), None)
        if other is not None:
            raise OptionError(
                f"drives: {drives[other]} (drive {other}:) lies in {drives[letter]} (drive {letter}:); "
                "give each drive a folder of its own"
            )


def _child(folder: str, name: str, path: str) -> str | None:
    """Find a name in a folder as Windows would; None when nothing is so called."""
    try:
        found = [other for other in os.listdir(folder) if other.lower() == name.lower()]
    except NotADirectoryError:
        return None
    except OSError as error:
        fail(f"looking for {path} in", folder, error)
    if len(found) > 1:
        names = " and ".join(repr(other) for other in sorted(found))
        raise ServerError(f"{path}: {names} in {folder} differ only in case; Windows would not tell them apart")
    if not found and "~" in name:
        raise ServerError(f"{path}: {name} may be the short (8.3) name of another one, which is not visible here")
    return found[0] if found else None


def _inside(local: str, root: str, path: str) -> str:
    """Follow a link, but not out of its drive."""
    real = os.path.realpath(local)
    if real != root and not real.startswith(root.rstrip("/") + "/"):
        raise ServerError(f"{path}: {local} is a link that leads out of its drive, to {real}; it is not followed")
    if not os.path.exists(real):
        raise ServerError(f"{path}: {local} is a link that leads nowhere")
    return real


def _windows_path(letter: str, root: str, folder: str) -> str:
    below = os.path.relpath(folder, root)
    return f"{letter}:" if below == "." else f"{letter}:\\" + below.replace("/", "\\")


__all__ = ("DriveFiles", "drives_from")
