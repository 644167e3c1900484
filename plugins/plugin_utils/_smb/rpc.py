# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remote procedure calls over a named pipe, and the remote registry (MS-RRP). Never writes.

PRIVATE to the collection: no part of this file is a public interface.

The SMB library has this too. Its calls ask again without end where a server keeps saying
that there is more, and cost several times what the rest of a look costs.
"""

from __future__ import annotations

import struct
from uuid import UUID

from ...module_utils._server.errors import ConnectionLost, RegistryClosed, ServerError
from ...module_utils._server.protocols import Registry, Value
from .server import SmbServer
from .session import Pipe
from .status import StatusError

# MS-RPCE section 2.2.2; C706 chapter 12.
BIND, BIND_ACK, BIND_NAK, REQUEST, RESPONSE, FAULT = 11, 12, 13, 0, 2, 3
WHOLE = 0x03
HEADER = struct.Struct("<BBBB4sHHI")
LITTLE_ENDIAN = b"\x10\0\0\0"
LONGEST_FRAGMENT = 4096
NDR = UUID("8a885d04-1ceb-11c9-9fe8-08002b104860").bytes_le + struct.pack("<I", 2)
# MS-RRP section 3.1.4 and 3.1.5.
WINREG = UUID("338cd001-2244-31f1-aaaa-900038001003").bytes_le + struct.pack("<I", 1)
OPEN_LOCAL_MACHINE, OPEN_KEY, QUERY_VALUE = 2, 15, 17
KEY_READ = 0x20019
HANDLE = 20
# The longest value that is asked for: one whole answer then fits into one fragment.
LONGEST_VALUE = 3000
FILE_NOT_FOUND, ACCESS_DENIED, MORE_DATA = 2, 5, 234
WORDS = {
    ACCESS_DENIED: "access is denied: this needs an administrator of the server",
    MORE_DATA: f"the value is longer than {LONGEST_VALUE} bytes",
    1018: "the key is being deleted",
    1009: "the server's registry is damaged",
}
STOPPED = (0xC0000034, 0xC00000AC, 0xC00000AE)


class Rpc:
    """One interface of a server, bound over a named pipe."""

    def __init__(self, pipe: Pipe, interface: bytes) -> None:
        self._pipe = pipe
        self._calls = 0
        context = struct.pack("<HBB", 0, 1, 0) + interface + NDR
        body = struct.pack("<HHIBBH", LONGEST_FRAGMENT, LONGEST_FRAGMENT, 0, 1, 0, 0) + context
        answer = self._exchange(BIND, body, BIND_ACK)
        length = _number(answer, 8, "<H")
        at = (10 + length + 3) & ~3
        if _number(answer, at + 4, "<H") != 0:
            raise ServerError("the server does not offer its registry by this pipe")

    def call(self, number: int, arguments: bytes) -> bytes:
        """Call a procedure; give what it returns, as NDR."""
        body = struct.pack("<IHH", len(arguments), 0, number) + arguments
        return self._exchange(REQUEST, body, RESPONSE)[8:]

    def _exchange(self, kind: int, body: bytes, wanted: int) -> bytes:
        self._calls += 1
        head = HEADER.pack(5, 0, kind, WHOLE, LITTLE_ENDIAN, HEADER.size + len(body), 0, self._calls)
        answer = self._pipe.transact(head + body)
        if answer[2:3] == bytes((BIND_NAK,)):
            raise ServerError("the server refused to be asked by this pipe")
        if len(answer) < HEADER.size + 8:
            raise ConnectionLost("the server's answer to a call is shorter than it must be")
        _v, _m, got, flags, order, length, auth, call = HEADER.unpack_from(answer)
        if got == FAULT:
            raise ServerError(f"the server refused the call (fault 0x{_number(answer, HEADER.size + 8):08x})")
        if (got, flags & WHOLE, order[:1], length, auth, call) != (wanted, WHOLE, b"\x10", len(answer), 0, self._calls):
            raise ConnectionLost("the server sent something that is no whole answer to the call")
        return answer[HEADER.size :]


class SmbRegistry(Registry):
    r"""The registry of a server behind SMB1, by the pipe \winreg."""

    def __init__(self, server: SmbServer) -> None:
        self._server = server
        self._rpc: Rpc | None = None
        self._handle: bytes | None = None
        self._closed = ""
        self._keys: dict[str, bytes | ServerError | None] = {}

    def value(self, key: str, name: str) -> Value | None:
        handle = self._key(key)
        if handle is None:
            return None
        text = _string(name)
        asked = struct.pack("<II", 1, 0) + struct.pack("<IIII", 2, LONGEST_VALUE, 0, 0)
        asked += struct.pack("<IIII", 3, LONGEST_VALUE, 4, 0)
        answer = self._call(QUERY_VALUE, handle + text + asked)
        error = _number(answer, len(answer) - 4)
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
        known = key.upper()
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
        answer = self._call(OPEN_KEY, self._root() + _string(key) + struct.pack("<II", 0, KEY_READ))
        return _handle(answer, key)

    def _root(self) -> bytes:
        """Give the handle of HKEY_LOCAL_MACHINE; what refuses it refuses all that would follow."""
        if self._closed:
            raise RegistryClosed(self._closed)
        if self._handle is None:
            try:
                self._rpc = Rpc(self._server.session.pipe("winreg"), WINREG)
                self._handle = _handle(self._call(OPEN_LOCAL_MACHINE, struct.pack("<II", 0, KEY_READ)), "")
                if self._handle is None:
                    raise ServerError("it has no HKEY_LOCAL_MACHINE")
            except (ServerError, StatusError) as error:
                self._closed = f"the server does not let its registry be read over the network: {_why(error)}"
                raise RegistryClosed(self._closed) from error
        return self._handle

    def _call(self, number: int, arguments: bytes) -> bytes:
        if self._rpc is None:
            raise RegistryClosed(self._closed)
        try:
            return self._rpc.call(number, arguments)
        except StatusError as error:
            raise ServerError(f"the server's registry: {error}") from error


def _why(error: ServerError | StatusError) -> str:
    if isinstance(error, StatusError) and error.status in STOPPED:
        return f"its service for that is stopped, or there is none ({error})"
    return str(error)


def _handle(answer: bytes, key: str) -> bytes | None:
    """Take the answer to an open apart; None where there is no such key."""
    error = _number(answer, HANDLE)
    if error == FILE_NOT_FOUND:
        return None
    _refuse(error, key)
    return answer[:HANDLE]


def _string(text: str) -> bytes:
    """Encode an RRP_UNICODE_STRING (MS-RRP section 2.2.4)."""
    raw = (text + "\0").encode("utf-16-le")
    count = len(raw) // 2
    return struct.pack("<HHIIII", len(raw), len(raw), 0x20000, count, 0, count) + raw + b"\0" * (-len(raw) % 4)


def _value(answer: bytes) -> Value:
    """Take the answer of BaseRegQueryValue apart (MS-RRP section 3.1.5.17)."""
    kind, data, longest, _start, length = struct.unpack_from("<4xIIIII", answer + b"\0" * 24)
    if not data:
        return Value(kind, b"")
    if length > LONGEST_VALUE or length > longest or 24 + length > len(answer):
        raise ConnectionLost("the server announced another value than it sent")
    return Value(kind, answer[24 : 24 + length])


def _refuse(error: int, what: str) -> None:
    if error:
        path = f"HKLM\\{what}" if what else "HKLM"
        raise ServerError(f"{path}: {WORDS.get(error, f'the server refused it, error {error}')}")


def _number(data: bytes, at: int, form: str = "<I") -> int:
    if at < 0 or at + struct.calcsize(form) > len(data):
        raise ConnectionLost("the server's answer to a call is shorter than it must be")
    return int(struct.unpack_from(form, data, at)[0])


__all__ = ("Rpc", "SmbRegistry")
