# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of this machine that can be edited.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping, Sequence

from .._server.errors import Missing, ServerError
from .hold import Absent, names_in
from .reading import close_quietly, raise_in_words, read_within_limit
from .spot import Spot, look

if TYPE_CHECKING:
    from .._server.editor import OpenFile
    from .drive import Drives
    from .writer import LocalWriter

# Of the copies of _edit.copies.rescue_name.
COPY_ENDING = ".winsock_proxy.old"


class LocalEditor:
    """Editor of files by absolute POSIX paths, or by Windows paths on visible drives; links are followed and stay.

    Reading a file finds it; all that follows is done to the name in the folder that was found, which is held
    open, whatever its path leads to by then.

    in_place: True changes every file in place, None decides by file system and links. drives: folders of
    visible drives by letter; paths are Windows paths then.
    """

    def __init__(self, in_place: bool | None = None, drives: Mapping[str, str] | None = None) -> None:
        self._in_place = in_place
        self._drives = _drives(drives) if drives else None
        self._spots: dict[str, Spot] = {}

    def read(self, path: str) -> bytes:
        """Find a file that may be edited, and read it (see Editor.read)."""
        descriptor = self._look(path)
        if descriptor < 0:
            raise _missing(self._spots[path])
        try:
            return read_within_limit(descriptor, path)
        except OSError as error:
            raise_in_words("reading", path, error)
        finally:
            close_quietly(descriptor)

    def real_path(self, path: str) -> str:
        """Give the path with all links followed."""
        return self._spot(path).real

    def full_name(self, path: str) -> str:
        """Give the path by which the file is found here (see Editor.full_name)."""
        return path if self._drives is None else self._spot(path).local

    def left_beside(self, path: str) -> Sequence[tuple[str, bytes]]:
        """Give path and bytes of each copy that a killed run left (see Editor.left_beside)."""
        spot = self._spots.get(path)
        if spot is None:
            return ()
        try:
            names = [name for name in names_in(spot.folder) if name.endswith(COPY_ENDING)]
        except OSError:
            return ()
        if not names:
            return ()
        from .copies import left_by_killed

        return left_by_killed(spot, names)

    def check_writable(self, path: str, beside: bool) -> None:
        """Raise ServerError where this user may not edit the file, or keep a copy beside it."""
        self._writer().check_writable(self._spot(path), beside)

    def check_beside(self, path: str, name: str, data: bytes) -> None:
        """Raise ServerError where something else has the name of the copy (see Editor.check_beside)."""
        self._writer().check_beside(self._spot(path), name, data)

    def open(self, path: str) -> OpenFile:
        """Open an existing file for an edit, as soon as no other writer of ours has it."""
        return self._writer().open(self._spot(path))

    def check_creatable(self, path: str) -> None:
        """Raise ServerError where the folder is missing, read-only, or has the name in another case."""
        self._writer().check_creatable(self._spot_to_create(path))

    def create(self, path: str, data: bytes) -> None:
        """Make a new file (see Editor.create)."""
        self._writer().create(self._spot_to_create(path), data)

    def close(self) -> None:
        """Let go of all folders that are held."""
        for path in list(self._spots):
            self._forget(path)

    def _forget(self, path: str) -> None:
        if path in self._spots:
            self._spots.pop(path).close()

    def _spot(self, path: str) -> Spot:
        if path not in self._spots:
            close_quietly(self._look(path))
        return self._spots[path]

    def _look(self, path: str) -> int:
        """Find a file, hold its folder, and open it; -1 where nothing has the name."""
        self._forget(path)
        try:
            self._spots[path], descriptor = look(path, self._drives)
        except Absent as absent:
            folder = self._no_folder(absent.folder)
            raise Missing(f"Error while reading {path}: there is no such file, and {folder}") from absent
        return descriptor

    def _spot_to_create(self, path: str) -> Spot:
        if path not in self._spots:
            try:
                self._spots[path], descriptor = look(path, self._drives)
            except Absent as absent:
                folder = self._no_folder(absent.folder)
                raise ServerError(f"Error while creating {path}: there is {folder}") from absent
            close_quietly(descriptor)
        return self._spots[path]

    def _no_folder(self, folder: str) -> str:
        if self._drives is not None:
            return f"no folder {folder}"
        from .checks import no_folder

        return no_folder(folder)

    def _writer(self) -> LocalWriter:
        # Most files are right already: what writes is loaded only where there is something to write.
        from .writer import LocalWriter

        return LocalWriter(self._in_place)


def _missing(spot: Spot) -> Missing:
    from .checks import missing

    return missing(spot)


def _drives(folders: Mapping[str, str]) -> Drives:
    from .drive import Drives

    return Drives(folders)


__all__ = ("LocalEditor",)
