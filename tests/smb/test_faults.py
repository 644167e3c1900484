# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults between us and a server at each request: silence, garbage, resets, slowness, full disks, other clients."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.copies import backup_name
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
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.share import Share
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.status import StatusError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.wire import Deadline, Refused, Wire

from tests.faults.mounts import tmpfs
from tests.lab.lab import PASSWORD, USER, Lab
from tests.lab.programs import program
from tests.lab.proxy import Cut, FaultProxy, Reset
from tests.lab.servers import FILES_ONLY
from tests.smb.conftest import Caller
from tests.smb.test_edit import NEW, OLD, request
from tests.smb.test_session import POINTER

TIMEOUT, DEADLINE = 0.5, 2.0
LONGER = OLD + b"[EMSMTA]\r\nDisable=1000\r\n"
NAME = "Mspclnt.ini"
SHARED_PATH = f"\\mspclnt\\{NAME}"
PAGE = 4096
# Where the number of the file stands in a message: behind its length, the header, the count of words and an AndX block.
FILE_OF = {smb_request.WRITE: 4 + 32 + 1 + 4, smb_request.FLUSH: 4 + 32 + 1}
Call = Callable[[SmbServer], object]
Fault = Callable[[bytes], Iterable[bytes]]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")


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
    time.sleep(TIMEOUT * 1.4)
    yield answer


QUICK, SLOW = (garbage, http, reset), (swallowed, trickle, late)


def hurried(port: int) -> SmbServer:
    """Give a server on loopback, with one short deadline for all its sessions."""
    deadline = Deadline(TIMEOUT, DEADLINE)

    def connect() -> Session:
        session = Session(Wire("127.0.0.1", port, deadline, "*SMBSERVER"), "*SMBSERVER", "127.0.0.1")
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


def write(server: SmbServer) -> object:
    return apply(SmbEditor(server), request(backup=True), check=False, diff=False)


@pytest.fixture(autouse=True)
def controller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the controller keeps old bytes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def exchange(lab: Lab) -> Path:
    """Mspclnt.ini on the second server, which is one that is protected."""
    c, d = lab.drive(lab.addresses[1], "C"), lab.drive(lab.addresses[1], "D")
    (c / "WINNT" / "SYSTEM.INI").write_bytes(POINTER)
    for folder in (c / "mspclnt", d / "exchsrvr" / "bin"):
        folder.mkdir(parents=True, exist_ok=True)
    (d / "exchsrvr" / "bin" / "emsmta.exe").write_bytes(program((5, 5, 2653, 23), size=1_200_000))
    ini = c / "mspclnt" / "MSPCLNT.INI"
    ini.write_bytes(NEW)
    return ini


def requests_of(call: Call, server: tuple[str, int]) -> list[bytes]:
    """Give the kinds of requests that an undisturbed call makes."""
    kinds: list[bytes] = []

    def note(message: bytes, answer: bytes) -> Iterable[bytes]:
        # A transaction is told by what it asks for.
        kinds.append(message[8:9] + (message[65:67] if message[8] == smb_request.TRANSACTION2 else b""))
        return (answer,)

    with FaultProxy(server, answer=note) as proxy:
        call(hurried(proxy.port))
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
    seen: list[bytes] = []

    def spoil(message: bytes, answer: bytes) -> Iterable[bytes]:
        seen.append(message)
        return fault(answer) if len(seen) == at + 1 else (answer,)

    with FaultProxy(server, answer=spoil) as proxy:
        begin = time.monotonic()
        with contextlib.suppress(ConnectionLost, ServerError, Refused, StatusError):
            call(hurried(proxy.port))
        assert time.monotonic() - begin < DEADLINE + TIMEOUT, at
    assert len(seen) > at


def reads_right(ini: Path) -> bool:
    return read_value(parse(ini.read_bytes()), b"EMSMTA", b"Disable") == b"1"


@pytest.mark.parametrize("fault", [*QUICK, *SLOW])
@pytest.mark.parametrize("call", [audit, look])
def test_an_audit_that_is_disturbed(call: Call, fault: Fault, lab: Lab, exchange: Path) -> None:
    server = (lab.addresses[1], lab.port)
    for at in places(call, fault, server):
        check(call, fault, server, at)
        assert exchange.read_bytes() == NEW
    call(Caller(*server).server())


@pytest.mark.parametrize("half", [False, True], ids=["after", "within"])
@pytest.mark.parametrize("call", [audit, look])
def test_an_audit_that_is_cut(call: Call, half: bool, lab: Lab, exchange: Path) -> None:
    server = (lab.addresses[1], lab.port)
    count = len(requests_of(call, server))
    for at in range(count):

        def cut(number: int, message: bytes, at: int = at) -> bytes:
            if number == at:
                raise Cut(message[: len(message) // 2] if half else message)
            return message

        # Whoever has all answers does not feel the cut.
        complete = not half and at == count - 1
        lost = contextlib.nullcontext() if complete else pytest.raises((ConnectionLost, Refused))
        with lost, FaultProxy(server, cut) as proxy:
            call(hurried(proxy.port))
        assert exchange.read_bytes() == NEW
    call(Caller(*server).server())


# The write that shortens has the same requests as the other, and one more.
@pytest.mark.parametrize(("before", "fault"), [*product((OLD,), QUICK), *product((LONGER,), QUICK + SLOW)])
def test_a_write_that_is_disturbed(before: bytes, fault: Fault, lab: Lab, ini: Path) -> None:
    server = (lab.addresses[0], lab.port)
    backup = ini.parent / backup_name(NAME, before)
    ini.write_bytes(before)
    numbers = places(write, fault, server)
    assert len(numbers) > 8
    for at in numbers:
        ini.write_bytes(before)
        backup.unlink(missing_ok=True)
        check(write, fault, server, at)
        now = ini.read_bytes()
        assert now == before or now.rstrip(b"\r\n") == NEW.rstrip(b"\r\n"), at
        # The bytes before are kept, whole, as soon as others stand in the file.
        assert now == before or backup.read_bytes() == before, at
        write(Caller(*server).server())
        assert reads_right(ini), at


def test_a_late_answer_is_not_taken_for_another(lab: Lab, ini: Path) -> None:
    ini.write_bytes(OLD)
    (ini.parent / "other.ini").write_bytes(NEW)

    def late_read(message: bytes, answer: bytes) -> Iterable[bytes]:
        return late(answer) if message[8] == smb_request.READ else (answer,)

    with FaultProxy((lab.addresses[0], lab.port), answer=late_read) as proxy:
        session = hurried(proxy.port).session
        share = Share(session, "C$")
        first, second = (
            share.open(f"\\mspclnt\\{name}", smb_request.READ_DATA, smb_request.SHARE_ALL)
            for name in (NAME, "other.ini")
        )
        for opened in (first, second):
            with pytest.raises(ConnectionLost, match="no answer within"):
                opened.read(1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Lab, Path]]:
    """A server with a small C: drive, and the folder mspclnt on it."""
    with tmpfs(tmp_path, 16 * PAGE) as point:
        with Lab(tmp_path / "lab", 1) as small:
            drive = small.drive(small.addresses[0], "C")
            (drive / "WINNT").rmdir()
            drive.rmdir()
            drive.symlink_to(point)
            (point / "mspclnt").mkdir()
            yield small, point / "mspclnt"
        # What smbd started may still stand in the folder, which could not be unmounted then.
        with contextlib.suppress(ProcessLookupError):
            for _attempt in range(40):
                os.killpg(small.pid, 0)
                time.sleep(0.05)


def fill(folder: Path, spare: int) -> None:
    """Fill the disk until it has so many pages left."""
    space = os.statvfs(folder)
    (folder / "filler").write_bytes(b"x" * (space.f_bavail - spare) * space.f_frsize)


@as_root
@pytest.mark.parametrize("spare", [0, 1])
@pytest.mark.parametrize("what", ["backup", "write", "create"])
def test_a_full_disk(what: str, spare: int, small_disk: tuple[Lab, Path]) -> None:
    lab, folder = small_disk
    ini = folder / NAME
    # What is written needs two pages more than there are.
    old = OLD + b";" + b"x" * (2 * PAGE - len(OLD) - 3) + b"\r\n"
    settings = {"Disable": "1", "Long": "y" * 2 * PAGE}
    if what != "create":
        ini.write_bytes(old)
    fill(folder, spare)
    wanted = request(what == "backup", settings=settings, create=what == "create")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ServerError, match="the disk is full"):
        apply(SmbEditor(Caller(lab.addresses[0], lab.port).server()), wanted, check=False, diff=False)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (folder / "filler").unlink()
    apply(SmbEditor(Caller(lab.addresses[0], lab.port).server()), wanted, check=False, diff=False)
    assert reads_right(ini)


def test_old_bytes_are_kept_here_where_the_server_is_gone(lab: Lab, ini: Path, controller: Path) -> None:
    old = OLD + b"[EMSMTA]\r\nA=1\r\n" + b"".join(b"[Program%05d]\r\nDisable=0\r\n" % at for at in range(6000))
    ini.write_bytes(old)
    writes: list[int] = []

    def cut(_at: int, message: bytes) -> bytes:
        # Three writes make the copy beside the file; then this is the second to the file itself.
        if message[8] == smb_request.WRITE:
            writes.append(len(message))
            if len(writes) == 5:
                proxy.refuse()
                raise Cut(message)
        return message

    with (
        FaultProxy((lab.addresses[0], lab.port), cut) as proxy,
        pytest.raises(ServerError, match="its old bytes are in") as caught,
    ):
        apply(SmbEditor(Caller("127.0.0.1", proxy.port).server()), request(), check=False, diff=False)
    check_copy(str(caught.value), controller, old)
    assert ini.read_bytes() not in (old, b"")


def test_old_bytes_are_kept_here_where_the_server_takes_no_more_writes(lab: Lab, ini: Path, controller: Path) -> None:
    ini.write_bytes(LONGER)
    writes: list[bytes] = []

    def refuse_all_but_the_first(_at: int, message: bytes) -> bytes:
        if message[8] not in (smb_request.WRITE, smb_request.FLUSH):
            return message
        writes.append(message)
        # No file has this number.
        at = FILE_OF[message[8]]
        return message if len(writes) == 1 else message[:at] + b"\xfe\x7f" + message[at + 2 :]

    with (
        FaultProxy((lab.addresses[0], lab.port), refuse_all_but_the_first) as proxy,
        pytest.raises(ServerError, match="could not be put back") as caught,
    ):
        apply(SmbEditor(Caller("127.0.0.1", proxy.port).server()), request(), check=False, diff=False)
    told = str(caught.value)
    assert told.startswith("Error while writing C:\\mspclnt\\Mspclnt.ini: ")
    # No copy could be made there, and none is named.
    assert "its old bytes are in C:" not in told
    check_copy(str(caught.value), controller, LONGER)
    assert ini.read_bytes() == NEW


def check_copy(told: str, controller: Path, old: bytes) -> None:
    """The error names the copy of the old bytes on the controller, which only its user can read."""
    found = re.search(r"its old bytes are in (\S+) on the controller", told)
    assert found
    copy = Path(found[1])
    assert list(controller.iterdir()) == [copy]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert copy.read_bytes() == old


def test_an_audit_and_another_client_do_not_disturb_each_other(lab: Lab, caller: Caller, ini: Path) -> None:
    ini.write_bytes(NEW)
    other, ours = Caller(lab.addresses[0], lab.port).connect(), caller.server().session
    held = Share(other, "C$").open(SHARED_PATH, smb_request.READ_DATA | smb_request.WRITE_DATA, smb_request.SHARE_READ)
    assert not apply(SmbEditor(caller.server()), request(), check=True, diff=False)["changed"]
    held.close()
    # As SmbServer.read opens it, in the midst of an audit.
    auditing = Share(ours, "C$").open(SHARED_PATH, smb_request.READ_DATA, smb_request.SHARE_ALL)
    begin = time.monotonic()
    Share(other, "C$").open(SHARED_PATH, smb_request.READ_DATA | smb_request.WRITE_DATA, smb_request.SHARE_READ).close()
    assert time.monotonic() - begin < 1
    assert auditing.read(len(NEW)) == NEW
    other.close()
    ours.close()
