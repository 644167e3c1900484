# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that a file has besides its bytes is kept, and nothing is followed that should not be."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.copies import (
    backup_name,
    rescue_name,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError

from tests.faults.children import NOBODY
from tests.faults.fault_cases import CASES, NAME, WAYS, Edit, folder_of
from tests.faults.fault_tracer import Call, Refuse, doing

OLD = CASES["equal"].old or b""
# Calls from the last comparison of attributes to the rename: of their end, and of the temporary file's name.
LAST_LOOK = 4
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away and set these attributes")


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Give an edit whose way the code chooses; the file system may be any."""
    edit = Edit(tmp_path, CASES["equal"], None)
    edit.reset()
    return edit


def run(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], check=True, stdin=subprocess.DEVNULL, capture_output=True)
    return done.stdout.decode()


def change(edit: Edit) -> bool:
    """Do the edit in a traced child; tell whether it went by a rename."""
    outcome = edit.traced()
    assert outcome.result["changed"], outcome
    assert edit.data() == edit.new
    assert not edit.ours()
    assert not outcome.leaked
    return "rename" in outcome.calls


def test_the_mode_is_kept(edit: Edit) -> None:
    edit.path.chmod(0o6640)
    assert change(edit)
    assert stat.S_IMODE(edit.path.stat().st_mode) == 0o6640


@as_root
def test_the_owner_is_kept(edit: Edit) -> None:
    os.chown(edit.path, NOBODY, 4711)
    assert change(edit)
    assert (edit.path.stat().st_uid, edit.path.stat().st_gid) == (NOBODY, 4711)


@as_root
def test_the_access_list_is_kept(edit: Edit) -> None:
    run("setfacl", "-m", "u:nobody:rw,g:daemon:r", edit.path)
    before = run("getfacl", "-cp", edit.path)
    assert change(edit)
    assert "user:nobody:rw-" in before
    assert run("getfacl", "-cp", edit.path) == before


@as_root
def test_extended_attributes_are_kept(edit: Edit) -> None:
    kept = {"user.comment": b"\0 any bytes \xff", "user.empty": b"", "trusted.note": b"root's own"}
    for name, value in kept.items():
        os.setxattr(edit.path, name, value)
    assert change(edit)
    assert {name: os.getxattr(edit.path, name) for name in os.listxattr(edit.path)} == kept


def test_flags_that_a_new_file_does_not_get_are_kept_in_place(edit: Edit) -> None:
    run("chattr", "+d", edit.path)
    assert not change(edit)
    assert "d" in run("lsattr", edit.path).split()[0]


def test_the_default_list_of_the_folder_does_not_reach_the_file(edit: Edit) -> None:
    run("setfacl", "-d", "-m", "u:nobody:rw", edit.folder)
    before = run("getfacl", "-cp", edit.path)
    assert not change(edit)
    assert run("getfacl", "-cp", edit.path) == before


def test_an_attribute_that_is_refused_is_kept_in_place(edit: Edit) -> None:
    os.setxattr(edit.path, "user.comment", b"kept")
    number = edit.path.stat().st_ino
    outcome = edit.traced(lambda call: Refuse(errno.EPERM) if call.name == "fsetxattr" else None)
    assert outcome.result["changed"]
    assert edit.path.stat().st_ino == number
    assert os.getxattr(edit.path, "user.comment") == b"kept"
    assert not edit.beside()


def test_symbolic_links_are_followed_and_stay(edit: Edit, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    edit.path.rename(real / "file.ini")
    (tmp_path / "second.ini").symlink_to("real/file.ini")
    edit.path.symlink_to(tmp_path / "second.ini")
    assert change(edit)
    assert edit.path.is_symlink()
    assert (tmp_path / "second.ini").is_symlink()
    assert (real / "file.ini").read_bytes() == edit.new
    assert os.listdir(real) == ["file.ini"]


def test_a_link_in_the_path_is_followed(edit: Edit, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    edit.path.rename(folder / NAME)
    (tmp_path / "link").symlink_to(folder)
    edit.path = tmp_path / "link" / NAME
    assert change(edit)
    assert os.listdir(folder) == [NAME]


def test_hard_links_stay_one_file(edit: Edit, tmp_path: Path) -> None:
    os.link(edit.path, tmp_path / "second.ini")
    assert not change(edit)
    assert edit.path.samefile(tmp_path / "second.ini")


@pytest.mark.parametrize("to", ["loop.ini", "missing.ini", "."])
def test_links_that_lead_to_no_file_are_refused(edit: Edit, tmp_path: Path, to: str) -> None:
    (tmp_path / "loop.ini").symlink_to("loop.ini")
    edit.path.unlink()
    edit.path.symlink_to(to)
    with pytest.raises(ServerError, match=f"^Error while reading {edit.path}: "):
        edit.apply()


@as_root
@pytest.mark.parametrize("flag", ["a", "i"])
def test_a_file_that_may_not_be_changed_is_told_in_check_mode_too(edit: Edit, flag: str) -> None:
    run("chattr", f"+{flag}", edit.path)
    try:
        outcome = edit.traced()
        with pytest.raises(ServerError) as caught:
            edit.check()
    finally:
        run("chattr", f"-{flag}", edit.path)
    assert outcome.text == str(caught.value)
    assert outcome.error[0] == "ServerError"
    assert folder_of(edit) == {NAME: OLD}


@as_root
@pytest.mark.parametrize(("name", "in_place"), [("equal", None), ("backup", True), ("create", None)])
def test_a_folder_that_only_allows_adding_is_told_in_check_mode_too(
    tmp_path: Path, name: str, in_place: bool | None
) -> None:
    edit = Edit(tmp_path, CASES[name], in_place)
    edit.reset()
    run("chattr", "+a", edit.folder)
    try:
        outcome = edit.traced()
        with pytest.raises(ServerError) as caught:
            edit.check()
    finally:
        run("chattr", "-a", edit.folder)
    assert outcome.text == str(caught.value)
    assert f"{edit.path}: the folder {edit.folder}: it only allows adding files" in outcome.text
    assert edit.data() == edit.case.old
    assert not edit.beside()


@as_root
def test_where_files_can_only_be_added_no_copy_is_begun(tmp_path: Path) -> None:
    """In place nothing is made beside the file, but for a change that needs more than one write."""
    edit = Edit(tmp_path, CASES["large-shorter"], True)
    edit.reset()
    run("chattr", "+a", edit.folder)
    try:
        outcome = edit.traced()
    finally:
        run("chattr", "-a", edit.folder)
    assert outcome.text.endswith("look at the attributes of the file and its folder (lsattr); it was not changed")
    assert folder_of(edit) == {NAME: edit.case.old}


@pytest.mark.parametrize("way", WAYS)
def test_the_backup_can_be_read_by_those_who_may_read_the_file(tmp_path: Path, way: str) -> None:
    edit = Edit(tmp_path, CASES["backup"], WAYS[way])
    edit.reset()
    edit.path.chmod(0o6640)
    if os.geteuid() == 0:
        os.chown(edit.path, NOBODY, 4711)
    status = edit.path.stat()
    edit.apply()
    kept = os.stat(tmp_path / backup_name(NAME, edit.case.old or b""))
    assert stat.S_IMODE(kept.st_mode) == 0o640
    assert (kept.st_uid, kept.st_gid) == (status.st_uid, status.st_gid)


@as_root
@pytest.mark.parametrize("acl", ["u:nobody:rw,g::-", "u:nobody:r,g:daemon:r,g::-,o::-"])
@pytest.mark.parametrize("way", WAYS)
def test_the_backup_cannot_be_read_by_others(tmp_path: Path, way: str, acl: str) -> None:
    """The mode of a file with an access list shows its mask where the rights of the group would be."""
    edit = Edit(tmp_path, CASES["backup"], WAYS[way])
    edit.reset()
    edit.path.chmod(0o640)
    run("setfacl", "-m", acl, edit.path)
    before = run("getfacl", "-cp", edit.path)
    edit.apply()
    assert run("getfacl", "-cp", tmp_path / backup_name(NAME, edit.case.old or b"")) == before


@as_root
def test_the_default_list_of_the_folder_does_not_reach_the_backup(tmp_path: Path) -> None:
    edit = Edit(tmp_path, CASES["backup"], True)
    edit.reset()
    edit.path.chmod(0o640)
    run("setfacl", "-d", "-m", "u:nobody:rw", edit.folder)
    edit.apply()
    kept = tmp_path / backup_name(NAME, edit.case.old or b"")
    assert run("getfacl", "-cp", kept) == run("getfacl", "-cp", edit.path)


def chmod(path: Path) -> None:
    path.chmod(0o600)


def give_away(path: Path) -> None:
    os.chown(path, NOBODY, NOBODY)


def add_to_the_list(path: Path) -> None:
    run("setfacl", "-m", "u:nobody:r", path)


@as_root
@pytest.mark.parametrize("change", [chmod, give_away, add_to_the_list])
def test_a_right_that_someone_changes_meanwhile_is_not_undone(edit: Edit, change: Callable[[Path], None]) -> None:
    change(edit.path)
    wanted = rights_of(edit.path)
    edit.path.unlink()
    make_plain(edit)
    calls = edit.traced().calls
    told = 0
    for index in range(calls.index("flock"), calls.index("rename")):
        make_plain(edit)
        outcome = edit.traced(doing(index, lambda: change(edit.path)))
        # Between the last comparison and the rename are these.
        assert rights_of(edit.path) == wanted or index >= calls.index("rename") - LAST_LOOK, (index, calls[index])
        told += "ChangedByOther" in outcome.error
    assert told


def make_plain(edit: Edit) -> None:
    edit.reset()
    os.chown(edit.path, 0, 0)
    edit.path.chmod(0o644)


def rights_of(path: Path) -> object:
    status = path.stat()
    more = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    return status.st_mode, status.st_uid, status.st_gid, more


@pytest.mark.parametrize("after", ["write", "fsync", "openat"])
@pytest.mark.parametrize("name", ["equal", "backup"])
@pytest.mark.parametrize("how", [os.symlink, os.link])
def test_a_swapped_temporary_file_gives_nothing_away(tmp_path: Path, name: str, after: str, how: object) -> None:
    """Whoever owns the folder may put a link to another's file where ours was just made."""
    assert callable(how)
    (tmp_path / "folder").mkdir()
    edit = Edit(tmp_path / "folder", CASES[name], False)
    victim = tmp_path / "victim"
    victim.write_bytes(b"secret")
    victim.chmod(0o600)
    before = victim.stat()

    def swap(call: Call) -> None:
        for made in edit.folder.glob(".*.tmp"):
            if call.name == after and not made.is_symlink() and not made.samefile(victim):
                made.unlink()
                how(victim, made)

    edit.reset()
    edit.path.chmod(0o666)
    if os.geteuid() == 0:
        os.chown(edit.path, NOBODY, NOBODY)
    edit.traced(swap)
    assert victim.read_bytes() == b"secret"
    assert (victim.stat().st_mode, victim.stat().st_uid) == (before.st_mode, before.st_uid)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["equal", "large-insert", "create"])
def test_links_where_our_own_files_go_are_not_followed(tmp_path: Path, name: str, way: str) -> None:
    edit = Edit(tmp_path, CASES[name]._replace(backup=True), WAYS[way])
    edit.reset()
    victim = tmp_path / "victim"
    victim.write_bytes(b"not ours")
    backup = backup_name(NAME, edit.case.old or b"")
    for planted in (f".{NAME}.winsock_proxy.tmp", f".{backup}.winsock_proxy.tmp"):
        (tmp_path / planted).symlink_to(victim)
    edit.apply()
    assert victim.read_bytes() == b"not ours"
    assert edit.data() == edit.new
    assert not edit.path.is_symlink()


def test_a_file_under_the_name_of_the_copy_for_the_moment_is_kept(tmp_path: Path) -> None:
    edit = Edit(tmp_path, CASES["large-insert"]._replace(backup=False), True)
    edit.reset()
    other = tmp_path / rescue_name(NAME, edit.case.old or b"")
    other.write_bytes(b"of the user")
    with pytest.raises(ServerError, match="something else has that name, and is kept"):
        edit.apply()
    assert other.read_bytes() == b"of the user"
    assert edit.data() == edit.case.old


@pytest.mark.parametrize("name", [f"{NAME}.old", f"{NAME}.bak", f"{NAME}.tmp", f"{NAME}~"])
def test_a_users_own_copies_are_left_alone(tmp_path: Path, name: str) -> None:
    edit = Edit(tmp_path, CASES["large-insert"], True)
    edit.reset()
    for text in (b"of the user", edit.case.old or b""):
        (tmp_path / name).write_bytes(text)
        edit.path.write_bytes(edit.case.old or b"")
        edit.apply()
        assert (tmp_path / name).read_bytes() == text
