# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of this machine that can be edited.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._server.editor import Editor, OpenFile
from .reading import close_quietly, raise_in_words, read_within_limit, real_path_of_file

if TYPE_CHECKING:
    from .writer import LocalWriter


class LocalEditor(Editor):
    """Editor of files by absolute POSIX paths; symbolic links are followed and stay.

    in_place: True changes every file in place, None decides by file system and links.
    """

    def __init__(self, in_place: bool | None = None) -> None:
        self._in_place = in_place

    def read(self, path: str) -> bytes:
        """Read a file that may be edited (see Editor.read)."""
        real = real_path_of_file(path)
        try:
            descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise_in_words("reading", path, error)
        try:
            return read_within_limit(descriptor, path)
        except OSError as error:
            raise_in_words("reading", path, error)
        finally:
            close_quietly(descriptor)

    def real_path(self, path: str) -> str:
        """Give the path with all links followed."""
        return os.path.realpath(path)

    def check_writable(self, path: str, beside: bool) -> None:
        """Raise ServerError where this user may not edit the file, or keep a copy beside it."""
        self._writer().check_writable(path, beside)

    def open(self, path: str) -> OpenFile:
        """Open an existing file for an edit, as soon as no other writer of ours has it."""
        return self._writer().open(path)

    def check_creatable(self, path: str) -> None:
        """Raise ServerError where the folder is missing, read-only, or has the name in another case."""
        self._writer().check_creatable(path)

    def create(self, path: str, data: bytes) -> None:
        """Make a new file (see Editor.create)."""
        self._writer().create(path, data)

    def _writer(self) -> LocalWriter:
        # Most files are right already: what writes is loaded only where there is something to write.
        from .writer import LocalWriter

        return LocalWriter(self._in_place)


__all__ = ("LocalEditor",)
