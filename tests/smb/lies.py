# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that lies: its answers with one field changed, and what must hold whatever it says.

The layout is that of MS-CIFS section 2.2; an answer stands behind four bytes with its length.
"""

from __future__ import annotations

import itertools
import re
import struct
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.copies import backup_name
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_over_smb,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import ProfileError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ConnectionLost,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import request as smb_request
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import transaction
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.editor import SmbEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.files import SmbFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.registry import SmbRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.server import SmbServer
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.status import StatusError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.wire import Refused

from tests.lab.lab import Lab
from tests.lab.proxy import NEGOTIATE as FIRST
from tests.lab.proxy import FaultProxy
from tests.lab.servers import FILES_ONLY, OPTIONS, samples
from tests.lab.winreg import WinReg
from tests.smb.callers import Caller
from tests.smb.edits import NEW, request
from tests.smb.faults import LONGER, NAME, PATIENT, Limits, reads_right, server_at

# Short, as many lies make the client wait for what does not come.
LIMITS = Limits(0.5, 2.0)
LENGTH = 4
STATUS, FLAGS, WORDS = LENGTH + 5, LENGTH + 10, LENGTH + 33
CREATE, READ, WRITE = "create", "read", "write"
NEGOTIATE, SESSION_SETUP, TREE_CONNECT = "negotiate", "session setup", "tree connect"
FLUSH, CLOSE, SET_FILE, FIND_FIRST, SHARE_LIST = "flush", "close", "set file", "find first", "share list"
BIND, OPEN_ROOT, OPEN_KEY, QUERY_VALUE, OTHER = "bind", "open root", "open key", "query value", "other"
KINDS = {
    FIRST: NEGOTIATE,
    smb_request.SESSION_SETUP: SESSION_SETUP,
    smb_request.TREE_CONNECT: TREE_CONNECT,
    smb_request.CREATE: CREATE,
    smb_request.READ: READ,
    smb_request.WRITE: WRITE,
    smb_request.FLUSH: FLUSH,
    smb_request.CLOSE: CLOSE,
}
TRANSACTIONS = {transaction.FIND_FIRST: FIND_FIRST, transaction.SET_FILE: SET_FILE}
CALLS_OF_PIPE = {2: OPEN_ROOT, 15: OPEN_KEY, 17: QUERY_VALUE}
# What the action layer makes a result of, or an unreachable host; before that, the connection also takes a status.
OURS = (ConnectionLost, ServerError, Refused, ProfileError)
AT_LOGON = (ConnectionLost, ServerError, Refused, StatusError, OSError)

Result = dict[str, Any]
Call = Callable[[SmbServer], Result]
# Gets the number of an answer, the request and the answer; gives what is sent in its place.
Answers = Callable[[int, bytes, bytes], Iterable[bytes]]
# Gets the number of an answer and the request; tells whether a lie is to be told there.
Chosen = Callable[[int, bytes], bool]
# Gets an answer, gives what is sent in its place.
Lie = Callable[[bytes], Iterable[bytes]]


def audit(server: SmbServer) -> Result:
    return apply(SmbEditor(server), request(), check=True, diff=False)


def look(server: SmbServer) -> Result:
    return inform(SmbFiles(server), look_request_over_smb(OPTIONS), False, lambda _root: SmbRegistry(server))


def look_at_files(server: SmbServer) -> Result:
    return inform(SmbFiles(server), look_request_over_smb(FILES_ONLY), False)


def write(server: SmbServer) -> Result:
    return apply(SmbEditor(server), request(backup=True), check=False, diff=False)


def kind_of(message: bytes) -> str:
    """Name what a request asks for."""
    if message[LENGTH + 4] == smb_request.TRANSACTION2:
        return TRANSACTIONS.get(struct.unpack_from("<H", message, WORDS + 28)[0], OTHER)
    if message[LENGTH + 4] != smb_request.TRANSACTION:
        return KINDS.get(message[LENGTH + 4], OTHER)
    if "LANMAN".encode("utf-16-le") in message:
        return SHARE_LIST
    call = message[LENGTH + struct.unpack_from("<H", message, WORDS + 24)[0] :]
    return BIND if call[2] else CALLS_OF_PIPE.get(struct.unpack_from("<H", call, 22)[0], OTHER)


def put(answer: bytes, at: int, form: str, *values: int) -> Iterable[bytes]:
    """Give an answer with a field changed, if it has this field."""
    changed = bytearray(answer)
    if 0 <= at <= len(answer) - struct.calcsize(form):
        struct.pack_into(form, changed, at, *values)
    return (bytes(changed),)


def word(at: int, form: str, *values: int) -> Lie:
    """Lie in a field among the words of an answer."""
    return lambda answer: put(answer, WORDS + at, form, *values)


def pointer(answer: bytes, at: int) -> int:
    """Give the place in an answer to which one of its words leads; none where it has no such word."""
    lacks = len(answer) < WORDS + at + 2
    return -LENGTH if lacks else LENGTH + int(struct.unpack_from("<H", answer, WORDS + at)[0])


def parameter(at: int, form: str, *values: int) -> Lie:
    """Lie in a field of a transaction's parameters."""
    return lambda answer: put(answer, pointer(answer, 8) + at, form, *values)


def data(at: int, form: str, *values: int) -> Lie:
    """Lie in a field of a transaction's data."""
    return lambda answer: put(answer, pointer(answer, 14) + at, form, *values)


def ntlm(at: int, form: str, *values: int) -> Lie:
    """Lie in a field of the NTLM challenge, where there is one."""

    def lie(answer: bytes) -> Iterable[bytes]:
        begin = answer.find(b"NTLMSSP\0")
        return put(answer, begin + at, form, *values) if begin >= 0 else (answer,)

    return lie


def status(code: int, flags: int = 0xC807) -> Lie:
    """Give a status in place of the answer's own."""
    return lambda answer: put(next(iter(put(answer, FLAGS, "<H", flags))), STATUS, "<I", code)


def only(number: int) -> Chosen:
    """Choose one answer."""
    return lambda found, _request: found == number


def of_kind(kind: str) -> Chosen:
    """Choose all answers of a kind."""
    return lambda _number, request: kind_of(request) == kind


def with_data(answer: bytes, found: bytes) -> bytes:
    """Give a transaction's answer other data."""
    at, begin = pointer(answer, 14), WORDS + 2 * answer[WORDS - 1]
    changed = bytearray(answer[:at] + found)
    for place, count in ((WORDS + 2, len(found)), (WORDS + 12, len(found)), (begin, len(changed) - begin - 2)):
        struct.pack_into("<H", changed, place, count & 0xFFFF)
    return framed(bytes(changed))


def framed(answer: bytes) -> bytes:
    """Give an answer whose length has changed its right length."""
    return struct.pack(">I", len(answer) - LENGTH) + answer[LENGTH:]


class Liar:
    """A server that lies. ``error``: what the last call ended with; ``told``: how many lies were told."""

    def __init__(self, address: tuple[str, int], drives: Path, controller: Path) -> None:
        self._address = address
        self._drives = drives
        self._ini = drives / "C" / "mspclnt" / "MSPCLNT.INI"
        self._controller = controller
        self._talks: dict[Call, list[tuple[bytes, bytes]]] = {}
        self._results: dict[Call, Result] = {}
        self.error = ""
        self.told = 0

    def kinds(self, call: Call) -> list[str]:
        """Give the kinds of the requests that an undisturbed call makes."""
        return [kind_of(request) for request, _answer in self.talk(call)]

    def right(self, call: Call) -> Result:
        """Give the result of an undisturbed call."""
        self.talk(call)
        return self._results[call]

    def talk(self, call: Call) -> list[tuple[bytes, bytes]]:
        """Give the requests of an undisturbed call, and the answers to them."""
        if call not in self._talks:
            messages: list[tuple[bytes, bytes]] = []

            def note(_number: int, request: bytes, answer: bytes) -> Iterable[bytes]:
                messages.append((request, answer))
                return (answer,)

            self._reset(call)
            result = self._run(call, note, PATIENT)
            assert result, self.error
            self._talks[call], self._results[call] = messages, result
        return self._talks[call]

    def tell(self, call: Call, lie: Lie, chosen: Chosen) -> Result | None:
        """Make a call, with the lie in the chosen answers; give its result, or None for an error of ours."""

        def answers(number: int, request: bytes, answer: bytes) -> Iterable[bytes]:
            pieces = tuple(lie(answer)) if chosen(number, request) else (answer,)
            self.told += pieces != (answer,)
            return pieces

        self.talk(call)
        self._reset(call)
        begin = time.monotonic()
        result = self._run(call, answers, LIMITS)
        assert time.monotonic() - begin < LIMITS.call + LIMITS.answer
        if call is write:
            self._check_file(result)
        if call is audit and result is not None:
            assert result == self._results[call]
        return result

    @contextmanager
    def holding(self, path: str, held: bytes) -> Iterator[None]:
        """Have a file hold other bytes for a while."""
        file = self._drives / path
        before = file.read_bytes()
        file.write_bytes(held)
        try:
            yield
        finally:
            file.write_bytes(before)

    def _run(self, call: Call, answers: Answers, limits: Limits) -> Result | None:
        number = itertools.count()
        with FaultProxy(self._address, answer=lambda request, got: answers(next(number), request, got)) as proxy:
            server = server_at(proxy.port, limits)
            try:
                return self._call(call, server)
            finally:
                server.disconnect()

    def _call(self, call: Call, server: SmbServer) -> Result | None:
        self.error = ""
        try:
            server.reconnect()
        except AT_LOGON as error:
            self.error = str(error)
            return None
        try:
            return call(server)
        except OURS as error:
            self.error = str(error)
            return None

    def _reset(self, call: Call) -> None:
        for path in [*self._ini.parent.glob("*.bak"), *self._ini.parent.glob("*.old"), *self._controller.iterdir()]:
            path.unlink()
        self._ini.write_bytes(LONGER if call is write else NEW)

    def _check_file(self, result: Result | None) -> None:
        """The file is old or new, or the error names the old bytes; beside a new one lie the old bytes."""
        now = self._ini.read_bytes()
        new = now.rstrip(b"\r\n") == NEW.rstrip(b"\r\n")
        assert result is None or new
        if new:
            assert (self._ini.parent / backup_name(NAME, LONGER)).read_bytes() == LONGER
        elif now != LONGER:
            found = re.search(r"its old bytes are in (\S+) on the controller", self.error)
            assert found, self.error
            assert Path(found[1]).read_bytes() == LONGER
        write(Caller(*self._address).server())
        assert reads_right(self._ini)


@contextmanager
def lying(base: Path) -> Iterator[Liar]:
    """Give a server that is protected and has a registry, below a folder; what else it says is a lie."""
    (sample,) = (each for each in samples() if each.name == "ex02-protected")
    (base / "controller").mkdir()
    with Lab(base / "lab", 1) as lab, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(base / "controller"))
        address = lab.addresses[0]
        drives = base / "lab" / "hosts" / address
        sample.furnish(drives)
        with WinReg(base / "lab", {address: sample.registry or {}}):
            yield Liar((address, lab.port), drives, base / "controller")
