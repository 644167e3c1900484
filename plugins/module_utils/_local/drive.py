# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows paths on drives that are visible as folders: looked up name by name, blind to case.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import os
from typing import Callable, Mapping, Optional

from .._server.errors import ServerError
from .._server.windows_path import folded, split_windows_path
from .hold import LINKS, Absent, Place, TooManyLinks, steady
from .reading import raise_in_words
from .walk import LeadsOut, Walk

Spell = Callable[[int, str, str], Optional[str]]


class Drives:
    """Visible drives: ``{"C": "/mnt/ex01-c"}``. Nothing outside their folders is reached."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self._folders = dict(folders)
        self._roots: dict[str, str] = {}

    def letters(self) -> list[str]:
        """Give the letters, sorted."""
        return sorted(self._folders)

    def root(self, letter: str) -> str:
        """Give the path of a drive's folder, without links."""
        if letter not in self._roots:
            self._roots[letter] = os.path.realpath(self._folders[letter])
        return self._roots[letter]

    def place(self, path: str) -> Place:
        """Give the place that a Windows path names; raise Absent where a folder of it is missing.

        Raises ServerError for what is no such path, leads out of its drive or nowhere, or cannot be told.
        """
        letter, names = split_windows_path(path)
        if letter not in self._folders:
            raise ServerError(f"{path}: drive {letter}: was not given in 'drives': add it, with its folder")

        def spell(folder: int, local: str, name: str) -> str | None:
            return _child(folder, local, name, path)

        return self._walked(letter, names, path, spell)

    def place_of(self, local: str, windows: str) -> Place:
        """Give the place of what was found before, by both its paths."""
        letter = windows[:1]
        root = self.root(letter)
        if not is_below(local, root):
            raise ServerError(f"Error while reading {windows}: {local} does not lie in the folder of drive {letter}:")
        return self._walked(letter, self._names_below(letter, local), windows, None)

    def windows_path(self, letter: str, local: str) -> str:
        """Give the Windows path of what lies at a path below a drive's folder."""
        return f"{letter}:\\" + local[len(self.root(letter)) :].strip("/").replace("/", "\\")

    def fault_of_link(self, letter: str, local: str) -> str | None:
        """Say what a search misses behind a link: None where it leads to what is searched anyway."""
        try:
            return self._fault(letter, local)
        except LeadsOut as out:
            target = out.target
        other = next((other for other in self._folders if is_below(target, self.root(other))), None)
        try:
            if other is not None:
                return self._fault(other, target)
        except LeadsOut:
            pass
        return f"it is a link that leads out of the drives, to {target}"

    def _fault(self, letter: str, local: str) -> str | None:
        try:
            place = self._walk(letter, self._names_below(letter, local), local, None)
        except Absent:
            return "it is a link that leads nowhere"
        except OSError as error:
            return f"it is a link that leads to {error.filename}: {error.strerror}"
        except ServerError as error:
            return str(error)
        place.close()
        return None if place.status is not None else "it is a link that leads nowhere"

    def _names_below(self, letter: str, local: str) -> list[str]:
        return [name for name in local[len(self.root(letter)) :].split("/") if name not in ("", ".")]

    def _walk(self, letter: str, names: list[str], path: str, spell: Spell | None) -> Place:
        def attempt(sure: bool) -> Place:
            return Walk(self.root(letter), self._folders[letter], spell).to(names, sure)

        return steady("looking for", path, attempt)

    def _walked(self, letter: str, names: list[str], path: str, spell: Spell | None) -> Place:
        try:
            return self._walk(letter, names, path, spell)
        except LeadsOut as out:
            raise ServerError(
                f"{path}: {out.link} is a link that leads out of its drive, to {out.target}; it is not followed"
            ) from out
        except TooManyLinks as absent:
            raise ServerError(
                f"{path}: {absent.link} is a link that leads through more than {LINKS} others"
            ) from absent
        except Absent as absent:
            if absent.link:
                raise leads_nowhere(path, absent.link) from absent
            raise
        except OSError as error:
            raise_in_words(f"looking for {path} at", str(error.filename), error)


def leads_nowhere(path: str, link: str) -> ServerError:
    """Give the error for a link without a target, which proves nothing."""
    return ServerError(f"{path}: {link} is a link that leads nowhere")


def is_below(local: str, root: str) -> bool:
    """Tell whether a path without links is that of a folder or lies in it."""
    return local == root or local.startswith(root.rstrip("/") + "/")


def _child(folder: int, local: str, name: str, path: str) -> str | None:
    """Find a name in a folder as Windows would; None when nothing is so called."""
    wanted = folded(name)
    # Most names need not be folded: those of ASCII have the same length in any case.
    length = len(name) if name.isascii() else -1
    try:
        found = [
            other
            for other in os.listdir(folder)
            if (len(other) == length or length < 0 or not other.isascii()) and folded(other) == wanted
        ]
    except OSError as error:
        raise OSError(error.errno, error.strerror, local) from error
    if len(found) > 1:
        names = " and ".join(repr(other) for other in sorted(found))
        how = (
            "case; Windows would not tell them apart"
            if len({other.lower() for other in found}) == 1
            else ("the form of their accents (NFC, NFD); which one is meant cannot be told")
        )
        raise ServerError(f"{path}: {names} in {local} differ only in {how}: rename one")
    if not found and "~" in name:
        raise ServerError(
            f"{path}: {name} may be the short (8.3) name of another one, which is not visible here: give the long "
            "name, or reach the server over SMB"
        )
    return found[0] if found else None


__all__ = ("Drives", "is_below", "leads_nowhere")
