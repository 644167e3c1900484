# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong at a server, and which of its files are refused wherever they lie.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from .._errors import UserError

# A real Mspclnt.ini has about 1 KB.
SIZE_LIMIT = 1024 * 1024


class ServerError(UserError):
    """A file could not be reached, read or written."""


class Missing(ServerError):
    """There is no such file."""


class ChangedByOther(ServerError):
    """Another program changed the file while it was being edited."""


class NameTaken(ServerError):
    """Something else has the name of a copy of old bytes, and is kept."""

    def __init__(self, copy: str, path: str) -> None:
        super().__init__(
            f"Error while saving the old bytes as {copy}: something else has that name, and is kept; {path} was not "
            "changed: move that away, or leave the backup out"
        )


class ConnectionLost(Exception):
    """The connection to the server broke: that is no answer, and what a write has done is not known yet."""


class Written(ServerError):
    """The change was made, though not all of the procedure around it."""


class RegistryClosed(ServerError):
    """The registry as a whole cannot be read."""


def refuse_large(doing: str, path: str, size: int, has: str = "has") -> None:
    """Raise ServerError for a file whose size in bytes is above SIZE_LIMIT; ``doing`` says what was attempted."""
    if size > SIZE_LIMIT:
        raise ServerError(
            f"Error while {doing} {path}: it {has} {size} bytes, more than {SIZE_LIMIT}; a real file of this kind has "
            "about 1 KB: check the path"
        )


def read_only(path: str, command: str) -> ServerError:
    """Give the error for a read-only file, which is refused whoever asks; ``command`` is what would change that."""
    return ServerError(
        f"Error while checking {path}: it is read-only, and someone made it so; "
        f"if it may be edited, run {command} first"
    )


__all__ = (
    "SIZE_LIMIT",
    "ChangedByOther",
    "ConnectionLost",
    "Missing",
    "NameTaken",
    "RegistryClosed",
    "ServerError",
    "Written",
    "read_only",
    "refuse_large",
)
