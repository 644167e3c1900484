# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy on loopback that sees whole SMB messages, and spoils what a test wants spoiled."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable

NEGOTIATE, EXTENDED_SECURITY = 0x72, 0x0800


class Cut(Exception):
    """End the connection now; ``send`` still goes to the server. With ``silently`` the server does not notice."""

    def __init__(self, send: bytes = b"", silently: bool = False) -> None:
        super().__init__()
        self.send = send
        self.silently = silently


class Reset(Exception):
    """End the client's connection by a TCP reset."""


# Gets the number of the client's message, from 0, and the message; gives what is sent on.
Hook = Callable[[int, bytes], bytes]
# Gets the client's message and the server's answer; gives what is sent to the client, piece by piece.
AnswerHook = Callable[[bytes, bytes], Iterable[bytes]]


class FaultProxy:
    """Forwards to a server; a context manager. ``delay`` is added to each request, in seconds.

    Session requests of port 139 are forwarded too, and counted among the messages.
    """

    def __init__(
        self,
        server: tuple[str, int],
        hook: Hook | None = None,
        delay: float = 0.0,
        answer: AnswerHook | None = None,
        listen: tuple[str, int] = ("127.0.0.1", 0),
    ) -> None:
        self._server = server
        self.hook = hook
        self._delay = delay
        self._answer = answer
        self._listener = socket.create_server(listen)
        self.host: str = listen[0]
        self.port: int = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(self, *_error: object) -> None:
        for each in [self._listener, *self._sockets]:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()

    def refuse(self) -> None:
        """Let nobody else in; who is connected stays so."""
        # Closing alone would leave the thread that accepts one more.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._server)
            except OSError:
                client.close()
                continue
            self._sockets += [client, server]
            threading.Thread(target=self._requests, args=(client, server), daemon=True).start()
            if self._answer is None:
                threading.Thread(target=_pump, args=(server, client), daemon=True).start()

    def _requests(self, client: socket.socket, server: socket.socket) -> None:
        number = 0
        try:
            while True:
                message = _message(client)
                time.sleep(self._delay)
                server.sendall(self.hook(number, message) if self.hook else message)
                number += 1
                if self._answer is not None:
                    for piece in self._answer(message, _message(server)):
                        client.sendall(piece)
        except Reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
        except Cut as cut:
            if cut.send:
                server.sendall(cut.send)
                # Let the server do it before the client is cut off.
                time.sleep(0.1)
            if cut.silently:
                client.shutdown(socket.SHUT_RDWR)
                return
        except OSError:
            pass
        for each in (client, server):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def as_nt4(_number: int, message: bytes) -> bytes:
    """Ask for no extended security, as if the server were NT 4.0 and offered none."""
    if message[0] or message[8] != NEGOTIATE:
        return message
    flags = struct.unpack_from("<H", message, 4 + 10)[0] & ~EXTENDED_SECURITY
    return message[: 4 + 10] + struct.pack("<H", flags) + message[4 + 12 :]


def _message(source: socket.socket) -> bytes:
    head = _exactly(source, 4)
    return head + _exactly(source, struct.unpack(">I", head)[0] & 0xFFFFFF)


def _exactly(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = source.recv(count - len(data))
        if not part:
            raise OSError("closed")
        data += part
    return data


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while part := source.recv(65536):
            target.sendall(part)
    except OSError:
        pass
    for each in (source, target):
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
