# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the SMB client sends stays the same to the bit: each request of it, as it was recorded in smb_recorded.py."""

from __future__ import annotations

import os
import struct
import time
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.protocols import Value
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.event_log import SmbEventLog
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.ntlm import Account
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.registry import SmbRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.request import (
    CREATE_NEW,
    READ_DATA,
    SHARE_NONE,
    SHARE_READ,
    WRITE_DATA,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.server import SmbServer
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.session import Session
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.share import Share, list_shares

from tests.lab.event_logs import Event, record
from tests.unit.smb_recorded import RECORDED

NEGOTIATE, CREATE, READ, WRITE = 0x72, 0xA2, 0x2E, 0x2F
TRANSACTION, TRANSACTION2 = 0x25, 0x32
UNICODE, OEM = 0xC05C, 0xC058
NOT_SUPPORTED = 0xC00000BB
HANDLE = bytes(range(20))
# Calls about an event log, and the numbers that they give: of records, and of the oldest.
TOLD = {4: 2, 5: 1}


class FakeWire:
    """A server as old as NT 4.0 that has an answer to everything, and notes what it was sent."""

    peer = "192.0.2.7"

    def __init__(self, capabilities: int) -> None:
        self._capabilities = capabilities
        self.sent: list[str] = []
        #: The command that it does not know, if any.
        self.unknown: int | None = None

    def send_packet(self, data: bytes) -> None:
        self.sent.append(data.hex())

    def recv_packet(self) -> bytes:
        request = bytes.fromhex(self.sent[-1])
        command = request[4]
        status, (words, data) = NOT_SUPPORTED, (b"", b"")
        if command != self.unknown:
            status, (words, data) = 0, self._answer(command, request)
        head = b"\xffSMB" + struct.pack("<BIBH", command, status, 0x88, 0x4001) + bytes(12)
        head += struct.pack("<HHHH", 0x0801, 7, 0x0802, *struct.unpack_from("<H", request, 30))
        return head + bytes((len(words) // 2,)) + words + struct.pack("<H", len(data)) + data

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def _answer(self, command: int, request: bytes) -> tuple[bytes, bytes]:
        if command == NEGOTIATE:
            words = struct.pack("<HBHHIIIIQHB", 0, 3, 50, 1, 4356, 65536, 0x1234, self._capabilities, 0, 0, 8)
            return words, b"challeng" + b"LAB\0"
        if command == CREATE:
            words = struct.pack("<BBHBHIQQQQIQQHHB", 255, 0, 0, 0, 0x4001, 1, 0, 0, 0, 0, 0x20, 4096, 5, 0, 0, 0)
            return words, b""
        if command == READ:
            return struct.pack("<BBHHHHHH10x", 255, 0, 0, 0, 0, 0, 5, 60), b"\0hello"
        if command == WRITE:
            return struct.pack("<BBHHHI", 255, 0, 0, *struct.unpack_from("<H", request, 33 + 20), 0, 0), b""
        if command in (TRANSACTION, TRANSACTION2):
            return _transacted(*_answer_to_transaction(command, request))
        return struct.pack("<BBHH", 255, 0, 0, 0), b""


def _transacted(parameters: bytes, data: bytes) -> tuple[bytes, bytes]:
    at = 32 + 1 + 20 + 2
    behind = at + len(parameters)
    sizes = (len(parameters), len(data), 0, len(parameters), at, 0, len(data), behind, 0)
    return struct.pack("<9HBB", *sizes, 0, 0), parameters + data


def _answer_to_transaction(command: int, request: bytes) -> tuple[bytes, bytes]:
    if command == TRANSACTION2:
        name = "SYSTEM.INI".encode("utf-16-le")
        # As an answer to a search that is at its end; others do not look at it.
        return struct.pack("<5H", 0, 1, 1, 0, 0), struct.pack("<III", 0, 0, len(name)) + name + bytes(16)
    if b"B13" in request:
        return struct.pack("<HHHH", 0, 0, 1, 1), b"C$".ljust(13, b"\0")
    call = request[struct.unpack_from("<H", request, 33 + 24)[0] :]
    return b"", _answer_to_call(call)


def _answer_to_call(call: bytes) -> bytes:
    if call[2] == 11:
        kind, body = 12, struct.pack("<HHIH", 4280, 4280, 1, 13) + b"\\PIPE\\winreg\0" + bytes(3)
        body += struct.pack("<BBHHH", 1, 0, 0, 0, 0) + bytes(20)
    else:
        kind, body = 2, bytes(8) + (HANDLE + bytes(4))
        if call[22] == 17:
            body = bytes(8) + struct.pack("<IIIIIII", 1, 4, 2, 4, 0, 4, 1) + struct.pack("<IIIII", 3, 4, 4, 4, 0)
        elif call[22] in TOLD:
            body = bytes(8) + struct.pack("<II", TOLD[call[22]], 0)
        elif call[22] == 10:
            body = bytes(8) + _answer_to_read(*struct.unpack_from("<III", call, 24 + 20))
    return struct.pack("<BBBB4sHHI", 5, 0, kind, 3, b"\x10\0\0\0", 16 + len(body), 0, call[12]) + body


def _answer_to_read(flags: int, _number: int, room: int) -> bytes:
    """Give the oldest of two records for the newest, so that the reader asks for the other by its number."""
    found = record(1, Event(9301, 0)) if flags & 1 else b""
    return struct.pack("<I", room) + found.ljust(room, b"\0") + struct.pack("<III", len(found), 0, 0)


def talk(capabilities: int, auth: str, account: tuple[str, str]) -> list[str]:
    """Make each request once; give the messages in hex."""
    wire: Any = FakeWire(capabilities)
    session = Session(wire)
    session.log_on(Account(account[0], "secret", account[1], auth))
    use_files(session, wire)
    assert list_shares(session) == ["C$"]
    registry = SmbRegistry(SmbServer("ex01", (), lambda: session))
    assert registry.value("SYSTEM\\Select", "Current") == Value(4, struct.pack("<I", 1))
    assert not list(SmbEventLog(SmbServer("ex01", (), lambda: session)).newest_first())
    assert Share(session, "c$").file_system() == "SYSTEM.INI"
    return list(wire.sent)


def use_files(session: Session, wire: FakeWire) -> None:
    """Make each request for a file."""
    share = Share(session, "c$")
    handle = share.open("\\Mspclnt\\Mspclnt.ini", READ_DATA | WRITE_DATA, SHARE_READ)
    made = share.open("\\new.ini", WRITE_DATA, SHARE_NONE, CREATE_NEW)
    assert handle.read(4) == b"hello"
    assert handle.read_at(0x12345678, 5) == b"hello"
    handle.write(3, b"hello")
    handle.truncate(0x1234)
    wire.unknown = TRANSACTION2
    handle.truncate(0x1234)
    wire.unknown = None
    handle.flush()
    handle.close()
    made.close()
    again = Share(session, "C$")
    again.delete("\\odd.ini")
    assert again.names("\\WINNT\\*.ini")
    assert again.attributes("\\Mspclnt") == 0


@pytest.mark.parametrize("name", RECORDED)
def test_each_request_is_as_it_was_recorded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", lambda count: bytes(range(count)))
    monkeypatch.setattr(os, "getpid", lambda: 7)
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.25)
    names, auth = name.split(", ")
    account = ("administrator", "") if auth == "ntlmv2" else ("svc", "OFFICE")
    assert talk({"unicode": UNICODE, "oem": OEM}[names], auth, account) == RECORDED[name]
