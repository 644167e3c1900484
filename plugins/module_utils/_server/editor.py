# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an edit needs of a server: its files, named as the user names them.

PRIVATE to the collection: no part of this file is a public interface.

The procedure knows only these protocols. This machine and a server behind SMB each bring
their own implementation. Only a type checker reads this file: no target loads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

if TYPE_CHECKING:
    from typing import Protocol  # novm
else:
    # Python 3.7 has none.
    Protocol = object


class OpenFile(Protocol):
    """A file that is open for an edit. Our own writers take turns."""

    def read(self) -> bytes:
        """Read the whole file."""

    def replace(self, old: bytes, new: bytes) -> None:
        """Put new bytes in the place of old ones, so that nothing can be lost.

        Raises ChangedByOther when the file does not hold the old bytes, ServerError with
        the state of the file when it could not be written.
        """

    def save_beside(self, name: str, data: bytes) -> str:
        """Keep data in the same folder, complete and flushed; give its path."""

    def close(self) -> None:
        """Close the file and let the next writer in."""


class Editor(Protocol):
    """Files that can be edited, named as the user names them."""

    def close(self) -> None:
        """Let go of what is held between reading a file and the end of its edit."""

    def read(self, path: str) -> bytes:
        """Read a file without disturbing anybody.

        Raises Missing, or ServerError for what is no regular file, is above SIZE_LIMIT
        or cannot be read.
        """

    def real_path(self, path: str) -> str:
        """Give the path of the file itself, with links followed: a copy of it goes beside that."""

    def full_name(self, path: str) -> str:
        """Give the path as it is told where those of many servers stand side by side, as in a diff."""

    def left_beside(self, path: str) -> Sequence[tuple[str, bytes]]:
        """Give path and bytes of each copy beside a file that a killed run left there; none where that cannot be."""

    def check_beside(self, path: str, name: str, data: bytes) -> None:
        """Raise ServerError where a copy of the old bytes could not get its name, without making it."""

    def check_writable(self, path: str, beside: bool) -> None:
        """Raise ServerError where an edit would be refused, without opening for writing.

        A read-only file is refused whoever asks: someone made it so. With ``beside``, a copy
        is to be kept in the same folder too.
        """

    def open(self, path: str) -> OpenFile:
        """Open an existing file for an edit."""

    def check_creatable(self, path: str) -> None:
        """Raise ServerError where a new file would be refused, without making it."""

    def create(self, path: str, data: bytes) -> None:
        """Make a new file that was not there; never a half-written one."""


__all__ = ("Editor", "OpenFile")
