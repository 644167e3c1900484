# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Remote registries for servers of the lab: what answers behind smbd's pipe \winreg.

Samba's own has one registry per smbd, and answers some of it from a constant. Requests and
answers are taken apart by impacket, which the collection does not use for that. `python -m
tests.lab.winreg FOLDER` does it for a lab in another process.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from impacket.dcerpc.v5 import rrp
from impacket.dcerpc.v5.dtypes import NULL

from tests.lab.pipes import Calls, Pipe
from tests.lab.trees import Tree, find, value

NOT_FOUND, DENIED, INVALID_HANDLE, MORE_DATA = 2, 5, 6, 234
OPEN_LOCAL_MACHINE, CLOSE, OPEN_KEY, QUERY_VALUE = 2, 5, 15, 17
CALLS: dict[int, tuple[Any, Any]] = {
    OPEN_LOCAL_MACHINE: (rrp.OpenLocalMachine, rrp.OpenLocalMachineResponse),
    CLOSE: (rrp.BaseRegCloseKey, rrp.BaseRegCloseKeyResponse),
    OPEN_KEY: (rrp.BaseRegOpenKey, rrp.BaseRegOpenKeyResponse),
    QUERY_VALUE: (rrp.BaseRegQueryValue, rrp.BaseRegQueryValueResponse),
}
SERVICES = "services"


class WinReg(Pipe):
    """The registries of a lab, by the address of the server; a context manager.

    faults: those of `Pipe`, or "denied" (the whole), "denied service" (keys of services), "more" (never all of a
    value), "lies" (about lengths).
    """

    def __init__(self, base: Path, registries: Mapping[str, Tree], faults: Mapping[str, str] | None = None) -> None:
        super().__init__(base, "winreg", faults)
        self.registries = dict(registries)

    @property
    def addresses(self) -> Iterable[str]:
        return self.registries

    def calls(self, address: str) -> Calls:
        return Connection(self.registries.get(address, {}), self.faults.get(address, "")).call


class Connection:
    """One client of one registry."""

    def __init__(self, tree: Tree, fault: str) -> None:
        self._tree = tree
        self._fault = fault
        self._keys: dict[bytes, Tree] = {}

    def call(self, number: int, stub: bytes) -> bytes | None:
        """Serve a call."""
        if number not in CALLS:
            return None
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


def main() -> None:
    """Serve the registries of a lab, from registries.json in its folder, until a signal ends the process."""
    base = Path(sys.argv[1])
    with WinReg(base, json.loads((base / "registries.json").read_text())):
        signal.pause()


if __name__ == "__main__":
    main()
