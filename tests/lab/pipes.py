# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Services behind named pipes of the lab's servers.

smbd hands a pipe on to who listens on the socket of its name in its ``np`` folder, and tells to
which address the client came, so one process serves all servers.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

BIND, BIND_ACK, BIND_NAK, REQUEST, RESPONSE, FAULT = 11, 12, 13, 0, 2, 3
FIRST_FRAG, LAST_FRAG = 1, 2
NDR = bytes.fromhex("045d888aeb1cc9119fe808002b10486002000000")
# In bytes: the longest fragment of these servers, and what stands before what a call returns.
LONGEST_FRAGMENT, HEAD = 4280, 24
# Gets the number of a procedure and its arguments; gives what it returns, or None where there is no such procedure.
Calls = Callable[[int, bytes], bytes | None]
AnyPipe = TypeVar("AnyPipe", bound="Pipe")


class Pipe(ABC):
    """A pipe of the servers of a lab; a context manager.

    faults: what a server does wrong, by its address: "silent", "garbage", "unknown call", "no bind",
    and what else the pipe knows.
    """

    def __init__(self, base: Path, name: str, faults: Mapping[str, str] | None) -> None:
        # The folder may be a link to one with a shorter path.
        self._path = (base / "ncalrpc").resolve() / "np" / name
        self.faults = dict(faults or {})
        self._listener = socket.socket(socket.AF_UNIX)

    @property
    @abstractmethod
    def addresses(self) -> Iterable[str]:
        """Give the addresses of the servers that have something to say."""

    @abstractmethod
    def calls(self, address: str) -> Calls:
        """Serve one more client of a server."""

    def __enter__(self: AnyPipe) -> AnyPipe:
        # smbd wants this folder for itself.
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._listener.bind(str(self._path))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                address = self._greet(client)
                calls, fault = self.calls(address), self.faults.get(address, "")
                while True:
                    message = exactly(client, struct.unpack("<H", exactly(client, 2))[0])
                    for answer in _answers(message, calls, fault, self._path.name):
                        client.sendall(struct.pack("<H", len(answer)) + answer)
            except (OSError, EOFError):
                pass

    def _greet(self, client: socket.socket) -> str:
        """Take over a pipe from smbd, in its own form; give the server's address that it names."""
        told = exactly(client, struct.unpack(">I", exactly(client, 4))[0])
        (level,) = struct.unpack_from("<I", told, 4)
        # File type 2 is message mode; then device state, allocation, status.
        answer = b"NPAM" + struct.pack("<IIHH", level, level, 2, 0x5FF)
        answer += b"\0" * (-(len(answer) + 4) % 8) + struct.pack("<QI", 4096, 0)
        client.sendall(struct.pack(">I", len(answer)) + answer)
        # Client and server may have the same address; any other text is longer.
        known = [address for address in self.addresses if address.encode() + b"\0" in told]
        return max(known, key=len) if known else ""


def _answers(message: bytes, calls: Calls, fault: str, name: str) -> Iterator[bytes]:
    """Give the fragments of the answer to a message."""
    kind = message[2]
    if kind == BIND and fault == "no bind":
        # A reason and no versions: shorter than any other answer.
        yield pdu(message, BIND_NAK, struct.pack("<HB", 0, 0))
    elif kind == BIND:
        place = f"\\PIPE\\{name}\0".encode()
        body = struct.pack("<HHIH", LONGEST_FRAGMENT, LONGEST_FRAGMENT, 1, len(place)) + place
        body += b"\0" * (-(16 + len(body)) % 4)
        yield pdu(message, BIND_ACK, body + struct.pack("<B3xHH", 1, 0, 0) + NDR)
    elif fault == "garbage":
        # By chance it could begin as a refusal does.
        yield b"\xff" * HEAD + os.urandom(200)
    else:
        if fault == "silent":
            time.sleep(3600)
        number = struct.unpack_from("<H", message, 22)[0]
        stub = None if fault == "unknown call" else calls(number, message[HEAD:])
        if stub is None:
            # nca_s_op_rng_error
            yield pdu(message, FAULT, struct.pack("<IHBBII", 0, 0, 0, 0, 0x1C010002, 0))
        else:
            yield from _fragments(message, stub)


def _fragments(message: bytes, stub: bytes) -> Iterator[bytes]:
    room = LONGEST_FRAGMENT - HEAD
    for at in range(0, max(len(stub), 1), room):
        flags = (FIRST_FRAG if at == 0 else 0) | (LAST_FRAG if at + room >= len(stub) else 0)
        yield pdu(message, RESPONSE, struct.pack("<IHBB", len(stub) - at, 0, 0, 0) + stub[at : at + room], flags)


def pdu(request: bytes, kind: int, body: bytes, flags: int = FIRST_FRAG | LAST_FRAG) -> bytes:
    """Give a fragment of an answer to a request of connection-oriented RPC."""
    return struct.pack("<BBBB4sHH", 5, 0, kind, flags, b"\x10\0\0\0", 16 + len(body), 0) + request[12:16] + body


def exactly(source: socket.socket, count: int) -> bytes:
    """Receive so many bytes, or raise EOFError."""
    data = b""
    while len(data) < count:
        part = source.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data
