# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of files on a server behind SMB1: in place, through one handle.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import NamedTuple

from ...module_utils._edit.copies import rescue_name
from ...module_utils._edit.inplace import Handle, NotRestored, is_torn, replace_in_place
from ...module_utils._server.errors import (
    SIZE_LIMIT,
    ConnectionLost,
    Missing,
    NameTaken,
    ServerError,
    Written,
    read_only,
)
from .handle import SmbHandle
from .request import (
    CREATE_NEW,
    DIRECTORY,
    OPEN_IF,
    READ_DATA,
    READ_ONLY,
    SHARE_NONE,
    SHARE_READ,
    WRITE_DATA,
)
from .server import Place, SmbServer
from .share import Share
from .status import StatusError

SEPARATOR = "\\"


class SmbEditor:
    """Editor of files by Windows paths, or UNC paths of the same server."""

    def __init__(self, server: SmbServer) -> None:
        self._server = server
        self._attributes: dict[str, int] = {}

    def read(self, path: str) -> bytes:
        place = self._server.place(path)
        contents = self._server.read(place)
        self._attributes[place.shown] = contents.attributes
        return contents.data

    def real_path(self, path: str) -> str:
        return self._server.place(path).shown

    def full_name(self, path: str) -> str:
        return self._server.place(path).unc(self._server.host)

    def left_beside(self, path: str) -> Sequence[tuple[str, bytes]]:
        # A list of the folder would be requests of each run; what a lost connection leaves behind is told at once.
        return ()

    def check_beside(self, path: str, name: str, data: bytes) -> None:
        """Leave it to the copy itself: looking before that would be requests of each fix."""

    def close(self) -> None:
        """Nothing is held between requests."""

    def check_writable(self, path: str, beside: bool) -> None:
        place = self._server.place(path)
        attributes = self._attributes.get(place.shown)
        if attributes is None:
            attributes = self._server.ask("checking", place, lambda: self._server.share(place).attributes(place.path))
        if attributes & READ_ONLY:
            raise read_only(place.shown, f"'attrib -r \"{place.shown}\"' on the server")

    def open(self, path: str) -> _SmbFile:
        place = self._server.place(path)
        handle = self._server.patiently(
            "opening", place, lambda: self._server.share(place).open(place.path, READ_DATA | WRITE_DATA, SHARE_READ)
        )
        return _SmbFile(self._server, place, handle)

    def check_creatable(self, path: str) -> None:
        place = self._server.place(path)
        folder = place.path.rpartition("\\")[0]
        if folder:
            try:
                attributes = self._server.ask("creating", place, lambda: self._server.share(place).attributes(folder))
            except Missing as error:
                raise ServerError(f"Error while creating {place.shown}: there is no folder {folder}") from error
            if not attributes & DIRECTORY:
                raise ServerError(f"Error while creating {place.shown}: {folder} is not a folder")

    def create(self, path: str, data: bytes) -> None:
        place = self._server.place(path)
        self.check_creatable(path)
        try:
            self._server.ask("creating", place, lambda: self._make(place, data))
        except ConnectionLost as error:
            _take_back(self._server, place, data, error)

    def _make(self, place: Place, data: bytes) -> None:
        share = self._server.share(place)
        handle = share.open(place.path, WRITE_DATA, SHARE_NONE, CREATE_NEW)
        try:
            handle.write(0, data)
            handle.flush()
        except StatusError:
            handle.close()
            share.delete(place.path)
            raise
        handle.close()


class _SmbFile(Handle):
    """A file that others may read meanwhile, but not write: open once, without an oplock."""

    def __init__(self, server: SmbServer, place: Place, handle: SmbHandle) -> None:
        self._server = server
        # The handle is of this session, and of none that is made anew after a cut.
        self._session = server.session
        self._place = place
        self._handle = handle

    def read(self) -> bytes:
        return self._server.ask("reading", self._place, lambda: self._handle.read(SIZE_LIMIT))

    def replace(self, old: bytes, new: bytes) -> None:
        begun: list[Place] = []
        kept: list[Place] = []

        def keep() -> str:
            # By its bytes, so that no file of somebody else is taken for it.
            name = rescue_name(self._place.path.rpartition(SEPARATOR)[2], old)
            begun.append(self._place.beside(name))
            try:
                shown = self.save_beside(name, old)
            except NameTaken:
                begun.clear()
                raise
            kept.append(begun[-1])
            return shown

        try:
            self._replace(old, new, keep)
        except NotRestored as error:
            begun.clear()
            beside = "".join(f"; its old bytes are in {copy.shown}" for copy in kept if copy.shown not in str(error))
            raise NotRestored(
                f"Error while writing {self._place.shown}: {error}{beside}; {_keep_here(self._place, old)}"
            ) from error
        finally:
            for copy in begun:
                _delete_quietly(self._server, copy)

    def _replace(self, old: bytes, new: bytes, keep: Callable[[], str]) -> None:
        try:
            self._server.ask("writing", self._place, lambda: replace_in_place(self, old, new, keep))
        except ConnectionLost as error:
            _recover(self._server, self._place, old, new, error)

    def save_beside(self, name: str, data: bytes) -> str:
        beside = self._place.beside(name)
        self._server.ask("saving the old bytes as", beside, lambda: self._copy(beside, data))
        return beside.shown

    def close(self) -> None:
        try:
            self._handle.close()
        except (StatusError, ConnectionLost, OSError):
            # What was written was flushed and read back; the server closes the file itself.
            self._session.close()

    def fits(self, offset: int, length: int) -> bool:
        return length <= self._session.chunk

    def write(self, offset: int, data: bytes) -> None:
        self._handle.write(offset, data)

    def truncate(self, size: int) -> None:
        self._handle.truncate(size)

    def flush(self) -> None:
        self._handle.flush()

    def _copy(self, place: Place, data: bytes) -> None:
        """Make a file hold these bytes, flushed; one that does is left alone, a new one that cannot is taken away."""
        share = Share(self._session, place.share)
        handle = share.open(place.path, READ_DATA | WRITE_DATA, SHARE_NONE, OPEN_IF)
        try:
            if not _fill(handle, data):
                raise NameTaken(place.shown, self._place.shown)
        except StatusError:
            if not handle.size:
                _delete_quietly(self._server, place)
            raise


def _fill(handle: SmbHandle, data: bytes) -> bool:
    """Make an open file hold these bytes, and close it; False when it holds others than a beginning of them."""
    try:
        found = b"" if not handle.size else handle.read(SIZE_LIMIT) if handle.size <= len(data) else None
        if found is None or not data.startswith(found):
            return False
        if found != data:
            handle.write(0, data)
            handle.flush()
        return True
    finally:
        handle.close()


def _recover(server: SmbServer, place: Place, old: bytes, new: bytes, cause: ConnectionLost) -> None:
    """After a broken connection: look once what the file holds now, and mend what is neither."""
    try:
        server.reconnect()
        found = _settled(server, place, old, new)
    except Exception as error:
        raise NotRestored(f"{cause}; the file holds neither the old nor the new bytes for sure ({error})") from error
    failure = Written if found.new else ServerError
    raise failure(
        f"Error while writing {place.shown}: {cause}; looked again, the file holds {found.text}: run the task again"
    ) from cause


class Found(NamedTuple):
    """What a file was found to hold, in words, and whether it is what was to be written."""

    text: str
    new: bool


def _settled(server: SmbServer, place: Place, old: bytes, new: bytes) -> Found:
    """Say what the file holds; put the old bytes back where our own write was cut short."""
    try:
        file = SmbEditor(server).open(place.shown)
    except ServerError:
        # The server may not have noticed yet that the broken connection is gone.
        found = _which(server.read(place).data, old, new)
        if found is None:
            raise
        return found._replace(text=f"{found.text} (it is still open on the server, perhaps by the broken connection)")
    with closing(file):
        now = file.read()
        found = _which(now, old, new)
        if found is not None:
            return found
        if not is_torn(now, old, new):
            raise ServerError("another program has written it meanwhile, and it was left alone")
        file.write(0, old)
        file.truncate(len(old))
        file.flush()
        if file.read() != old:
            raise ServerError("what was read back is not what was written")
    return Found("the old bytes, which were put back", new=False)


def _which(now: bytes, old: bytes, new: bytes) -> Found | None:
    """Say what a file holds; None for neither. Windows ignores line ends behind the new bytes."""
    if now == old:
        return Found("the old bytes", new=False)
    return Found("the new bytes", new=True) if now.rstrip(b"\r\n") == new.rstrip(b"\r\n") else None


def _take_back(server: SmbServer, place: Place, data: bytes, cause: ConnectionLost) -> None:
    """After a broken connection: keep a new file that is complete, and take away one that is not."""
    failure = ServerError
    try:
        server.reconnect()
        now = server.read(place).data
        if now == data:
            failure, state = Written, "it is there and complete"
        # An empty one may be another's as well, but then holds nothing.
        elif data.startswith(now):
            server.share(place).delete(place.path)
            state = "it was not complete, and was taken away"
        else:
            state = "another program has made it meanwhile, and it was left alone"
    except Missing:
        state = "it was not made"
    except Exception as error:
        state = f"whether it is there is not known ({error})"
    raise failure(f"Error while creating {place.shown}: {cause}; {state}: run the task again") from cause


def _delete_quietly(server: SmbServer, place: Place) -> None:
    try:
        server.share(place).delete(place.path)
    except Exception:
        # It holds the old bytes or a part of them, and does no harm.
        pass


def _keep_here(place: Place, old: bytes) -> str:
    """Keep old bytes on the controller, for its user alone; say where."""
    name = place.path.rpartition("\\")[2]
    try:
        descriptor, path = tempfile.mkstemp(prefix=f"{name}.", suffix=".old")
        with os.fdopen(descriptor, "wb") as copy:
            copy.write(old)
    except OSError as error:
        return f"its old bytes could not be kept on the controller ({error})"
    return f"its old bytes are in {path} on the controller"


__all__ = ("SmbEditor",)
