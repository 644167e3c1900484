# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look at a server: where to look, what was found at several places, and what could not be read.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Callable, NamedTuple, Sequence, TypeVar

from .._errors import UserError
from .._profile.document import (
    Profile,
    parse,
    refuse_non_8bit,
)
from .._server.errors import RegistryClosed
from .._server.protocols import Entry, Files, Registry, Value
from .evidence import Gap
from .wording import listed

T = TypeVar("T")


class Hints(NamedTuple):
    """What the user knows: Windows paths, whether the drives are all that the server has, and the MTA's peers."""

    system_root: str | None = None
    exchange_bin: str | None = None
    drives_complete: bool = False
    remote_mtas: tuple[str, ...] = ()


class Candidates(NamedTuple):
    """What is there of several places where one file may be, each file once.

    looked_for: the paths. reason: why some place could not be looked at, None where all were.
    """

    entries: tuple[Entry, ...]
    looked_for: tuple[str, ...]
    reason: str | None

    @property
    def complete(self) -> bool:
        """Tell whether all places were looked at, so that what was not found is not there."""
        return self.reason is None

    @property
    def only(self) -> Entry | None:
        """Give the file where it is surely the only one."""
        return self.entries[0] if len(self.entries) == 1 and self.complete else None

    @property
    def undecided(self) -> str | None:
        """Say why what was found does not tell which file it is; None where it does, or none was found."""
        if len(self.entries) > 1:
            return f"there are several, {listed(self.entries)}"
        if self.entries and not self.complete:
            return f"{listed(self.entries)} was found, but not all places could be looked at ({self.reason})"
        return None

    def brief(self, name: str) -> str:
        """Say in a few words, without a path, why there is no only file of this name."""
        if len(self.entries) > 1:
            return f"there are several {name}"
        if self.complete:
            return f"{name} was not found"
        return f"not all places of {name} could be looked at" if self.entries else f"{name} could not be looked for"


class Stretch:
    """The look-ups that follow one after another: whether each could be made. It grows with them."""

    def __init__(self, failures: list[Gap]) -> None:
        self._failures = failures
        self._first = len(failures)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Give what could not be read in it, each once."""
        return tuple(dict.fromkeys(self._failures[self._first :]))

    @property
    def complete(self) -> bool:
        """Tell whether all could be read, so that what was not found is not there."""
        return len(self._failures) == self._first

    @property
    def reason(self) -> str | None:
        """Say why something could not be read, the last if there are several; None where all could."""
        return None if self.complete else self._failures[-1].reason


class Look:
    """One look at a server: its files, its registry where that is to be read, and what could not be read.

    files: the server's files. hints: what the user knows of it. thorough: look at what is worth
    knowing too; without it, a server costs no look that its judgement does not need.
    """

    def __init__(self, files: Files, hints: Hints, thorough: bool = False) -> None:
        self.files = files
        self.hints = hints
        self.thorough = thorough
        self.registry: Registry | None = None
        self._failures: list[Gap] = []
        self._whole = self.stretch()

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Give all that could not be read, each once."""
        return self._whole.gaps

    def stretch(self) -> Stretch:
        """Begin a stretch of look-ups, of which is to be known whether all could be made."""
        return Stretch(self._failures)

    def gap(self, what: str, reason: str) -> None:
        """Note what could not be read; many registry keys that fail for one reason are one gap."""
        self._failures.append(Gap("registry" if what.startswith("HKLM\\") else what, reason))

    def attempt(self, what: str, read: Callable[[], T]) -> T | None:
        """Give what a look-up finds; note why it could not be made, and give None."""
        try:
            return read()
        except RegistryClosed as error:
            self.registry = None
            self.gap("registry", str(error))
        except UserError as error:
            self.gap(what, str(error))
        return None

    def drives(self) -> Sequence[str]:
        """Give the letters of the drives; none, which is a gap, where they could not be told."""
        return self.attempt("drives", self.files.drives) or ()

    def has_key(self, key: str) -> bool | None:
        """Tell whether a registry key exists; None where that could not be told."""
        registry = self.registry
        if registry is None:
            return None
        found = self.attempt(f"HKLM\\{key}", lambda: registry.has(key))
        return found or (None if self.doubtful(key) else found)

    def value(self, key: str, name: str) -> Value | None:
        """Give a registry value; None where there is none, or it could not be read, which is a gap then."""
        registry = self.registry
        if registry is None:
            return None
        found = self.attempt(f"HKLM\\{key}\\{name}", lambda: registry.value(key, name))
        if found is None:
            self.doubtful(key)
        return found

    def doubtful(self, key: str) -> bool:
        """Tell, and note, that something missing there proves nothing."""
        registry = self.registry
        doubt = self.attempt("registry", lambda: registry.doubt(key)) if registry is not None else None
        if doubt is not None:
            self.gap("registry", doubt)
        return doubt is not None

    def existing(self, paths: Sequence[str], what: str) -> Candidates:
        """Look for files by their Windows paths; note, as ``what``, where one could not be looked for."""
        return self._candidates(self.stretch(), paths, what)

    def on_drives(self, paths: Sequence[str], what: str) -> Candidates:
        """Look for files on all drives; the rest is as for `existing`, with paths that have no drive."""
        stretch = self.stretch()
        return self._candidates(stretch, [f"{drive}:\\{path}" for drive in self.drives() for path in paths], what)

    def _candidates(self, stretch: Stretch, paths: Sequence[str], what: str) -> Candidates:
        found: dict[str, Entry] = {}
        for path in paths:
            entry = self.attempt(what, lambda path=path: self.files.find(path))  # type: ignore[misc]
            if entry is not None and not entry.folder:
                found.setdefault(entry.local, entry)
        return Candidates(tuple(found.values()), tuple(paths), stretch.reason)

    def profile(self, entry: Entry) -> Profile | None:
        """Read a private profile; note why it could not be read, and give None."""
        data = self.attempt(entry.windows, lambda: self.files.read(entry))
        if data is None:
            return None
        return self.attempt(entry.windows, lambda: _parsed(data))


def _parsed(data: bytes) -> Profile:
    refuse_non_8bit(data)
    return parse(data)


__all__ = ("Candidates", "Hints", "Look", "Stretch")
