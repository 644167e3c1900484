# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults between us and a server at each request: silence, garbage, resets, slowness, full disks, other clients."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.copies import backup_name
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ConnectionLost,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import request as smb_request
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.editor import SmbEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.share import Share
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.wire import Refused

from tests.faults.mounts import tmpfs
from tests.lab.lab import Lab
from tests.lab.programs import program
from tests.lab.proxy import Cut, FaultProxy
from tests.smb.callers import Caller
from tests.smb.edits import NEW, OLD, request
from tests.smb.faults import (
    HURRIED,
    LONGER,
    NAME,
    PATIENT,
    QUICK,
    SLOW,
    Call,
    Fault,
    at_each,
    audit,
    check,
    late,
    look,
    places,
    reads_right,
    requests_of,
    server_at,
    write,
    write_to,
)
from tests.smb.furnish import POINTER

SHARED_PATH = f"\\mspclnt\\{NAME}"
PAGE = 4096
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")


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


@pytest.mark.parametrize("fault", [*QUICK, *SLOW])
@pytest.mark.parametrize("call", [audit, look])
def test_an_audit_that_is_disturbed(call: Call, fault: Fault, lab: Lab, exchange: Path) -> None:
    server = (lab.addresses[1], lab.port)
    at_each(places(call, fault, server), fault, lambda at: check(call, fault, server, at))
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
            call(server_at(proxy.port, PATIENT))
        assert exchange.read_bytes() == NEW
    call(Caller(*server).server())


# The write that shortens has the same requests as the other, and one more.
@pytest.mark.parametrize(("before", "fault"), [*product((OLD,), QUICK), *product((LONGER,), QUICK + SLOW)])
def test_a_write_that_is_disturbed(before: bytes, fault: Fault, lab: Lab, ini: Path) -> None:
    server = (lab.addresses[0], lab.port)
    ini.write_bytes(before)
    numbers = places(write, fault, server)
    assert len(numbers) > 8

    def disturb(at: int) -> None:
        file = ini.with_name(f"{at}.ini")
        file.write_bytes(before)
        call = write_to(file.name)
        check(call, fault, server, at)
        now = file.read_bytes()
        assert now == before or now.rstrip(b"\r\n") == NEW.rstrip(b"\r\n"), at
        # The bytes before are kept, whole, as soon as others stand in the file.
        assert now == before or file.with_name(backup_name(file.name, before)).read_bytes() == before, at
        call(Caller(*server).server())
        assert reads_right(file), at

    at_each(numbers, fault, disturb)


def test_a_late_answer_is_not_taken_for_another(lab: Lab, ini: Path) -> None:
    ini.write_bytes(OLD)
    (ini.parent / "other.ini").write_bytes(NEW)

    def late_read(message: bytes, answer: bytes) -> Iterable[bytes]:
        return late(answer) if message[8] == smb_request.READ else (answer,)

    with FaultProxy((lab.addresses[0], lab.port), answer=late_read) as proxy:
        session = server_at(proxy.port, HURRIED).session
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
