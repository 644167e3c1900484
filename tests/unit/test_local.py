# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import os
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.copies import backup_name
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local import posix
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import EditRequest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Stanza
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    SIZE_LIMIT,
    ChangedByOther,
    Missing,
    ServerError,
)

NAME = "Mspclnt.ini"
OLD = b"[EMSMTA]\r\nDisable=0\r\n"
NEW = b"[EMSMTA]\r\nDisable=1\r\n"
FIX = Stanza(b"EMSMTA", ((b"Disable", b"1"),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(OLD)
    return path


@pytest.fixture(params=[False, True], ids=["rename", "in_place"])
def files(request: pytest.FixtureRequest) -> LocalEditor:
    return LocalEditor(request.param)


def fix(files: LocalEditor, path: object, backup: bool = False, create: bool = False) -> dict[str, Any]:
    return apply(files, EditRequest(str(path), FIX, True, create, backup), check=False, diff=False)


def folder_of(path: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}


def test_nothing_is_left_behind(files: LocalEditor, path: Path) -> None:
    fix(files, path)
    assert folder_of(path) == {NAME: NEW}


def test_a_file_that_is_right_is_not_touched(files: LocalEditor, path: Path) -> None:
    path.write_bytes(NEW)
    os.utime(path, ns=(1, 2))
    before = path.stat()
    assert fix(files, path, backup=True)["changed"] is False
    after = path.stat()
    assert (after.st_mtime_ns, after.st_ctime_ns, after.st_ino) == (2, before.st_ctime_ns, before.st_ino)
    assert folder_of(path) == {NAME: NEW}


def test_the_backup_holds_the_old_bytes(files: LocalEditor, path: Path) -> None:
    saved = fix(files, path, backup=True)["backup_file"]
    assert saved == f"{path}.{backup_name('', OLD)[1:]}"
    assert folder_of(path) == {NAME: NEW, backup_name(NAME, OLD): OLD}


def test_the_same_bytes_are_kept_once(files: LocalEditor, path: Path) -> None:
    fix(files, path, backup=True)
    backup = path.with_name(backup_name(NAME, OLD))
    before = backup.stat()
    path.write_bytes(OLD)
    fix(files, path, backup=True)
    assert (backup.stat().st_ino, backup.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("cut_short", [b"", OLD[:1], OLD[:-1]])
def test_a_backup_that_was_cut_short_is_written_again(files: LocalEditor, path: Path, cut_short: bytes) -> None:
    path.with_name(backup_name(NAME, OLD)).write_bytes(cut_short)
    fix(files, path, backup=True)
    assert folder_of(path) == {NAME: NEW, backup_name(NAME, OLD): OLD}


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


def make_link_to_the_same_bytes(path: Path) -> None:
    path.with_name("other").write_bytes(OLD)
    path.symlink_to("other")


def make_second_link(path: Path) -> None:
    os.link(path.with_name(NAME), path)


def make_folder(path: Path) -> None:
    path.mkdir()


def make_file(data: bytes, mode: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(data)
        path.chmod(mode)

    return make


OTHERS = {
    "longer": make_file(OLD + b"x", 0o644),
    "other": make_file(OLD.replace(b"0", b"7"), 0o644),
    "read-only": make_file(b"of the user", 0o444),
    "large": make_file(b"x" * (SIZE_LIMIT + 2), 0o644),
    "pipe": make_pipe,
    "dangling": make_dangling_link,
    "loop": make_loop,
    "link": make_link_to_the_same_bytes,
    "second-link": make_second_link,
    "folder": make_folder,
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_backup_is_kept_and_told_in_check_mode_too(files: LocalEditor, path: Path, kind: str) -> None:
    backup = path.with_name(backup_name(NAME, OLD))
    OTHERS[kind](backup)
    before = backup.lstat()
    request = EditRequest(str(path), FIX, True, False, True)
    for check in (True, False):
        with pytest.raises(ServerError) as caught:
            apply(files, request, check=check, diff=False)
        start = f"Error while saving the old bytes as {backup}: something else has that name, and is kept; {path} was"
        assert str(caught.value).startswith(start)
    assert path.read_bytes() == OLD
    now = backup.lstat()
    assert (now.st_ino, now.st_mtime_ns, now.st_mode) == (before.st_ino, before.st_mtime_ns, before.st_mode)
    assert not list(path.parent.glob(".*"))


def test_a_folder_in_the_way_of_the_backup_is_told(files: LocalEditor, path: Path) -> None:
    name = f".{backup_name(NAME, OLD)}.winsock_proxy.tmp"
    path.with_name(name).mkdir()
    files.read(str(path))
    before = os.listdir("/proc/self/fd")
    with pytest.raises(ServerError) as caught:
        fix(files, path, backup=True)
    assert str(caught.value).startswith(f"Error while saving the old bytes as {path}.")
    assert name in str(caught.value)
    assert f"; {path} was not changed" in str(caught.value)
    assert path.read_bytes() == OLD
    assert sorted(os.listdir(path.parent)) == sorted([NAME, name])
    assert len(os.listdir("/proc/self/fd")) == len(before)


def test_a_folder_in_the_way_of_the_temporary_file_is_told(path: Path) -> None:
    blocking = path.with_name(f".{NAME}.winsock_proxy.tmp")
    blocking.mkdir()
    with pytest.raises(ServerError) as caught:
        fix(LocalEditor(False), path)
    assert f"File exists ({blocking}): what has that name is in the way: remove it" in str(caught.value)
    assert path.read_bytes() == OLD


def test_what_a_killed_run_left_is_removed(files: LocalEditor, path: Path) -> None:
    for name in (f".{NAME}.winsock_proxy.tmp", f".{backup_name(NAME, OLD)}.winsock_proxy.tmp"):
        path.with_name(name).write_bytes(b"half")
    fix(LocalEditor(False), path, backup=True)
    assert folder_of(path) == {NAME: NEW, backup_name(NAME, OLD): OLD}


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("relative.ini", "relative.ini: this path is relative: give an absolute one"),
        ("~/x.ini", "~/x.ini: '~' is not expanded here: give the absolute path"),
        ("C:\\Mspclnt\\Mspclnt.ini", "this is a Windows path: give 'drives'"),
        ("\\\\server\\c$\\x.ini", "this is a Windows path: give 'drives'"),
        ("/a\0b", "it holds a NUL character"),
    ],
)
def test_paths_that_are_refused(files: LocalEditor, wrong: str, expected: str) -> None:
    for create in (False, True):
        with pytest.raises(ServerError) as caught:
            fix(files, wrong, create=create)
        assert expected in str(caught.value)


def test_a_folder_is_no_file(files: LocalEditor, tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="it is a folder; give the path of the file in it"):
        fix(files, tmp_path)


@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
def test_what_is_no_regular_file_is_refused(files: LocalEditor, tmp_path: Path, kind: str) -> None:
    target = tmp_path / kind
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(target))
    else:
        target.symlink_to("/dev/zero")
    with pytest.raises(ServerError, match="it is a device, a pipe or a socket, not a regular file"):
        fix(files, target)


def test_a_file_above_the_limit_is_refused(files: LocalEditor, path: Path) -> None:
    path.write_bytes(b"\n" * (SIZE_LIMIT + 1))
    with pytest.raises(ServerError, match=f"it has {SIZE_LIMIT + 1} bytes, more than {SIZE_LIMIT}"):
        fix(files, path)


def test_a_file_that_the_edit_would_push_over_the_limit_is_left_alone(files: LocalEditor, path: Path) -> None:
    data = b"\n" * (SIZE_LIMIT - 1)
    path.write_bytes(data)
    with pytest.raises(ServerError):
        fix(files, path)
    assert folder_of(path) == {NAME: data}


def test_a_missing_file_is_told(files: LocalEditor, path: Path) -> None:
    with pytest.raises(Missing, match="there is no such file; set 'create: true' if it is to be made"):
        fix(files, path.with_name("Other.ini"))
    with pytest.raises(Missing, match=r"there is no such file, but one called 'Mspclnt\.ini': give that name"):
        fix(files, path.with_name("MSPCLNT.INI"))
    with pytest.raises(Missing, match="there is no such file, and no folder "):
        fix(files, path / "below")


def test_a_new_file_is_complete_and_alone(files: LocalEditor, tmp_path: Path) -> None:
    assert fix(files, tmp_path / NAME, create=True)["changed"]
    assert folder_of(tmp_path / NAME) == {NAME: NEW}


def test_the_umask_holds_for_a_new_file(files: LocalEditor, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        fix(files, tmp_path / NAME, create=True)
    finally:
        os.umask(before)
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o640


def test_no_folder_is_made_for_a_new_file(files: LocalEditor, tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=f"there is no folder {tmp_path}/missing$"):
        fix(files, tmp_path / "missing" / NAME, create=True)


def test_a_name_in_another_case_is_not_made(files: LocalEditor, path: Path) -> None:
    with pytest.raises(ServerError, match=r"'Mspclnt\.ini' is there already, .*: give that name$"):
        fix(files, path.with_name("MSPCLNT.INI"), create=True)


def test_a_new_file_at_the_end_of_a_link(files: LocalEditor, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / NAME).symlink_to(tmp_path / "real" / "file.ini")
    fix(files, tmp_path / NAME, create=True)
    assert (tmp_path / NAME).is_symlink()
    assert (tmp_path / "real" / "file.ini").read_bytes() == NEW


def test_a_file_that_someone_else_makes_meanwhile_is_not_replaced(files: LocalEditor, path: Path) -> None:
    with pytest.raises(ChangedByOther, match=r"another program has just made it: run the task again$"):
        files.create(str(path), NEW)
    assert folder_of(path) == {NAME: OLD}


@pytest.mark.parametrize("other", [OLD + b"x", OLD[:-1], b""])
def test_a_change_under_the_lock_is_noticed(files: LocalEditor, path: Path, other: bytes) -> None:
    with closing(files.open(str(path))) as file:
        path.write_bytes(other)
        with pytest.raises(ChangedByOther, match="it was changed by another program meanwhile; nothing was written: "):
            file.replace(OLD, NEW)
    assert folder_of(path) == {NAME: other}


def test_a_file_that_was_replaced_under_the_lock_is_noticed(files: LocalEditor, path: Path) -> None:
    with closing(files.open(str(path))) as file:
        path.rename(path.with_name("moved"))
        path.write_bytes(OLD)
        with pytest.raises(ChangedByOther):
            file.replace(OLD, NEW)
    assert folder_of(path) == {NAME: OLD, "moved": OLD}


def test_a_file_can_be_replaced_again_under_one_lock(files: LocalEditor, path: Path) -> None:
    with closing(files.open(str(path))) as file:
        file.replace(OLD, NEW)
        assert file.read() == NEW
        file.replace(NEW, b"")
    assert folder_of(path) == {NAME: b""}


MOUNTS = """\
20 1 8:1 / / rw - ext4 /dev/sda1 rw
21 20 8:2 / /mnt rw shared:1 - xfs /dev/sda2 rw
22 21 0:30 / /mnt/ex01\\040c rw shared:2 master:1 - fuseblk /dev/sdb1 rw
"""


@pytest.mark.parametrize(("mount", "kind"), [("20", "ext4"), ("21", "xfs"), ("22", "fuseblk"), ("23", "")])
def test_the_file_system_of_an_open_file(monkeypatch: pytest.MonkeyPatch, path: Path, mount: str, kind: str) -> None:
    told = {"/proc/self/mountinfo": MOUNTS}

    def tell(name: str, **_named: object) -> io.StringIO:
        return io.StringIO(told.get(name, f"pos:\t0\nflags:\t02\nmnt_id:\t{mount}\nino:\t5\n"))

    monkeypatch.setattr(posix, "open", tell, raising=False)
    with path.open("rb") as file:
        assert posix.file_system_type(file.fileno()) == kind


def test_the_file_system_by_its_device_where_the_mount_is_not_told(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    device = path.stat().st_dev

    def tell(name: str, **_named: object) -> io.StringIO:
        if "fdinfo" in name:
            raise PermissionError
        return io.StringIO(f"{MOUNTS}23 20 {os.major(device)}:{os.minor(device)} / /x rw - btrfs none rw\n")

    monkeypatch.setattr(posix, "open", tell, raising=False)
    with path.open("rb") as file:
        assert posix.file_system_type(file.fileno()) == "btrfs"


def test_without_a_list_of_mounts_a_file_is_changed_in_place(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    def no_such_file(*_args: object, **_named: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(posix, "open", no_such_file, raising=False)
    number = path.stat().st_ino
    fix(LocalEditor(), path)
    assert path.stat().st_ino == number
    assert path.read_bytes() == NEW
