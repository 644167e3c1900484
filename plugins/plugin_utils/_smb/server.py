# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server behind SMB1: its session, its names for files, its errors in words.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from ...module_utils._server.errors import ChangedByOther, Missing, ServerError, refuse_large
from ...module_utils._server.upcase import upper
from ...module_utils._server.windows_path import names_below, split_windows_path
from .request import READ_DATA, SHARE_ALL
from .session import Session
from .share import Share
from .status import (
    BAD_NETWORK_NAME,
    END_OF_FILE,
    MISSING,
    NAME_COLLISION,
    NO_FOLDER,
    SHARING_VIOLATION,
    StatusError,
)

# A file that another program holds is tried again after these seconds.
PATIENCE = (0.2, 0.4, 0.8, 1.6)

T = TypeVar("T")


class Place(NamedTuple):
    """A file as a server names it, and as the user did."""

    share: str
    path: str
    shown: str

    def beside(self, name: str) -> Place:
        """Give the place of another name in the same folder."""
        base = len(self.path.rpartition("\\")[2])
        return Place(self.share, self.path[: len(self.path) - base] + name, self.shown[: len(self.shown) - base] + name)

    def unc(self, host: str) -> str:
        """Give the path with the server's name in it."""
        return self.shown if self.shown.startswith("\\\\") else f"\\\\{host}\\{self.share}{self.path}"


class Contents(NamedTuple):
    """What a file holds, its DOS attributes, and when it was last changed, in seconds since 1970."""

    data: bytes
    attributes: int
    written: int | None


class SmbServer:
    """A server behind SMB1.

    connect: makes a session that is logged on. names: by which UNC paths may name the server.
    """

    def __init__(self, host: str, names: Sequence[str], connect: Callable[[], Session]) -> None:
        self.host = host
        self._names = {upper(name) for name in (host, *names) if name}
        self._connect = connect
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The session, made at its first use."""
        if self._session is None:
            self._session = self._connect()
        return self._session

    def reconnect(self) -> None:
        """Give the broken session up and make a new one."""
        self.disconnect()
        self._session = self._connect()

    def disconnect(self) -> None:
        """End the session, if there is one."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def place(self, path: str) -> Place:
        """Name the share and the path in it for a Windows path or a UNC path of this server."""
        text = path.replace("/", "\\")
        if text[:1] == "~":
            raise ServerError(
                f"{path}: '~' means nothing on this server: give a Windows path, as C:\\Mspclnt\\Mspclnt.ini"
            )
        if any(ord(character) < ord(" ") for character in text):
            raise ServerError(
                f"{path!r}: it holds control characters: in double quotes, YAML takes \\n and \\t for them; use single "
                "quotes or none"
            )
        if not text.startswith("\\\\"):
            letter, names = split_windows_path(path)
            return _place(f"{letter}$", names, text)
        server, share, below = [*text[2:].split("\\", 2), "", ""][:3]
        if not server:
            raise ServerError(f"{path}: it names no server; write it as \\\\SERVER\\C$\\Mspclnt\\Mspclnt.ini")
        if upper(server) not in self._names:
            raise ServerError(
                f"{path}: it lies on another server, {server}, which is not logged on to; if that is this server's own "
                "name, give it as ansible_smb_netbios_name"
            )
        if not share:
            raise ServerError(f"{path}: this is not the path of a file in a share")
        return _place(share, names_below(below, path), text)

    def share(self, place: Place) -> Share:
        """Connect to the share of a place; raise StatusError where the server does not let it in."""
        return Share(self.session, place.share)

    def read(self, place: Place) -> Contents:
        """Read a file without disturbing anybody."""
        return self.patiently("reading", place, lambda: self._read(place))

    def _read(self, place: Place) -> Contents:
        handle = self.share(place).open(place.path, READ_DATA, SHARE_ALL)
        try:
            refuse_large("reading", place.shown, handle.size)
            # Up to the end that the server told, which saves the request that would find it.
            data = handle.read(max(handle.size - 1, 0))
        finally:
            handle.close()
        if len(data) != handle.size:
            raise StatusError(END_OF_FILE)
        return Contents(data, handle.attributes, handle.written)

    def ask(self, doing: str, place: Place, call: Callable[[], T]) -> T:
        """Make a request for a file; raise ServerError in words where the server refuses it."""
        try:
            return call()
        except StatusError as error:
            raise _explained(doing, place, error) from error

    def patiently(self, doing: str, place: Place, call: Callable[[], T]) -> T:
        """Make a request, a few times where another program has the file."""
        for pause in PATIENCE:
            try:
                return call()
            except StatusError as error:
                if error.status != SHARING_VIOLATION:
                    raise _explained(doing, place, error) from error
            time.sleep(pause)
        return self.ask(doing, place, call)


def _place(share: str, names: Sequence[str], text: str) -> Place:
    """Give a place that is shown as the user wrote it, without what Windows drops behind the last name."""
    shown = text.rstrip(" .\\") if names else text
    return Place(share, "\\" + "\\".join(names), shown)


def _explained(doing: str, place: Place, error: StatusError) -> ServerError:
    text = f"Error while {doing} {place.shown}: {error}"
    if error.status in MISSING:
        made = doing == "reading" and error.status not in NO_FOLDER
        return Missing(f"{text}; set 'create: true' if it is to be made" if made else text)
    if error.status == NAME_COLLISION:
        return ChangedByOther(text)
    if error.status == BAD_NETWORK_NAME:
        return ServerError(f"{text}: the server shares no {place.share}, or the administrative shares are switched off")
    return ServerError(text)


__all__ = ("Place", "SmbServer")
