# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Remote registries for servers of the lab: what answers behind smbd's pipe \winreg.

Samba's own has one registry per smbd, and answers some of it from a constant. smbd hands a
pipe on to who listens on the socket of its name in its ``np`` folder, and tells to which
address the client came, so one process serves all servers. Requests and answers are taken
apart by impacket, which the collection does not use for that. `python -m tests.lab.winreg
FOLDER` does it for a lab in another process.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impacket.dcerpc.v5 import rrp
from impacket.dcerpc.v5.dtypes import NULL

from tests.lab.trees import Tree, find, value

BIND, BIND_ACK, BIND_NAK, REQUEST, RESPONSE = 11, 12, 13, 0, 2
NDR = bytes.fromhex("045d888aeb1cc9119fe808002b10486002000000")
NOT_FOUND, DENIED, INVALID_HANDLE, MORE_DATA = 2, 5, 6, 234
OPEN_LOCAL_MACHINE, CLOSE, OPEN_KEY, QUERY_VALUE = 2, 5, 15, 17
CALLS: dict[int, tuple[Any, Any]] = {
    OPEN_LOCAL_MACHINE: (rrp.OpenLocalMachine, rrp.OpenLocalMachineResponse),
    CLOSE: (rrp.BaseRegCloseKey, rrp.BaseRegCloseKeyResponse),
    OPEN_KEY: (rrp.BaseRegOpenKey, rrp.BaseRegOpenKeyResponse),
    QUERY_VALUE: (rrp.BaseRegQueryValue, rrp.BaseRegQueryValueResponse),
}
SERVICES = "services"


class WinReg:
    """The registries of a lab, by the address of the server; a context manager.

    faults: what a server does wrong, by its address: "denied" (the whole), "denied service"
    (keys of services), "more" (never all of a value), "lies" (about lengths), "silent",
    "garbage", "unknown call", or "no bind".
    """

    def __init__(self, base: Path, registries: Mapping[str, Tree], faults: Mapping[str, str] | None = None) -> None:
        # The folder may be a link to one with a shorter path.
        self._path = (base / "ncalrpc").resolve() / "np" / "winreg"
        self.registries = dict(registries)
        self.faults = dict(faults or {})
        self._listener = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> WinReg:
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
                Connection(client, self.registries.get(address, {}), self.faults.get(address, "")).run()
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
        known = [address for address in self.registries if address.encode() + b"\0" in told]
        return max(known, key=len) if known else ""


class Connection:
    """One client of one registry."""

    def __init__(self, client: socket.socket, tree: Tree, fault: str) -> None:
        self._client = client
        self._tree = tree
        self._fault = fault
        self._keys: dict[bytes, Tree] = {}

    def run(self) -> None:
        """Answer until the client goes."""
        while True:
            message = exactly(self._client, struct.unpack("<H", exactly(self._client, 2))[0])
            answer = self._answer(message)
            if answer is not None:
                self._client.sendall(struct.pack("<H", len(answer)) + answer)

    def _answer(self, message: bytes) -> bytes | None:
        kind = message[2]
        if kind == BIND and self._fault == "no bind":
            # A reason and no versions: shorter than any other answer.
            return pdu(message, BIND_NAK, struct.pack("<HB", 0, 0))
        if kind == BIND:
            body = struct.pack("<HHIH", 4280, 4280, 1, 13) + b"\\PIPE\\winreg\0" + b"\0" * 3
            return pdu(message, BIND_ACK, body + struct.pack("<B3xHH", 1, 0, 0) + NDR)
        if self._fault == "silent":
            time.sleep(3600)
        if self._fault == "garbage":
            return os.urandom(200)
        number = struct.unpack_from("<H", message, 22)[0]
        if number not in CALLS or self._fault == "unknown call":
            # nca_s_op_rng_error
            return pdu(message, 3, struct.pack("<IHBBII", 0, 0, 0, 0, 0x1C010002, 0))
        stub = self._call(number, message[24:])
        return pdu(message, RESPONSE, struct.pack("<IHBB", len(stub), 0, 0, 0) + stub)

    def _call(self, number: int, stub: bytes) -> bytes:
        asked, answer = CALLS[number][0](stub), CALLS[number][1]()
        answer["ErrorCode"] = {
            OPEN_LOCAL_MACHINE: self._open_root,
            OPEN_KEY: self._open_key,
            QUERY_VALUE: self._query,
            CLOSE: self._close,
        }[number](asked, answer)
        data: bytes = answer.getData()
        if self._fault == "lies" and number == QUERY_VALUE:
            # The count of bytes that follow, in the array of the value.
            return data[:12] + struct.pack("<III", 0x7FFFFFFF, 0, 0x7FFFFFFF) + data[24:]
        return data

    def _open_root(self, _asked: Any, answer: Any) -> int:
        self._hand_out(answer, "phKey", None if self._fault == "denied" else self._tree)
        return DENIED if self._fault == "denied" else 0

    def _open_key(self, asked: Any, answer: Any) -> int:
        tree, path = self._key(asked), asked["lpSubKey"].rstrip("\0")
        if self._fault == "denied service" and SERVICES in path.lower():
            self._hand_out(answer, "phkResult", None)
            return DENIED
        found = find(tree, path) if tree is not None else None
        self._hand_out(answer, "phkResult", found)
        return INVALID_HANDLE if tree is None else NOT_FOUND if found is None else 0

    def _query(self, asked: Any, answer: Any) -> int:
        tree = self._key(asked)
        found = value(tree, asked["lpValueName"].rstrip("\0")) if tree is not None else None
        kind, data = found or (0, b"")
        room = asked["lpcbData"]
        size = room + 1000 if self._fault == "more" and found else len(data)
        fits = found is not None and size <= room
        answer["lpType"], answer["lpcbData"], answer["lpcbLen"] = kind, size, size if fits else 0
        answer["lpData"] = [bytes([byte]) for byte in data] if fits and data else NULL
        return 0 if fits else NOT_FOUND if found is None else MORE_DATA

    def _close(self, asked: Any, answer: Any) -> int:
        self._hand_out(answer, "hKey", None)
        return 0 if self._keys.pop(asked["hKey"]["context_handle_uuid"], None) is not None else INVALID_HANDLE

    def _key(self, asked: Any) -> Tree | None:
        return self._keys.get(asked["hKey"]["context_handle_uuid"])

    def _hand_out(self, answer: Any, field: str, tree: Tree | None) -> None:
        handle = os.urandom(16) if tree is not None else b"\0" * 16
        if tree is not None:
            self._keys[handle] = tree
        answer[field]["context_handle_attributes"], answer[field]["context_handle_uuid"] = 0, handle


def pdu(request: bytes, kind: int, body: bytes) -> bytes:
    """Give an answer to a request: one fragment of connection-oriented RPC."""
    return struct.pack("<BBBB4sHH", 5, 0, kind, 3, b"\x10\0\0\0", 16 + len(body), 0) + request[12:16] + body


def exactly(source: socket.socket, count: int) -> bytes:
    """Receive so many bytes, or raise EOFError."""
    data = b""
    while len(data) < count:
        part = source.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def main() -> None:
    """Serve the registries of a lab, from registries.json in its folder, until a signal ends the process."""
    base = Path(sys.argv[1])
    with WinReg(base, json.loads((base / "registries.json").read_text())):
        signal.pause()


if __name__ == "__main__":
    main()
