# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""The registry of a server behind SMB1, by the pipe \winreg (MS-RRP). Never writes.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple
from uuid import UUID

from ...module_utils._server.errors import ConnectionLost, RegistryClosed, ServerError
from ...module_utils._server.protocols import LONGEST_VALUE, Registry, Value
from ...module_utils._server.upcase import upper
from .layout import ULONG, pack, size_of, structure
from .rpc import Rpc, SyntaxId, unicode_string, unpack_stub
from .server import SmbServer
from .share import open_pipe
from .status import NO_SERVICE, StatusError

# MS-RRP sections 1.9 and 3.1.5.
WINREG = SyntaxId(UUID("338cd001-2244-31f1-aaaa-900038001003").bytes_le, 1)
OPEN_LOCAL_MACHINE, OPEN_KEY, QUERY_VALUE = 2, 15, 17
KEY_READ = 0x20019
FILE_NOT_FOUND, ACCESS_DENIED, MORE_DATA = 2, 5, 234
SENTENCES = {
    ACCESS_DENIED: "access is denied: this needs an administrator of the server",
    MORE_DATA: f"the value is longer than {LONGEST_VALUE} bytes",
    1018: "the key is being deleted",
    1009: "the server's registry is damaged",
}
# RPC_HKEY (MS-RRP section 2.2), to us a name.
HKEY = Annotated[bytes, "20s"]


@structure
class OpenLocalMachine(NamedTuple):
    """Arguments of OpenLocalMachine (MS-RRP section 3.1.5.3)."""

    server_name: ULONG
    sam_desired: ULONG


@structure
class OpenKey(NamedTuple):
    """Arguments of BaseRegOpenKey behind the key and its name (MS-RRP section 3.1.5.15)."""

    options: ULONG
    sam_desired: ULONG


@structure
class OpenedKey(NamedTuple):
    """What OpenLocalMachine and BaseRegOpenKey return."""

    handle: HKEY
    error: ULONG


@structure
class QueryValue(NamedTuple):
    """Arguments of BaseRegQueryValue behind the key and the value's name: four pointers (MS-RRP section 3.1.5.17)."""

    type_pointer: ULONG = 1
    type: ULONG = 0
    data_pointer: ULONG = 2
    data_max_count: ULONG = LONGEST_VALUE
    data_offset: ULONG = 0
    data_actual_count: ULONG = 0
    data_size_pointer: ULONG = 3
    data_size: ULONG = LONGEST_VALUE
    length_pointer: ULONG = 4
    length: ULONG = 0


@structure
class QueriedValue(NamedTuple):
    """What BaseRegQueryValue returns, up to the data (MS-RRP section 3.1.5.17)."""

    type_pointer: ULONG
    type: ULONG
    data_pointer: ULONG
    data_max_count: ULONG
    data_offset: ULONG
    data_actual_count: ULONG


@structure
class ErrorStatus(NamedTuple):
    """error_status_t, which is the last that each procedure returns (MS-RRP section 2.2)."""

    error: ULONG


class SmbRegistry(Registry):
    r"""The registry of a server behind SMB1, by the pipe \winreg."""

    def __init__(self, server: SmbServer) -> None:
        self._server = server
        self._rpc: Rpc | None = None
        self._local_machine: bytes | None = None
        self._closed = ""
        self._keys: dict[str, bytes | ServerError | None] = {}

    def value(self, key: str, name: str) -> Value | None:
        handle = self._key(key)
        if handle is None:
            return None
        answer = self._call(QUERY_VALUE, handle + _name(name) + pack(QueryValue()))
        error = unpack_stub(ErrorStatus, answer, len(answer) - size_of(ErrorStatus)).error
        if error == FILE_NOT_FOUND:
            return None
        _refuse(error, f"{key}\\{name}")
        return _value(answer)

    def has(self, key: str) -> bool:
        return self._key(key) is not None

    def doubt(self, key: str) -> str | None:
        return None

    def _key(self, key: str) -> bytes | None:
        """Give the handle of a key; None when there is no such key."""
        known = upper(key)
        if known not in self._keys:
            try:
                self._keys[known] = self._open(key)
            except ServerError as error:
                self._keys[known] = error
        handle = self._keys[known]
        if isinstance(handle, ServerError):
            raise handle
        return handle

    def _open(self, key: str) -> bytes | None:
        root = self._root()
        return _handle(self._call(OPEN_KEY, root + _name(key) + pack(OpenKey(0, KEY_READ))), key)

    def _root(self) -> bytes:
        """Give the handle of HKEY_LOCAL_MACHINE; what refuses it refuses all that would follow."""
        if self._closed:
            raise RegistryClosed(self._closed)
        if self._local_machine is None:
            try:
                self._local_machine = self._open_local_machine()
            except (ServerError, StatusError) as error:
                self._closed = f"the server does not let its registry be read over the network: {_reason(error)}"
                raise RegistryClosed(self._closed) from error
        return self._local_machine

    def _open_local_machine(self) -> bytes:
        self._rpc = Rpc(open_pipe(self._server.session, "winreg"), WINREG)
        handle = _handle(self._call(OPEN_LOCAL_MACHINE, pack(OpenLocalMachine(0, KEY_READ))), "")
        if handle is None:
            raise ServerError("it has no HKEY_LOCAL_MACHINE")
        return handle

    def _call(self, opnum: int, arguments: bytes) -> bytes:
        if self._rpc is None:
            raise RegistryClosed(self._closed)
        try:
            return self._rpc.call(opnum, arguments)
        except StatusError as error:
            raise ServerError(f"the server's registry: {error}") from error


def _reason(error: ServerError | StatusError) -> str:
    if isinstance(error, StatusError) and error.status in NO_SERVICE:
        return f"its service for that is stopped, or there is none ({error})"
    return str(error)


def _handle(answer: bytes, key: str) -> bytes | None:
    """Take the answer to an open apart; None where there is no such key."""
    opened = unpack_stub(OpenedKey, answer)
    if opened.error == FILE_NOT_FOUND:
        return None
    _refuse(opened.error, key)
    return opened.handle


def _name(text: str) -> bytes:
    """Encode an RRP_UNICODE_STRING (MS-RRP section 2.2): its length counts the zero at its end."""
    return unicode_string(f"{text}\0")


def _value(answer: bytes) -> Value:
    """Take the answer of BaseRegQueryValue apart. One without data is shorter."""
    begin = size_of(QueriedValue)
    head = unpack_stub(QueriedValue, answer + b"\0" * begin)
    if not head.data_pointer:
        return Value(head.type, b"")
    length = head.data_actual_count
    if length > LONGEST_VALUE or length > head.data_max_count or begin + length > len(answer):
        raise ConnectionLost("the server announced another value than it sent")
    return Value(head.type, answer[begin : begin + length])


def _refuse(error: int, path: str) -> None:
    """Raise ServerError for an error (MS-ERREF section 2.2), with the path below HKEY_LOCAL_MACHINE."""
    if error:
        sentence = SENTENCES.get(error, f"the server refused it, error {error}")
        raise ServerError(f"HKLM\\{path}: {sentence}" if path else f"HKLM: {sentence}")


__all__ = ("SmbRegistry",)
