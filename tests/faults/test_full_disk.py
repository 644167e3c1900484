# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real disks that are full, or mounted read-only, and folders that go away."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.folder import CannotWrite
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.folder import write as write_report

from tests.faults.fault_cases import CASES, WAYS, Case, Edit
from tests.faults.fault_tracer import doing
from tests.faults.mounts import bound, tmpfs

PAGE = 4096
FULL = "the disk is full: make room and run the task again"
# The write needs a new page of the disk.
TO_THE_PAGE = Case(b"[Common]\r\n;" + b"x" * (PAGE - 13) + b"\r\n")
OVER_THE_PAGE = Case(b"[EMSMTA]\r\n;" + b"x" * (2 * PAGE - 23) + b"\r\n[End]\r\nK=1\r\n", value="y" * 2 * PAGE)

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with tmpfs(tmp_path, 64 * PAGE) as point:
        yield point


def fill(edit: Edit, spare: int) -> None:
    """Fill the disk until it has so many pages left."""
    space = os.statvfs(edit.folder)
    (edit.folder / "filler").write_bytes(b"x" * (space.f_bavail - spare) * space.f_frsize)


def check_refused(edit: Edit) -> str:
    """Do an edit that must fail and change nothing; give its error."""
    names = os.listdir(edit.folder)
    with pytest.raises(ServerError) as caught:
        edit.apply()
    assert edit.data() == edit.case.old
    assert os.listdir(edit.folder) == names
    return str(caught.value)


@pytest.mark.parametrize("spare", [0, 1, 3])
def test_a_report_stays_as_it_was_on_a_full_disk(small_disk: Path, spare: int) -> None:
    old = {name: name.encode() for name in ("report.html", "report.json")}
    new = {name: data * PAGE for name, data in old.items()}
    write_report(small_disk, old)
    space = os.statvfs(small_disk)
    (small_disk / "filler").write_bytes(b"x" * (space.f_bavail - spare) * space.f_frsize)
    with pytest.raises(CannotWrite, match="No space left on device"):
        write_report(small_disk, new)
    assert {name: (small_disk / name).read_bytes() for name in old} == old
    assert sorted(os.listdir(small_disk)) == ["filler", *sorted(old)]
    (small_disk / "filler").unlink()
    write_report(small_disk, new)
    assert {path.name: path.read_bytes() for path in small_disk.iterdir()} == new


def check_runs_with_room(edit: Edit) -> None:
    (edit.folder / "filler").unlink()
    assert edit.apply()["changed"]
    assert edit.data() == edit.new


@pytest.mark.parametrize(
    ("case", "way", "spare"),
    [
        (CASES["equal"], "rename", 0),
        (CASES["large-insert"], "rename", 1),
        (TO_THE_PAGE, "in_place", 0),
        (OVER_THE_PAGE, "in_place", 0),
        (OVER_THE_PAGE, "in_place", 1),
        (OVER_THE_PAGE, "in_place", 3),  # room for the copy, but not for the new bytes
        (OVER_THE_PAGE, "in_place", 4),  # and for the first of them
    ],
)
def test_a_full_disk_changes_nothing(small_disk: Path, case: Case, way: str, spare: int) -> None:
    edit = Edit(small_disk, case._replace(backup=False), WAYS[way])
    edit.reset()
    fill(edit, spare)
    text = check_refused(edit)
    assert text.startswith(f"Error while writing {edit.path}: ")
    assert text.endswith(f"{FULL}; it was not changed")
    check_runs_with_room(edit)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("spare", [0, 1])
def test_no_room_for_the_backup_changes_nothing(small_disk: Path, way: str, spare: int) -> None:
    edit = Edit(small_disk, CASES["large-insert"], WAYS[way])
    edit.reset()
    fill(edit, spare)
    text = check_refused(edit)
    assert text.startswith(f"Error while saving the old bytes as {edit.path}.")
    assert text.endswith(f"{FULL}; {edit.path} was not changed")
    check_runs_with_room(edit)


def test_no_room_for_a_new_file_makes_none(small_disk: Path) -> None:
    edit = Edit(small_disk, CASES["create"], None)
    edit.reset()
    fill(edit, 0)
    assert check_refused(edit).endswith(FULL)
    check_runs_with_room(edit)


def test_a_change_within_the_page_needs_no_room_in_place(small_disk: Path) -> None:
    edit = Edit(small_disk, CASES["append"], True)
    edit.reset()
    fill(edit, 0)
    assert edit.apply()["changed"]
    assert edit.data() == edit.new


@pytest.mark.parametrize("name", ["equal", "backup", "create"])
@pytest.mark.parametrize("way", WAYS)
def test_a_disk_mounted_read_only_is_told_in_check_mode_too(small_disk: Path, name: str, way: str) -> None:
    edit = Edit(small_disk, CASES[name], WAYS[way])
    edit.reset()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    text = check_refused(edit)
    assert str(edit.path) in text
    assert "mounted read-only" in text
    with pytest.raises(ServerError) as caught:
        edit.check()
    assert str(caught.value) == text


def test_a_file_that_is_a_mount_of_its_own_is_changed_in_place(tmp_path: Path) -> None:
    (tmp_path / "edit").mkdir()
    edit = Edit(tmp_path / "edit", CASES["equal"], None)
    edit.reset()
    source = tmp_path / "source"
    shutil.copy(edit.path, source)
    with bound(source, edit.path):
        assert edit.apply()["changed"]
        assert not edit.beside()
    assert source.read_bytes() == edit.new
    assert edit.data() == edit.case.old


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["backup", "create"])
def test_a_folder_that_vanishes_at_any_call_is_told(tmp_path: Path, name: str, way: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    edit = Edit(folder, CASES[name], WAYS[way])
    for index in range(len(edit.disturbed().calls)):
        outcome = edit.disturbed(doing(index, partial(shutil.rmtree, folder)))
        assert "ServerError" in outcome.error or outcome.result, outcome
        assert not outcome.error or str(folder) in outcome.text
        assert not outcome.leaked
        assert not folder.exists()
        folder.mkdir()
