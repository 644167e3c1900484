# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The handle of an edit: what a file keeps besides its bytes, and what others can do with it meanwhile."""

from __future__ import annotations

import os
import struct
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import EditRequest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import request as smb_request
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import server as smb_server
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.editor import SmbEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.share import Share
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.status import (
    SHARING_VIOLATION,
    StatusError,
)

from tests.lab.lab import Lab
from tests.lab.proxy import FaultProxy
from tests.smb.callers import Caller
from tests.smb.drive_files import put, short_name
from tests.smb.edits import NEW, OLD, request
from tests.smb.faults import FILE_OF

NAME = "ProxyClient Folder\\Mspclnt settings.ini"
SHARED = "\\mspclnt\\Mspclnt.ini"
READ_WRITE = smb_request.READ_DATA | smb_request.WRITE_DATA
FILE_AT = {**FILE_OF, smb_request.CLOSE: 4 + 32 + 1}
# Where the wanted access stands in the request that opens a file.
ACCESS_AT = 4 + 32 + 1 + 15
LONG = b"[EMSMTA]\r\nA=1\r\n" + b"".join(b"[Program%05d]\r\nDisable=0\r\n" % number for number in range(6000))


def run(*command: object) -> str:
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def edit_seen(lab: Lab, see: Callable[[bytes], None], wanted: EditRequest) -> None:
    """Edit a file of the first server; see each message of ours before the server does."""

    def hook(_number: int, message: bytes) -> bytes:
        see(message)
        return message

    with FaultProxy((lab.addresses[0], lab.port), hook) as proxy:
        apply(SmbEditor(Caller("127.0.0.1", proxy.port).server()), wanted, check=False, diff=False)


def file_of(message: bytes) -> int:
    """Give the number of the file that a write, a flush or a close is for."""
    return int(struct.unpack_from("<H", message, FILE_AT[message[8]])[0])


def besides(path: Path) -> list[object]:
    """Give what a file is, besides its bytes."""
    names = os.listxattr(path)
    state = path.stat()
    own = (state.st_ino, state.st_mode, state.st_uid, state.st_gid, state.st_nlink)
    return [own, {name: os.getxattr(path, name) for name in names}, run("getfacl", "-cp", path)]


@pytest.mark.parametrize(("before", "state"), [(OLD, "present"), (NEW, "absent")])
def test_all_but_the_bytes_stays(before: bytes, state: str, tmp_path: Path) -> None:
    with Lab(tmp_path, 1, "mangled names = yes\n mangle prefix = 6") as lab:
        path = put(lab, NAME, before)
        # The execute bit of the owner is what Samba makes of the archive attribute, which each write sets.
        path.chmod(0o754)
        run("setfacl", "-m", "u:nobody:rw,g:daemon:r", path)
        os.setxattr(path, "user.comment", b"\0 any bytes \xff")
        kept = [besides(path), short_name(lab, NAME)]
        assert "user:nobody:rw-" in str(kept)
        editor = SmbEditor(Caller(lab.addresses[0], lab.port).server())
        assert apply(editor, request(path=f"C:\\{NAME}", state=state), check=False, diff=False)["changed"]
        assert [besides(path), short_name(lab, NAME)] == kept
        assert list(path.parent.iterdir()) == [path]


def test_a_file_that_another_program_lets_go_is_edited(lab: Lab, caller: Caller, ini: Path) -> None:
    ini.write_bytes(OLD)
    other = Caller(lab.addresses[0], lab.port).connect()
    Share(other, "C$").open(SHARED, READ_WRITE, smb_request.SHARE_READ)
    # Behind the first try, and long before the last.
    timer = threading.Timer(0.5, other.close)
    timer.start()
    assert apply(SmbEditor(caller.server()), request(), check=False, diff=False)["changed"]
    timer.join()
    assert ini.read_bytes() == NEW


def test_a_file_that_another_program_holds_is_tried_a_few_times(
    lab: Lab, ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smb_server, "PATIENCE", (0.1,) * 4)
    ini.write_bytes(OLD)
    other = Caller(lab.addresses[0], lab.port).connect()
    Share(other, "C$").open(SHARED, READ_WRITE, smb_request.SHARE_READ)
    tries: list[bytes] = []

    def count(message: bytes) -> None:
        if (
            message[8] == smb_request.CREATE
            and struct.unpack_from("<I", message, ACCESS_AT)[0] & smb_request.WRITE_DATA
        ):
            tries.append(message)

    with pytest.raises(ServerError, match="it is in use by another program"):
        edit_seen(lab, count, request())
    other.close()
    assert len(tries) == 4 + 1
    assert ini.read_bytes() == OLD


def test_others_may_read_but_not_write_meanwhile(lab: Lab, ini: Path) -> None:
    ini.write_bytes(OLD)
    other = Caller(lab.addresses[0], lab.port).connect()
    seen: list[object] = []

    def attempt(access: int) -> object:
        begin = time.monotonic()
        try:
            data = Share(other, "C$").open(SHARED, access, smb_request.SHARE_ALL).read(len(NEW))
        except StatusError as error:
            return error.status
        return data, time.monotonic() - begin < 1

    def while_it_is_written(message: bytes) -> None:
        if message[8] == smb_request.WRITE:
            seen.extend((attempt(smb_request.READ_DATA), attempt(READ_WRITE)))

    edit_seen(lab, while_it_is_written, request())
    other.close()
    assert seen == [(OLD, True), SHARING_VIOLATION]
    assert ini.read_bytes() == NEW


@pytest.mark.parametrize(("before", "state"), [(OLD, "present"), (NEW, "absent"), (LONG, "present")])
def test_each_file_is_flushed_behind_its_last_write(before: bytes, state: str, lab: Lab, ini: Path) -> None:
    ini.write_bytes(before)
    requests: dict[int, list[int]] = {}

    def note(message: bytes) -> None:
        if message[8] in FILE_AT:
            requests.setdefault(file_of(message), []).append(message[8])

    edit_seen(lab, note, request(backup=True, state=state))
    written = [kinds for kinds in requests.values() if smb_request.WRITE in kinds]
    assert len(written) >= 2
    for kinds in written:
        behind = kinds[len(kinds) - kinds[::-1].index(smb_request.WRITE) :]
        assert behind == [smb_request.FLUSH, smb_request.CLOSE]


def test_the_copy_is_whole_before_the_first_of_several_writes(lab: Lab, ini: Path) -> None:
    ini.write_bytes(LONG)
    seen: list[tuple[int, dict[str, bytes]]] = []

    def look(message: bytes) -> None:
        if message[8] == smb_request.WRITE:
            seen.append((file_of(message), {path.name: path.read_bytes() for path in ini.parent.iterdir()}))

    edit_seen(lab, look, request())
    itself = [folder for file, folder in seen if file == seen[-1][0]]
    assert len(itself) > 1
    assert len(itself[0]) == 2
    assert set(itself[0].values()) == {LONG}
    assert ini.read_bytes() != LONG
