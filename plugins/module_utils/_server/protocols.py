# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look needs of a server: its files, by Windows paths, and its registry.

PRIVATE to the collection: no part of this file is a public interface.

Detection knows only these protocols. A visible drive and a server
behind SMB each bring their own implementation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Callable, NamedTuple, Sequence, TypeVar

T = TypeVar("T")
ReadPart = Callable[[int, int], bytes]
# In bytes. Longer values of a registry are told as such; over SMB a whole answer then fits into one fragment.
LONGEST_VALUE = 3000


class Entry(NamedTuple):
    """A file or folder: its Windows path, and the path by which an edit names it here."""

    windows: str
    local: str
    folder: bool


class Value(NamedTuple):
    """A registry value: its type number (REG_SZ is 1) and its bytes as they are stored."""

    kind: int
    data: bytes


class Search(NamedTuple):
    """What a search by name found; ``gap`` says what was not searched, None for nothing."""

    entries: tuple[Entry, ...]
    gap: str | None


class Files(ABC):
    """Look-ups on a server's drives, by Windows paths, blind to case. Never writes."""

    @abstractmethod
    def drives(self) -> Sequence[str]:
        """Give the letters of the drives; raise ServerError where not all can be told."""

    def system_root(self) -> str | None:
        """Give the path of the system folder where the server itself tells which one it is."""
        return None

    @abstractmethod
    def find(self, path: str) -> Entry | None:
        """Find a file or folder; None when it surely does not exist.

        Raises ServerError when that cannot be told, with the reason.
        """

    @abstractmethod
    def read(self, entry: Entry) -> bytes:
        """Read a whole file of at most SIZE_LIMIT bytes, or raise ServerError."""

    @abstractmethod
    def names(self, folder: str, ending: str) -> Sequence[str]:
        """Give the names in a folder that end so, blind to case; none where there is no such folder.

        Raises ServerError when they cannot be told.
        """

    @abstractmethod
    def consult(self, entry: Entry, use: Callable[[ReadPart], T]) -> T:
        """Open a file, hand on how to read a part of it (offset and count in bytes), and close it.

        Raises ServerError when it cannot be opened or read, and whatever ``use`` raises.
        """

    @abstractmethod
    def search(self, name: str) -> Search:
        """Search all known drives for files of this name, within a bound."""

    def written(self, entry: Entry) -> int | None:
        """Give when a file that was read was last changed, in whole seconds since 1970, UTC, by the server's clock.

        None where no such time is known: a visible drive has the times of another machine's clock.
        """
        return None

    def keeps_utc(self, entry: Entry) -> bool:
        """Tell whether the volume of a file surely keeps its times in UTC; FAT keeps local time."""
        return False


class Registry(ABC):
    """Look-ups below HKEY_LOCAL_MACHINE, blind to case. Never writes.

    Keys are named as in ``SYSTEM\\CurrentControlSet\\Services``. Each look-up raises
    ServerError when it cannot be told, RegistryClosed when nothing here can.
    """

    @abstractmethod
    def value(self, key: str, name: str) -> Value | None:
        """Give a value; None when the key or the value surely does not exist, subject to `doubt`."""

    @abstractmethod
    def has(self, key: str) -> bool:
        """Tell whether a key exists."""

    @abstractmethod
    def doubt(self, key: str) -> str | None:
        """Say why something missing there proves nothing; None where it does."""


__all__ = (
    "LONGEST_VALUE",
    "Entry",
    "Files",
    "ReadPart",
    "Registry",
    "Search",
    "Value",
)
