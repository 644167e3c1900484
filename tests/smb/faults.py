# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are spoiled on their way, and calls that must end in time whatever comes."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_over_smb,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import parse, read_value
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ConnectionLost,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import request as smb_request
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.editor import SmbEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.files import SmbFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.ntlm import Account
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.server import SmbServer
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.session import Session
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.status import StatusError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.wire import Deadline, Refused, Wire

from tests.lab.lab import PASSWORD, USER
from tests.lab.proxy import FaultProxy, Reset
from tests.lab.servers import FILES_ONLY
from tests.smb.edits import OLD, PATH, request


class Limits(NamedTuple):
    """How many seconds one answer may take, and a whole call."""

    answer: float
    call: float


# Waited for only where an answer does not come, and far longer than a busy machine needs for one that does.
HURRIED = Limits(2.0, 6.0)
PATIENT = Limits(10.0, 60.0)
LONGER = OLD + b"[EMSMTA]\r\nDisable=1000\r\n"
NAME = "Mspclnt.ini"
# Where the number of the file stands in a message: behind its length, the header, the count of words and an AndX block.
FILE_OF = {smb_request.WRITE: 4 + 32 + 1 + 4, smb_request.FLUSH: 4 + 32 + 1}
Call = Callable[[SmbServer], object]
Fault = Callable[[bytes], Iterable[bytes]]


def swallowed(_answer: bytes) -> Iterable[bytes]:
    return ()


def garbage(answer: bytes) -> Iterable[bytes]:
    return (answer[:4], os.urandom(len(answer) - 4))


def http(_answer: bytes) -> Iterable[bytes]:
    return (b"HTTP/1.0 400 Bad Request\r\n\r\n",)


def reset(_answer: bytes) -> Iterable[bytes]:
    raise Reset


def trickle(answer: bytes) -> Iterable[bytes]:
    for byte in answer:
        time.sleep(0.05)
        yield bytes((byte,))


def late(answer: bytes) -> Iterable[bytes]:
    time.sleep(HURRIED.answer * 1.4)
    yield answer


QUICK, SLOW = (garbage, http, reset), (swallowed, trickle, late)


def server_at(port: int, limits: Limits) -> SmbServer:
    """Give a server on loopback, with one deadline for all its sessions."""
    deadline = Deadline(*limits)

    def connect() -> Session:
        session = Session(Wire("127.0.0.1", port, deadline, "*SMBSERVER"))
        session.log_on(Account(USER, PASSWORD, "", "ntlmv2"))
        return session

    return SmbServer("127.0.0.1", (), connect)


def audit(server: SmbServer) -> object:
    result = apply(SmbEditor(server), request(), check=True, diff=False)
    assert not result["changed"]
    return result


def look(server: SmbServer) -> object:
    result = inform(SmbFiles(server), look_request_over_smb(FILES_ONLY), check=False)
    # What is lost on the way is an error, never a gap in an answer.
    assert result["status"] == "protected"
    assert not result["not_read"]
    return result


def write_to(name: str) -> Call:
    """Give a call that edits the file of this name, with a backup."""
    wanted = request(backup=True, path=PATH.replace(NAME, name))
    return lambda server: apply(SmbEditor(server), wanted, check=False, diff=False)


write = write_to(NAME)


def requests_of(call: Call, server: tuple[str, int]) -> list[bytes]:
    """Give the kinds of requests that an undisturbed call makes."""
    kinds: list[bytes] = []

    def note(message: bytes, answer: bytes) -> Iterable[bytes]:
        # A transaction is told by what it asks for.
        kinds.append(message[8:9] + (message[65:67] if message[8] == smb_request.TRANSACTION2 else b""))
        return (answer,)

    with FaultProxy(server, answer=note) as proxy:
        call(server_at(proxy.port, PATIENT))
    return kinds


def places(call: Call, fault: Fault, server: tuple[str, int]) -> list[int]:
    """Give the requests to disturb: all, or where that takes long the first, the first read and the last of each."""
    kinds = requests_of(call, server)
    if fault in QUICK:
        return list(range(len(kinds)))
    last = {kind: at for at, kind in enumerate(kinds)}
    return sorted({0, kinds.index(bytes((smb_request.READ,))), *last.values()})


def check(call: Call, fault: Fault, server: tuple[str, int], at: int) -> None:
    """Make a call of which one answer is spoiled; it ends in time, with an error of ours if any."""
    limits = HURRIED if fault in SLOW else PATIENT
    seen: list[bytes] = []

    def spoil(message: bytes, answer: bytes) -> Iterable[bytes]:
        seen.append(message)
        return fault(answer) if len(seen) == at + 1 else (answer,)

    with FaultProxy(server, answer=spoil) as proxy:
        begin = time.monotonic()
        with contextlib.suppress(ConnectionLost, ServerError, Refused, StatusError):
            call(server_at(proxy.port, limits))
        assert time.monotonic() - begin < limits.call + limits.answer, at
    assert len(seen) > at


def at_each(numbers: Iterable[int], fault: Fault, action: Callable[[int], object]) -> None:
    """Do something at each of these requests; at several at once where it is waiting that takes the time."""
    with ThreadPoolExecutor(8 if fault in SLOW else 1) as pool:
        list(pool.map(action, numbers))


def reads_right(ini: Path) -> bool:
    return read_value(parse(ini.read_bytes()), b"EMSMTA", b"Disable") == b"1"
