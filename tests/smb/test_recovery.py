# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a file over SMB when even mending it is disturbed, by cuts, time limits and other programs."""

from __future__ import annotations

import re
import struct
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError, Written
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import request as smb_request
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.editor import SmbEditor

from tests.lab.lab import Lab
from tests.lab.proxy import NEGOTIATE, Cut, FaultProxy, Hook
from tests.smb.callers import Caller
from tests.smb.edits import NEW, OLD, PATH, request
from tests.smb.faults import FILE_OF, LONGER
from tests.smb.plays import play

LONG = {"Disable": "1", "Long": "x" * 40}
# Between two parts of the file, so that a piece of it would show.
MIDDLE = b"[EMSMTA]\r\nDisable=0\r\n[Zeta]\r\nA=1\r\n[Common]\r\nPort=1745\r\n"
MIDDLE_AFTER = MIDDLE.replace(b"Disable=0\r\n", b"Disable=1\r\nPersistent=1\r\n", 1)
# A change that needs several writes.
LARGE = OLD + b"[EMSMTA]\r\nA=1\r\n" + b"".join(b"[Program%05d]\r\nDisable=0\r\n" % at for at in range(6000))
LARGE_AFTER = LARGE.replace(b"A=1\r\n", b"A=1\r\nDisable=1\r\n", 1)
# Where in a WRITE its length stands, twice, and the count of its bytes (MS-CIFS section 2.2.4.43.1).
LENGTHS, BYTES = (4 + 33 + 16, 4 + 33 + 20), 4 + 33 + 28


@pytest.fixture(autouse=True)
def controller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the controller keeps old bytes."""
    folder = tmp_path / "controller"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def edit_through(lab: Lab, hook: Hook, **options: Any) -> None:
    """Edit the first server's file through a proxy."""
    with FaultProxy((lab.addresses[0], lab.port), hook) as proxy:
        apply(SmbEditor(Caller("127.0.0.1", proxy.port).server()), request(**options), check=False, diff=False)


def half_of(write: bytes) -> bytes:
    """Give a WRITE with half of its bytes, as a full disk takes it."""
    length = struct.unpack_from("<H", write, LENGTHS[1])[0]
    half = length // 2
    message = bytearray(write[: len(write) - (length - half)])
    for at in LENGTHS:
        struct.pack_into("<H", message, at, half)
    struct.pack_into("<H", message, BYTES, half + 1)
    struct.pack_into(">I", message, 0, len(message) - 4)
    return bytes(message)


def test_a_cut_while_old_bytes_are_put_back(lab: Lab, ini: Path, controller: Path) -> None:
    ini.write_bytes(OLD)
    seen: list[bytes] = []

    def half_a_write_and_then_nothing(_at: int, message: bytes) -> bytes:
        if message[8] == smb_request.WRITE and not seen:
            seen.append(message)
            return half_of(message)
        if len(seen) == 1:
            seen.append(message)
            raise Cut
        return message

    with pytest.raises(ServerError, match="the file holds the old bytes, which were put back"):
        edit_through(lab, half_a_write_and_then_nothing, settings=LONG)
    assert ini.read_bytes() == OLD
    assert [path.name for path in ini.parent.iterdir()] == [ini.name]
    assert not list(controller.iterdir())


def second_write_to_the_file(then: Callable[[], object]) -> Hook:
    """Cut the second of the writes to the file itself off; three make the copy beside it."""
    writes: list[bytes] = []

    def cut(_at: int, message: bytes) -> bytes:
        if message[8] == smb_request.WRITE:
            writes.append(message)
            if len(writes) == 5:
                then()
                raise Cut
        return message

    return cut


def test_a_change_of_many_writes_that_is_cut_is_undone(lab: Lab, ini: Path, controller: Path) -> None:
    ini.write_bytes(LARGE)
    with pytest.raises(ServerError, match="the file holds the old bytes, which were put back"):
        edit_through(lab, second_write_to_the_file(lambda: None))
    assert ini.read_bytes() == LARGE
    assert [path.name for path in ini.parent.iterdir()] == [ini.name]
    assert not list(controller.iterdir())
    apply(SmbEditor(Caller(lab.addresses[0], lab.port).server()), request(), check=False, diff=False)
    assert ini.read_bytes() == LARGE_AFTER


@pytest.mark.parametrize("before", [OLD, LARGE], ids=["one write", "many writes"])
def test_what_another_program_writes_meanwhile_is_left_alone(
    before: bytes, lab: Lab, ini: Path, controller: Path
) -> None:
    ini.write_bytes(before)
    connections: list[bytes] = []
    cut_large = second_write_to_the_file(lambda: None)

    def cut_and_let_the_proxy_refresh(at: int, message: bytes) -> bytes:
        if message[8] == NEGOTIATE:
            connections.append(message)
            if len(connections) == 2:
                ini.write_bytes(b"[Common]\r\nPort=1\r\n")
        if before == OLD and message[8] == smb_request.WRITE:
            raise Cut(message)
        return cut_large(at, message)

    with pytest.raises(ServerError, match="another program has written it meanwhile") as caught:
        edit_through(lab, cut_and_let_the_proxy_refresh)
    assert ini.read_bytes() == b"[Common]\r\nPort=1\r\n"
    (copy,) = controller.iterdir()
    assert copy.read_bytes() == before
    assert str(copy) in str(caught.value)
    beside = [path for path in ini.parent.iterdir() if path != ini]
    assert [path.read_bytes() for path in beside] == ([LARGE] if before == LARGE else [])
    assert all(path.name in str(caught.value) for path in beside)


def test_a_new_file_of_another_program_is_not_taken_back(lab: Lab, ini: Path) -> None:
    seen: dict[int, list[bytes]] = {NEGOTIATE: [], smb_request.CREATE: []}

    def never_make_it_and_let_another(_at: int, message: bytes) -> bytes:
        seen.setdefault(message[8], []).append(message)
        # The first open looks whether it is there.
        if message[8] == smb_request.CREATE and len(seen[smb_request.CREATE]) == 2:
            raise Cut
        if message[8] == NEGOTIATE and len(seen[NEGOTIATE]) == 2:
            ini.write_bytes(OLD)
        return message

    with pytest.raises(ServerError, match="another program has made it meanwhile, and it was left alone"):
        edit_through(lab, never_make_it_and_let_another, create=True)
    assert ini.read_bytes() == OLD


def test_a_new_file_whose_check_is_lost_was_made(lab: Lab, ini: Path) -> None:
    creates: list[bytes] = []

    def cut_the_last_look(_at: int, message: bytes) -> bytes:
        if message[8] == smb_request.CREATE:
            creates.append(message)
            if len(creates) == 3:
                raise Cut
        return message

    with pytest.raises(Written, match="it was made before that"):
        edit_through(lab, cut_the_last_look, create=True)
    assert ini.read_bytes() == b"[EMSMTA]\r\nDisable=1\r\n"


ABSENT_AFTER = MIDDLE_AFTER.replace(b"[EMSMTA]\r\nDisable=1\r\nPersistent=1\r\n", b"")


@pytest.mark.parametrize(
    ("kind", "state", "before", "wanted"),
    [
        pytest.param(smb_request.READ, "present", MIDDLE, MIDDLE_AFTER, id="read", marks=pytest.mark.long),
        pytest.param(smb_request.WRITE, "present", MIDDLE, MIDDLE_AFTER, id="write"),
        pytest.param(smb_request.FLUSH, "present", MIDDLE, MIDDLE_AFTER, id="flush", marks=pytest.mark.long),
        pytest.param(
            smb_request.TRANSACTION2, "absent", MIDDLE_AFTER, ABSENT_AFTER, id="truncate", marks=pytest.mark.long
        ),
    ],
)
def test_the_time_limit_of_a_task_spoils_no_file(
    kind: int, state: str, before: bytes, wanted: bytes, lab: Lab, ini: Path, tmp_path: Path
) -> None:
    options = {"settings": {"Disable": 1, "Persistent": 1}, "state": state}
    number = 0
    while True:
        number += 1
        ini.write_bytes(before)
        if not late_at(kind, number, lab, tmp_path, options):
            break
        found = ini.read_bytes().rstrip(b"\r\n")
        assert found in (before.rstrip(b"\r\n"), wanted.rstrip(b"\r\n")), number
    assert 1 < number < 10


def late_at(kind: int, number: int, lab: Lab, folder: Path, options: dict[str, Any]) -> bool:
    """Run an edit whose time ends while it waits for one answer; tell whether it came so far."""
    answers: list[bytes] = []

    def late(message: bytes, answer: bytes) -> Iterable[bytes]:
        if message[8] == kind:
            answers.append(message)
            if len(answers) == number:
                time.sleep(3)
        return (answer,)

    task = {"legacy_exchange.winsock_proxy.mspclnt_ini": {"path": PATH, **options}, "timeout": 2}
    what = {"hosts": "all", "gather_facts": False, "tasks": [task]}
    with FaultProxy((lab.addresses[0], lab.port), answer=late) as proxy:
        own = {"ansible_host": "127.0.0.1", "ansible_port": proxy.port}
        done = play(lab, folder, what, "--limit", lab.addresses[0], own={lab.addresses[0]: own})
    assert "Traceback" not in done.stdout + done.stderr
    return len(answers) >= number


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
