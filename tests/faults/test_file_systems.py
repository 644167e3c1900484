# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits on the file systems of Windows, as Linux mounts them.

Where this machine cannot mount one, the same edits are made in place on another one, and the
name of the test says "forced".
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.posix import (
    DOS_READ_ONLY,
    file_system_type,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError

from tests.faults.fault_cases import CASES, Case, Edit, folder_of
from tests.faults.fault_tracer import Kill, at
from tests.faults.mounts import image

KINDS = {"ntfs": "fuse", "ntfs-loop": "fuseblk", "fat": "vfat"}
SHORT_NAME = b"MSPCLN~1.INI"


class Disk(NamedTuple):
    """A folder to edit in; kind is empty where the choice had to be forced."""

    folder: Path
    kind: str

    def edit(self, case: Case) -> Edit:
        return Edit(self.folder, case, None if self.kind else True)


@cache
def can_mount(kind: str) -> bool:
    with TemporaryDirectory() as folder, image(Path(folder), kind) as point:
        return point is not None


def named(kind: str) -> str:
    return kind if can_mount(kind) else f"{kind}-cannot-be-mounted-here-so-in-place-is-forced"


@pytest.fixture(params=KINDS, ids=named)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    with ExitStack() as stack:
        point = stack.enter_context(image(tmp_path, request.param)) if can_mount(request.param) else None
        folder = point or tmp_path / "forced"
        if point is None:
            folder.mkdir()
        yield Disk(folder, KINDS[request.param] if point else "")


@pytest.mark.parametrize("name", CASES)
def test_each_edit_is_made_in_place(disk: Disk, name: str) -> None:
    edit = disk.edit(CASES[name])
    outcome = edit.disturbed()
    assert outcome.result["changed"], outcome
    assert edit.data() == edit.new
    assert not edit.ours()
    assert edit.backups_are_whole()
    assert "rename" not in outcome.calls or name in ("backup", "large-insert", "large-shorter", "large-border")
    assert not edit.apply()["changed"]
    with edit.path.open("rb") as file:
        assert not disk.kind or file_system_type(file.fileno()) == disk.kind


def test_the_file_stays_the_same_file(disk: Disk) -> None:
    edit = disk.edit(CASES["equal"])
    edit.reset()
    before = edit.path.stat()
    edit.apply()
    after = edit.path.stat()
    assert (after.st_ino, after.st_mode, after.st_uid) == (before.st_ino, before.st_mode, before.st_uid)


@pytest.mark.parametrize("name", ["shorter", "backup"])
def test_a_kill_leaves_old_or_new(disk: Disk, name: str) -> None:
    edit = disk.edit(CASES[name])
    for index in range(len(edit.disturbed().calls)):
        assert edit.disturbed(at(index, Kill())).killed
        assert edit.is_old_or_new()
        assert edit.backups_are_whole()
        edit.apply()
        assert edit.wanted_is_read()


def test_names_that_differ_only_in_case_are_refused(disk: Disk) -> None:
    edit = disk.edit(CASES["create"])
    edit.reset()
    (disk.folder / "MSPCLNT.INI").write_bytes(b"[Common]\r\n")
    if edit.path.exists():  # blind to case by itself
        assert edit.apply()["changed"]
        return
    with pytest.raises(ServerError, match=r"'MSPCLNT\.INI' is there already"):
        edit.apply()
    assert folder_of(edit) == {"MSPCLNT.INI": b"[Common]\r\n"}


@pytest.fixture(params=["ntfs", "ntfs-loop"], ids=named)
def ntfs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    with image(tmp_path, request.param) as point:
        folder = point or tmp_path / "forced"
        folder.mkdir(exist_ok=True)
        yield Disk(folder, KINDS[request.param] if point else "")


def mark(path: Path, disk: Disk, name: str, value: bytes) -> str:
    """Set what NTFS keeps of a file; an attribute of the user's stands in for it elsewhere. Give its name."""
    attribute = f"system.{name}" if disk.kind else f"user.{name}"
    os.setxattr(path, attribute, value)
    return attribute


def test_the_short_name_is_kept(ntfs: Disk) -> None:
    edit = ntfs.edit(CASES["longer"])
    edit.path = ntfs.folder / "Mspclnt of this server.ini"
    edit.path.write_bytes(edit.case.old or b"")
    attribute = mark(edit.path, ntfs, "ntfs_dos_name", SHORT_NAME)
    edit.apply()
    assert edit.data() == edit.new
    assert os.getxattr(edit.path, attribute) == SHORT_NAME


def test_the_time_of_creation_is_kept(ntfs: Disk) -> None:
    edit = ntfs.edit(CASES["longer"])
    edit.reset()
    attribute = mark(edit.path, ntfs, "ntfs_crtime_be", bytes.fromhex("01bd1e3f5a6b7c80"))
    edit.apply()
    assert os.getxattr(edit.path, attribute).hex() == "01bd1e3f5a6b7c80"


def test_two_links_stay_one_file(ntfs: Disk) -> None:
    edit = ntfs.edit(CASES["longer"])
    edit.reset()
    os.link(edit.path, ntfs.folder / "second.ini")
    edit.apply()
    assert (ntfs.folder / "second.ini").read_bytes() == edit.new


def test_the_dos_attribute_read_only_is_respected(ntfs: Disk) -> None:
    edit = ntfs.edit(CASES["equal"])
    edit.reset()
    mark(edit.path, ntfs, "ntfs_attrib_be", (0x20 | DOS_READ_ONLY).to_bytes(4, "big"))
    if not ntfs.kind:
        edit.path.chmod(0o444)
    for run in (edit.apply, edit.check):
        with pytest.raises(ServerError, match=r"it is read-only, and someone made it so; .*'attrib -r' on"):
            run()
    assert folder_of(edit) == {edit.path.name: edit.case.old}


def test_a_full_image_changes_nothing(ntfs: Disk) -> None:
    edit = ntfs.edit(Case(CASES["large-insert"].old, value="x" * 30000))
    edit.reset()
    if not ntfs.kind:
        return
    with open(ntfs.folder / "filler", "wb", buffering=0) as filler:
        try:
            while filler.write(b"x" * 4096):
                pass
        except OSError:
            pass
    names = sorted(os.listdir(ntfs.folder))
    with pytest.raises(ServerError, match="the disk is full"):
        edit.apply()
    assert edit.data() == edit.case.old
    assert sorted(os.listdir(ntfs.folder)) == names
