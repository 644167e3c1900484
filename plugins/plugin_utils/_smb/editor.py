# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of files on a server behind SMB1: in place, through one handle.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable

from ...module_utils._edit.copies import rescue_name
from ...module_utils._edit.inplace import Handle, NotRestored, is_torn, replace_in_place
from ...module_utils._server.editor import Editor, OpenFile
from ...module_utils._server.errors import ConnectionLost, Missing, ServerError, Written
from ...module_utils._server.refusals import SIZE_LIMIT, read_only
from . import session as _smb
from .server import Place, SmbServer
from .session import Opened
from .status import StatusError

SEPARATOR = "\\"
NEW = "the new bytes"


class SmbEditor(Editor):
    """Editor of files by Windows paths, or UNC paths of the same server."""

    def __init__(self, server: SmbServer) -> None:
        self._server = server
        self._attributes: dict[str, int] = {}

    def read(self, path: str) -> bytes:
        place = self._server.place(path)
        data, self._attributes[place.shown] = self._server.read(place)
        return data

    def real_path(self, path: str) -> str:
        return self._server.place(path).shown

    def check_writable(self, path: str, beside: bool) -> None:
        place = self._server.place(path)
        attributes = self._attributes.get(place.shown)
        if attributes is None:
            attributes = self._server.ask(
                "checking", place, lambda: self._server.session.attributes(place.share, place.path)
            )
        if attributes & _smb.ATTRIBUTE_READ_ONLY:
            raise read_only(place.shown, f"'attrib -r \"{place.shown}\"' on the server")

    def open(self, path: str) -> _SmbFile:
        place = self._server.place(path)
        access = _smb.READ_DATA | _smb.WRITE_DATA
        opened = self._server.patiently(
            "opening", place, lambda: self._server.session.open(place.share, place.path, access, _smb.SHARE_READ)
        )
        return _SmbFile(self._server, place, opened)

    def check_creatable(self, path: str) -> None:
        place = self._server.place(path)
        folder = place.path.rpartition("\\")[0]
        if folder:
            try:
                attributes = self._server.ask(
                    "creating", place, lambda: self._server.session.attributes(place.share, folder)
                )
            except Missing as error:
                raise ServerError(f"Error while creating {place.shown}: there is no folder {folder}") from error
            if not attributes & _smb.ATTRIBUTE_DIRECTORY:
                raise ServerError(f"Error while creating {place.shown}: {folder} is not a folder")

    def create(self, path: str, data: bytes) -> None:
        place = self._server.place(path)
        self.check_creatable(path)
        try:
            self._server.ask("creating", place, lambda: self._make(place, data))
        except ConnectionLost as error:
            _take_back(self._server, place, data, error)

    def _make(self, place: Place, data: bytes) -> None:
        session = self._server.session
        opened = session.open(place.share, place.path, _smb.WRITE_DATA, _smb.SHARE_NONE, _smb.CREATE_NEW)
        try:
            session.write(opened, 0, data)
            session.flush(opened)
        except StatusError:
            session.close_file(opened)
            session.delete(place.share, place.path)
            raise
        session.close_file(opened)


class _SmbFile(OpenFile, Handle):
    """A file that others may read meanwhile, but not write: open once, without an oplock."""

    def __init__(self, server: SmbServer, place: Place, opened: Opened) -> None:
        self._server = server
        # A session that is made anew after a cut has other ids for files.
        self._session = server.session
        self._place = place
        self._opened = opened

    def read(self) -> bytes:
        return self._server.ask("reading", self._place, lambda: self._session.read(self._opened, SIZE_LIMIT))

    def replace(self, old: bytes, new: bytes) -> None:
        begun: list[Place] = []
        kept: list[Place] = []

        def keep() -> str:
            # By its bytes, so that no file of somebody else is taken for it.
            name = rescue_name(self._place.path.rpartition(SEPARATOR)[2], old)
            begun.append(self._place.beside(name))
            shown = self.save_beside(name, old)
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
            self._session.close_file(self._opened)
        except (StatusError, ConnectionLost, OSError):
            # What was written was flushed and read back; the server closes the file itself.
            self._session.close()

    def fits(self, offset: int, length: int) -> bool:
        return length <= self._session.chunk

    def write(self, offset: int, data: bytes) -> None:
        self._session.write(self._opened, offset, data)

    def truncate(self, size: int) -> None:
        self._session.truncate(self._opened, size)

    def flush(self) -> None:
        self._session.flush(self._opened)

    def _copy(self, place: Place, data: bytes) -> None:
        """Make a file hold these bytes, flushed; one that does is left alone, a new one that cannot is taken away."""
        session = self._session
        access = _smb.READ_DATA | _smb.WRITE_DATA
        opened = session.open(place.share, place.path, access, _smb.SHARE_NONE, _smb.OPEN_IF)
        try:
            self._fill(opened, data)
        except StatusError:
            if not opened.size:
                _delete_quietly(self._server, place)
            raise

    def _fill(self, opened: Opened, data: bytes) -> None:
        session = self._session
        try:
            if opened.size == len(data) and session.read(opened, SIZE_LIMIT) == data:
                return
            session.write(opened, 0, data)
            if opened.size > len(data):
                session.truncate(opened, len(data))
            session.flush(opened)
        finally:
            session.close_file(opened)


def _recover(server: SmbServer, place: Place, old: bytes, new: bytes, cause: ConnectionLost) -> None:
    """After a broken connection: look once what the file holds now, and mend what is neither."""
    try:
        server.reconnect()
        state = _settled(server, place, old, new)
    except Exception as error:
        raise NotRestored(f"{cause}; the file holds neither the old nor the new bytes for sure ({error})") from error
    failure = Written if state.startswith(NEW) else ServerError
    raise failure(
        f"Error while writing {place.shown}: {cause}; looked again, the file holds {state}: run the task again"
    ) from cause


def _settled(server: SmbServer, place: Place, old: bytes, new: bytes) -> str:
    """Say what the file holds; put the old bytes back where our own write was cut short."""
    try:
        file = SmbEditor(server).open(place.shown)
    except ServerError:
        # The server may not have noticed yet that the broken connection is gone.
        state = _which(server.read(place)[0], old, new)
        if state is None:
            raise
        return f"{state} (it is still open on the server, perhaps by the broken connection)"
    with file:
        now = file.read()
        state = _which(now, old, new)
        if state is not None:
            return state
        if not is_torn(now, old, new):
            raise ServerError("another program has written it meanwhile, and it was left alone")
        file.write(0, old)
        file.truncate(len(old))
        file.flush()
        if file.read() != old:
            raise ServerError("what was read back is not what was written")
    return "the old bytes, which were put back"


def _which(now: bytes, old: bytes, new: bytes) -> str | None:
    if now == old:
        return "the old bytes"
    return NEW if now.rstrip(b"\r\n") == new.rstrip(b"\r\n") else None


def _take_back(server: SmbServer, place: Place, data: bytes, cause: ConnectionLost) -> None:
    """After a broken connection: keep a new file that is complete, and take away one that is not."""
    failure = ServerError
    try:
        server.reconnect()
        now = server.read(place)[0]
        if now == data:
            failure, state = Written, "it is there and complete"
        # An empty one may be another's as well, but then holds nothing.
        elif data.startswith(now):
            server.session.delete(place.share, place.path)
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
        server.session.delete(place.share, place.path)
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
