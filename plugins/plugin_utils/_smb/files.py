# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look-ups on a server behind SMB1. Never writes.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ...module_utils._server.errors import Missing, ServerError
from ...module_utils._server.protocols import Entry, Files, ReadPart, Search
from .handle import SmbHandle
from .request import DIRECTORY, READ_DATA, SHARE_ALL
from .server import Place, SmbServer
from .share import list_shares
from .status import BAD_NETWORK_NAME, StatusError

# Where the server does not list its shares, these drives are tried.
USUAL_DRIVES = "CDEF"
# Windows starts from here, whatever drive it lies on: general knowledge of Windows NT.
SYSTEM_PARTITION = "C"
# The file system of NT whose times are UTC: general knowledge.
KEEPS_UTC = "NTFS"
TEXTS, PROGRAMS = (".INI", ".TXT"), (".EXE", ".DLL")

T = TypeVar("T")


class SmbFiles(Files):
    """Files of a server behind SMB1, by Windows paths or UNC paths of this server."""

    def __init__(self, server: SmbServer) -> None:
        self._server = server
        self._drives: list[str] | None = None
        # What was found, by its UNC path: errors name a file as it was asked for.
        self._places: dict[str, Place] = {}
        self._read_before: dict[str, bytes] = {}
        self._programs: dict[str, SmbHandle] = {}
        self._written: dict[str, int | None] = {}

    def drives(self) -> Sequence[str]:
        if self._drives is None:
            self._drives = self._listed_drives() or [drive for drive in USUAL_DRIVES if self._has_drive(drive)]
        if SYSTEM_PARTITION not in self._drives:
            raise ServerError(
                f"the server does not share drive {SYSTEM_PARTITION} ({SYSTEM_PARTITION}$), so not all its drives can "
                "be looked at: see whether the administrative shares are switched off"
            )
        return self._drives

    def system_root(self) -> str:
        return f"\\\\{self._server.host}\\ADMIN$"

    def find(self, path: str) -> Entry | None:
        place = self._server.place(path)
        try:
            folder = self._is_folder(place)
        except Missing:
            return None
        windows = place.shown
        if place.share.upper() == "ADMIN$":
            windows = f"%SystemRoot%{place.path}"
        entry = Entry(windows, place.unc(self._server.host), folder)
        self._places[entry.local] = place
        return entry

    def read(self, entry: Entry) -> bytes:
        place = self._places[entry.local]
        return self._read_before[place.shown] if place.shown in self._read_before else self._read(place)

    def written(self, entry: Entry) -> int | None:
        return self._written.get(self._places[entry.local].shown)

    def keeps_utc(self, entry: Entry) -> bool:
        place = self._places[entry.local]
        name = self._server.ask("looking at", place, lambda: self._server.share(place).file_system())
        return name.upper() == KEEPS_UTC

    def names(self, folder: str, ending: str) -> Sequence[str]:
        place = self._server.place(folder)
        pattern = place.path.rstrip("\\") + "\\*" + ending
        try:
            found = self._server.ask("listing", place, lambda: self._server.share(place).names(pattern))
        except Missing:
            return ()
        # Windows also compares the pattern with the short (8.3) names.
        return sorted(name for name in found if name.lower().endswith(ending))

    def consult(self, entry: Entry, use: Callable[[ReadPart], T]) -> T:
        place = self._places[entry.local]
        handle = self._programs.get(place.shown) or self._open(place)

        def read(offset: int, count: int) -> bytes:
            return self._server.ask("reading", place, lambda: handle.read_at(offset, count))

        # It is closed with the session, at the end of the task: that saves a request.
        return use(read)

    def _open(self, place: Place) -> SmbHandle:
        return self._server.ask(
            "looking for", place, lambda: self._server.share(place).open(place.path, READ_DATA, SHARE_ALL)
        )

    def search(self, name: str) -> Search:
        return Search((), f"{name} is not searched for over SMB")

    def _is_folder(self, place: Place) -> bool:
        """Tell what a path is. A text is read at once, and a program stays open, which saves a second open."""
        if place.path.upper().endswith(TEXTS):
            self._read_before[place.shown] = self._read(place)
            return False
        if place.path.upper().endswith(PROGRAMS):
            self._programs[place.shown] = self._open(place)
            return False
        attributes = self._server.ask("looking for", place, lambda: self._server.share(place).attributes(place.path))
        return bool(attributes & DIRECTORY)

    def _read(self, place: Place) -> bytes:
        contents = self._server.read(place)
        self._written[place.shown] = contents.written
        return contents.data

    def _listed_drives(self) -> list[str]:
        try:
            shares = list_shares(self._server.session)
        except (ServerError, StatusError):
            return []
        return sorted({share[0] for share in shares if len(share) == 2 and share[1] == "$" and "A" <= share[0] <= "Z"})

    def _has_drive(self, letter: str) -> bool:
        try:
            self._server.session.tree_connect(f"{letter}$")
        except StatusError as error:
            if error.status != BAD_NETWORK_NAME:
                raise ServerError(f"drive {letter} could not be looked at: {error}") from error
            return False
        return True


__all__ = ("SmbFiles",)
