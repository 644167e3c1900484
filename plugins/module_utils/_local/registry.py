# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of a visible drive: the hive files of its Windows. Never writes.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import struct

from .._server.errors import RegistryClosed, ServerError
from .._server.protocols import LONGEST_VALUE, Entry, Files, Registry, Value
from .._windows.hive import HIVE_LIMIT, Hive, HiveError

# Where Windows keeps its hives, below the system folder: general knowledge of Windows NT.
HIVES = {
    "SYSTEM": "system32\\config\\system",
    "SOFTWARE": "system32\\config\\software",
    "CLUSTER": "cluster\\CLUSDB",
}
CURRENT = "currentcontrolset"


class DriveRegistry(Registry):
    """The registry in the hive files of a system folder, found by Windows paths."""

    def __init__(self, files: Files, system_root: str | None) -> None:
        self._files = files
        self._root = system_root
        self._hives: dict[str, Hive | ServerError | None] = {}

    def value(self, key: str, name: str) -> Value | None:
        top, below = self._split(key)
        hive = self._hive(top)
        if hive is None:
            return None
        try:
            found = hive.value(below, name)
        except HiveError as error:
            raise self._damaged(top, error) from error
        if found is not None and len(found[1]) > LONGEST_VALUE:
            raise ServerError(f"HKLM\\{key}\\{name}: the value is longer than {LONGEST_VALUE} bytes")
        return None if found is None else Value(*found)

    def has(self, key: str) -> bool:
        top, below = self._split(key)
        hive = self._hive(top)
        try:
            return hive is not None and hive.has(below)
        except HiveError as error:
            raise self._damaged(top, error) from error

    def doubt(self, key: str) -> str | None:
        top = key.partition("\\")[0].upper()
        hive = self._hive(top)
        if hive is None or hive.clean:
            return None
        return f"{self._path(top)} was not closed cleanly: what is missing in it proves nothing"

    def _split(self, key: str) -> tuple[str, str]:
        """Split a key into its hive and the key in it; the current control set is told by Select."""
        top, _separator, below = key.partition("\\")
        first, _separator, rest = below.partition("\\")
        if top.upper() == "SYSTEM" and first.lower() == CURRENT:
            current = self.value("SYSTEM\\Select", "Current")
            if current is None or len(current.data) != 4:
                raise ServerError(f"{self._path('SYSTEM')}: it does not tell its current control set")
            below = self._control_set(struct.unpack("<I", current.data)[0], rest)
        return top.upper(), below

    def _control_set(self, number: int, rest: str) -> str:
        name = f"ControlSet{number:03}"
        if not self.has(f"SYSTEM\\{name}"):
            raise ServerError(f"{self._path('SYSTEM')}: its current control set, {name}, is not in it")
        return f"{name}\\{rest}"

    def _hive(self, top: str) -> Hive | None:
        """Give a hive, read once; None where there is no cluster's."""
        if top not in self._hives:
            try:
                self._hives[top] = self._read(top)
            except ServerError as error:
                self._hives[top] = error
        hive = self._hives[top]
        if isinstance(hive, ServerError):
            raise hive
        return hive

    def _read(self, top: str) -> Hive | None:
        path = self._path(top)
        entry = self._files.find(path)
        if entry is None or entry.folder:
            if top == "CLUSTER":
                # Where not even the system's own hive is there, a missing one proves nothing.
                self._hive("SYSTEM")
                return None
            raise ServerError(f"{path}: it is not there")
        if self._part(entry, HIVE_LIMIT, 1):
            raise ServerError(f"{path}: it has more than {HIVE_LIMIT} bytes; a hive of that time has a few MB")
        try:
            return Hive(lambda offset, count: self._part(entry, offset, count))
        except HiveError as error:
            raise self._damaged(top, error) from error

    def _part(self, entry: Entry, offset: int, count: int) -> bytes:
        return self._files.consult(entry, lambda read: read(offset, count))

    def _path(self, top: str) -> str:
        if self._root is None:
            raise RegistryClosed("the system folder, which holds the registry's files, is not known")
        return f"{self._root}\\{HIVES[top]}"

    def _damaged(self, top: str, error: HiveError) -> ServerError:
        return ServerError(f"{self._path(top)}: it is damaged: {error}")


__all__ = ("DriveRegistry",)
