# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits over SMB: the same table as on a drive, few requests, and faults at each request."""

from __future__ import annotations

import contextlib
import struct
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.copies import backup_name
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import (
    EditRequest,
    edit_request_from,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import parse, read_value
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ChangedByOther,
    ConnectionLost,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import request as smb_request
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import server as smb_server
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.editor import SmbEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.status import StatusError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.transaction import END_OF_FILE_INFO
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.wire import Refused

from tests.cases.case import Case
from tests.cases.edits import CASES
from tests.lab.lab import Lab
from tests.lab.proxy import Cut, FaultProxy
from tests.smb.callers import Caller
from tests.smb.edits import NEW, OLD, PATH, request

SHORT, LONG = 5, 80


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_same_table_as_on_a_drive(case: Case, caller: Caller, ini: Path, tmp_path: Path) -> None:
    local = tmp_path / "Mspclnt.ini"
    if case.before is not None:
        ini.write_bytes(case.before)
        local.write_bytes(case.before)
    options = case.options(PATH)
    found = apply(SmbEditor(caller.server()), edit_request_from(options), check=False, diff=True)
    expected = apply(LocalEditor(), edit_request_from({**options, "path": str(local)}), check=False, diff=True)
    assert (ini.read_bytes() if ini.exists() else b"") == case.after
    for diff in (found["diff"][0], expected["diff"][0]):
        del diff["before_header"], diff["after_header"]
    assert found | {"path": ""} == expected | {"path": ""}


def test_how_many_requests_it_takes(lab: Lab, ini: Path) -> None:
    ini.write_bytes(OLD)
    counts = {}
    for what, backup in (("fix with backup", True), ("nothing to change", True)):
        caller = Caller(lab.addresses[0], lab.port)
        apply(SmbEditor(caller.server()), request(backup), check=False, diff=False)
        counts[what] = caller.requests
    assert ini.read_bytes() == NEW
    assert counts["nothing to change"] <= 12
    assert counts["fix with backup"] <= 26


def test_check_mode_predicts_and_writes_nothing(caller: Caller, ini: Path) -> None:
    ini.write_bytes(OLD)
    predicted = apply(SmbEditor(caller.server()), request(backup=True), check=True, diff=True)
    assert ini.read_bytes() == OLD
    assert [path.name for path in ini.parent.iterdir()] == [ini.name]
    assert apply(SmbEditor(caller.server()), request(backup=True), check=False, diff=True) == predicted
    assert sorted(path.read_bytes() for path in ini.parent.iterdir()) == sorted((OLD, NEW))


@pytest.mark.parametrize("cut_short", [b"", OLD[:-1]])
def test_a_backup_that_was_cut_short_is_written_again(caller: Caller, ini: Path, cut_short: bytes) -> None:
    ini.write_bytes(OLD)
    backup = ini.with_name(backup_name(ini.name, OLD))
    backup.write_bytes(cut_short)
    backup.chmod(0o666)
    apply(SmbEditor(caller.server()), request(backup=True), check=False, diff=False)
    assert (ini.read_bytes(), backup.read_bytes()) == (NEW, OLD)


@pytest.mark.parametrize("other", [b"of the user", OLD + b"x"])
def test_another_file_under_the_name_of_the_backup_is_kept(caller: Caller, ini: Path, other: bytes) -> None:
    ini.write_bytes(OLD)
    backup = ini.with_name(backup_name(ini.name, OLD))
    backup.write_bytes(other)
    backup.chmod(0o666)
    with pytest.raises(ServerError, match="something else has that name, and is kept") as caught:
        apply(SmbEditor(caller.server()), request(backup=True), check=False, diff=False)
    assert backup.name in str(caught.value)
    assert (ini.read_bytes(), backup.read_bytes()) == (OLD, other)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("C:\\mspclnt\\none.ini", "no such file"),
        ("C:\\none\\Mspclnt.ini", "no such folder"),
        ("Z:\\Mspclnt.ini", "no such share"),
        ("C:\\mspclnt", "it is a folder"),
        ("~\\Mspclnt.ini", "'~'"),
        ("Mspclnt.ini", "not an absolute Windows path"),
        ("C:\\mspclnt\\..\\Mspclnt.ini", "'..'"),
        ("\\\\other\\C$\\Mspclnt.ini", "another server"),
        ("\\\\\\\\other\\C$\\Mspclnt.ini", "it names no server"),
        ("C:\new\test.ini", "in double quotes, YAML takes"),
    ],
)
@pytest.mark.usefixtures("ini")
def test_a_path_that_cannot_be(path: str, says: str, caller: Caller) -> None:
    with pytest.raises(ServerError, match=says.replace(".", "\\.")):
        apply(SmbEditor(caller.server()), request(path=path), check=False, diff=False)


@pytest.mark.parametrize("check", [True, False])
def test_a_folder_that_is_missing_is_not_made(check: bool, caller: Caller) -> None:
    path = "C:\\none\\Mspclnt.ini"
    with pytest.raises(ServerError, match=r"there is no such folder [^;]*$"):
        apply(SmbEditor(caller.server()), request(path=path), check, diff=False)
    with pytest.raises(ServerError, match=r"there is no folder \\none$"):
        apply(SmbEditor(caller.server()), request(path=path, create=True), check, diff=False)


@pytest.mark.parametrize("check", [True, False])
def test_a_read_only_file_is_refused(check: bool, caller: Caller, ini: Path) -> None:
    ini.write_bytes(OLD)
    ini.chmod(0o444)
    with pytest.raises(ServerError, match="attrib -r"):
        apply(SmbEditor(caller.server()), request(), check, diff=False)
    assert ini.read_bytes() == OLD


@pytest.mark.parametrize("half", [False, True], ids=["after", "within"])
@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (NEW.replace(b"=1\r\n[x", b"") + b";c\r\n", None)])
def test_a_cut_at_each_request(before: bytes, after: bytes | None, half: bool, lab: Lab, ini: Path) -> None:
    state = "present" if after is not None else "absent"
    right = after if after is not None else before.replace(b"Disable=1\r\n;c", b";c")
    address = (lab.addresses[0], lab.port)
    errors: list[str] = []
    for number in range(40):
        ini.write_bytes(before)
        cut = _cut_at(number, half, address, request(backup=True, state=state))
        if not cut.reached:
            break
        errors.append(cut.error)
        found = ini.read_bytes()
        assert found == before or found.rstrip(b"\r\n") == right.rstrip(b"\r\n"), number
        again = apply(SmbEditor(Caller(*address).server()), request(state=state), check=False, diff=False)
        assert again["changed"] is not _reads_right(found, state), number
        assert _reads_right(ini.read_bytes(), state), number
    # The close comes last and may be lost; a request that is cut off behind its end may still be answered.
    assert all(errors[: number - (1 if half else 2)]), errors
    assert not errors[-1]
    assert number > 14


def _reads_right(data: bytes, state: str) -> bool:
    return read_value(parse(data), b"EMSMTA", b"Disable") == (b"1" if state == "present" else None)


class Outcome(NamedTuple):
    """Whether an edit came to the request that was to be cut, and how it ended."""

    reached: bool
    error: str


@pytest.mark.parametrize("ending", [".", " ", "..", " .", "\\", "\\."], ids=repr)
@pytest.mark.parametrize("unc", [False, True], ids=["drive", "UNC"])
def test_the_backup_of_a_name_that_ends_in_a_dot_is_on_the_disk(
    ending: str, unc: bool, caller: Caller, ini: Path
) -> None:
    path = PATH.replace("C:", f"\\\\{caller.host}\\C$") if unc else PATH
    ini.write_bytes(OLD)
    results = [
        apply(SmbEditor(caller.server()), request(backup=True, path=path + ending), check=check, diff=False)
        for check in (True, False)
    ]
    (copy,) = (each for each in ini.parent.iterdir() if each != ini)
    assert copy.read_bytes() == OLD
    assert {result["backup_file"] for result in results} == {path.rpartition("\\")[0] + "\\" + copy.name}
    assert results[0] == results[1]
    assert ini.read_bytes() == NEW


@pytest.mark.parametrize(("lies", "refused"), [({0}, False), ({1}, True), ({0, 2}, True)], ids=repr)
def test_the_reads_before_a_write_are_compared(lies: set[int], refused: bool, lab: Lab, ini: Path) -> None:
    """A server that tells at some reads something else; a third one is made only where the first two differ."""
    ini.write_bytes(OLD)
    reads: list[bytes] = []

    def lie(message: bytes, answer: bytes) -> Iterable[bytes]:
        if message[8] != smb_request.READ or b"Port" not in answer:
            return (answer,)
        reads.append(answer)
        return (answer.replace(b"Port", b"Pork", 1) if len(reads) - 1 in lies else answer,)

    with FaultProxy((lab.addresses[0], lab.port), answer=lie) as proxy:
        editor = SmbEditor(Caller("127.0.0.1", proxy.port).server())
        if refused:
            said = r"two reads of it differ.*nothing was written: run the task again"
            with pytest.raises(ChangedByOther, match=said):
                apply(editor, request(), check=False, diff=False)
        else:
            assert apply(editor, request(), check=False, diff=False)["changed"]
    assert len(reads) >= 3
    assert ini.read_bytes() == (OLD if refused else NEW)


def _cut_at(number: int, half: bool, server: tuple[str, int], wanted: EditRequest) -> Outcome:
    """Cut the first connection at a request."""
    done: list[int] = []
    error = ""

    def hook(at: int, message: bytes) -> bytes:
        if at == number and not done:
            done.append(at)
            raise Cut(message[: len(message) // 2] if half else message)
        return message

    with FaultProxy(server, hook) as proxy:
        caller = Caller("127.0.0.1", proxy.port, timeout=2.0)
        try:
            apply(SmbEditor(caller.server()), wanted, check=False, diff=False)
        except (ConnectionLost, ServerError, Refused, StatusError) as caught:
            error = str(caught)
    return Outcome(bool(done), error)


@pytest.mark.parametrize("rounds", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])
def test_eight_writers_lose_nothing(rounds: int, lab: Lab, ini: Path) -> None:
    ini.write_bytes(OLD)
    done: list[str] = []

    def write(number: int) -> None:
        for turn in range(rounds):
            key = f"Key{number}x{turn}"
            wanted = request(section="WRITERS", settings={key: turn})
            # One that finds the file in use for too long says so, and has lost nothing.
            with contextlib.suppress(ServerError):
                apply(SmbEditor(Caller(lab.addresses[0], lab.port).server()), wanted, check=False, diff=False)
                done.append(key)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    profile = parse(ini.read_bytes())
    lost = [key for key in done if read_value(profile, b"WRITERS", key.encode()) is None]
    assert done
    assert not lost


def test_a_change_of_many_writes_keeps_a_copy_meanwhile(lab: Lab, ini: Path) -> None:
    old = b"".join(b"[Program%05d]\r\nDisable=0\r\n" % number for number in range(6000)) + b"[EMSMTA]\r\nDisable=0\r\n"
    old = b"[EMSMTA]\r\nA=1\r\n" + old
    ini.write_bytes(old)
    (ini.parent / "Mspclnt.ini.old").write_bytes(b"mine")
    apply(SmbEditor(Caller(lab.addresses[0], lab.port).server()), request(), check=False, diff=False)
    assert ini.read_bytes() == old.replace(b"A=1\r\n", b"A=1\r\nDisable=1\r\n", 1)
    assert sorted(path.name for path in ini.parent.iterdir()) == ["Mspclnt.ini", "Mspclnt.ini.old"]


@pytest.mark.parametrize("half", [False, True], ids=["after", "within"])
def test_a_cut_while_a_file_is_made(half: bool, lab: Lab, ini: Path) -> None:
    address = (lab.addresses[0], lab.port)
    for number in range(40):
        if ini.exists():
            ini.unlink()
        reached = _cut_at(number, half, address, request(create=True)).reached
        assert not ini.exists() or ini.read_bytes() == b"[EMSMTA]\r\nDisable=1\r\n", number
        if not reached:
            return
    pytest.fail("it took more than 40 requests")


def test_a_lost_connection_says_what_the_file_holds(lab: Lab, ini: Path) -> None:
    ini.write_bytes(OLD)

    def cut_after_the_write(_at: int, message: bytes) -> bytes:
        if message[8] == smb_request.WRITE:
            raise Cut(message)
        return message

    with (
        FaultProxy((lab.addresses[0], lab.port), cut_after_the_write) as proxy,
        pytest.raises(ServerError, match="the file holds the new bytes"),
    ):
        apply(SmbEditor(Caller("127.0.0.1", proxy.port).server()), request(), check=False, diff=False)
    assert ini.read_bytes() == NEW


def test_a_connection_that_the_server_still_holds(lab: Lab, ini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smb_server, "PATIENCE", (0.1,))
    ini.write_bytes(OLD)

    def cut_before_the_write(_at: int, message: bytes) -> bytes:
        if message[8] == smb_request.WRITE:
            raise Cut(silently=True)
        return message

    with (
        FaultProxy((lab.addresses[0], lab.port), cut_before_the_write) as proxy,
        pytest.raises(ServerError, match=r"the file holds the old bytes \(it is still open on the server"),
    ):
        apply(SmbEditor(Caller("127.0.0.1", proxy.port).server()), request(), check=False, diff=False)
    assert ini.read_bytes() == OLD


def test_a_server_that_truncates_in_the_old_way_only(lab: Lab, ini: Path) -> None:
    ini.write_bytes(NEW)
    kinds: list[int] = []

    def ask_for_an_unknown_level(_at: int, message: bytes) -> bytes:
        kinds.append(message[8])
        level = struct.pack("<H", END_OF_FILE_INFO)
        return message.replace(level, b"\xff\x0f") if message[8] == smb_request.TRANSACTION2 else message

    with FaultProxy((lab.addresses[0], lab.port), ask_for_an_unknown_level) as proxy:
        apply(SmbEditor(Caller("127.0.0.1", proxy.port).server()), request(state="absent"), check=False, diff=False)
    assert smb_request.CORE_WRITE in kinds
    assert ini.read_bytes() == OLD
