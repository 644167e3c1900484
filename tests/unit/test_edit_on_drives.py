# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits by Windows paths on visible drives."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.copies import backup_name
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._errors import OptionError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import (
    EditRequest,
    edit_drives_from,
    refuse_drives_over_smb,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Stanza
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import Missing, ServerError

from tests.unit.drive_trees import state_of, write

OLD = b"[EMSMTA]\r\nDisable=0\r\n"
NEW = b"[EMSMTA]\r\nDisable=1\r\n"
FIX = Stanza(b"EMSMTA", ((b"Disable", b"1"),))
BACKUP = backup_name("Mspclnt.ini", OLD)


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    write(tmp_path / "c" / "Mspclnt" / "Mspclnt.ini", OLD)
    write(tmp_path / "outside" / "Mspclnt.ini", OLD)
    return tmp_path / "c"


def fix(drive: Path, path: str, check: bool = False, create: bool = False) -> dict[str, Any]:
    with closing(LocalEditor(drives={"C": str(drive)})) as editor:
        return apply(editor, EditRequest(path, FIX, True, create, True), check=check, diff=True)


def both(drive: Path, path: str, create: bool = False) -> dict[str, Any]:
    """Do it in check mode, which must tell the same and change nothing, and then for good."""
    before = state_of(drive)
    predicted = fix(drive, path, True, create)
    assert state_of(drive) == before
    assert fix(drive, path, False, create) == predicted
    return predicted


def refusal(drive: Path, path: str, create: bool = False) -> str:
    before = state_of(drive.parent)
    texts = []
    for check in (True, False):
        with pytest.raises(ServerError) as caught:
            fix(drive, path, check, create)
        texts.append(str(caught.value))
    assert state_of(drive.parent) == before
    assert texts[0] == texts[1]
    return texts[0]


@pytest.mark.parametrize(
    "path",
    ["C:\\Mspclnt\\Mspclnt.ini", "c:\\MSPCLNT\\MSPCLNT.INI", "C:/mspclnt/mspclnt.ini", "C:\\MSPCLNT.\\mspclnt.ini "],
)
def test_a_file_is_found_blind_to_case(drive: Path, path: str) -> None:
    result = both(drive, path)
    assert (result["path"], result["backup_file"]) == (path, f"C:\\Mspclnt\\{BACKUP}")
    assert {file.name: file.read_bytes() for file in (drive / "Mspclnt").iterdir()} == {"Mspclnt.ini": NEW, BACKUP: OLD}


def test_a_link_that_stays_inside_is_followed_and_stays(drive: Path) -> None:
    (drive / "link").symlink_to(drive / "Mspclnt")
    (drive / "file.ini").symlink_to("link/Mspclnt.ini")
    assert both(drive, "C:\\File.ini")["backup_file"] == f"C:\\Mspclnt\\{BACKUP}"
    assert (drive / "file.ini").is_symlink()
    assert (drive / "Mspclnt" / "Mspclnt.ini").read_bytes() == NEW


def test_a_drive_may_itself_be_reached_by_a_link(drive: Path, tmp_path: Path) -> None:
    (tmp_path / "mounted").symlink_to(drive)
    (drive / "link").symlink_to(tmp_path / "mounted" / "Mspclnt")
    assert both(tmp_path / "mounted", "C:\\link\\Mspclnt.ini")["backup_file"] == f"C:\\Mspclnt\\{BACKUP}"


@pytest.mark.parametrize(
    "target", ["../outside/Mspclnt.ini", "{}/outside/Mspclnt.ini", "Mspclnt/../../outside/new.ini"]
)
@pytest.mark.parametrize("create", [False, True])
def test_a_link_that_leads_out_is_refused(drive: Path, tmp_path: Path, target: str, create: bool) -> None:
    (drive / "x.ini").symlink_to(target.format(tmp_path))
    assert f"{drive}/x.ini is a link that leads out of its drive" in refusal(drive, "C:\\x.ini", create)


def test_a_pipe_is_neither_opened_nor_waited_for(drive: Path) -> None:
    os.mkfifo(drive / "x.ini")
    assert "it is a device, a pipe or a socket, not a regular file" in refusal(drive, "C:\\X.ini")


def test_two_names_that_differ_only_in_case_are_refused(drive: Path) -> None:
    write(drive / "MSPCLNT" / "Mspclnt.ini")
    assert "differ only in case" in refusal(drive, "C:\\Mspclnt\\Mspclnt.ini")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/mnt/c/Mspclnt.ini", "this is not an absolute Windows path"),
        ("Mspclnt.ini", "this is not an absolute Windows path"),
        ("D:\\Mspclnt.ini", "drive D: was not given in 'drives'"),
        ("C:\\Mspclnt", "it is a folder; give the path of the file in it"),
        ("C:\\Mspclnt\\..\\x.ini", "'..' in a path is not followed"),
        ("C:\\Mspclnt\\MSPCLN~1.INI", "may be the short (8.3) name of another one"),
    ],
)
def test_other_paths_are_refused(drive: Path, path: str, says: str) -> None:
    assert says in refusal(drive, path)


def test_a_missing_file_is_told_or_made(drive: Path) -> None:
    with pytest.raises(Missing, match="there is no such file; set 'create: true' if it is to be made"):
        fix(drive, "C:\\MSPCLNT\\New.ini")
    with pytest.raises(Missing, match=f"there is no such file, and no folder {drive}/Other"):
        fix(drive, "C:\\Other\\New.ini")
    assert f"there is no folder {drive}/Other" in refusal(drive, "C:\\Other\\New.ini", create=True)
    assert both(drive, "C:\\MSPCLNT\\New.ini", create=True)["changed"]
    assert (drive / "Mspclnt" / "New.ini").read_bytes() == NEW


def test_a_folder_that_its_owner_moves_away_stays_the_one_that_is_edited(drive: Path) -> None:
    path = "C:\\Mspclnt\\Mspclnt.ini"
    with closing(LocalEditor(drives={"C": str(drive)})) as editor:
        assert editor.read(path) == OLD
        (drive / "Mspclnt").rename(drive / "moved")
        (drive / "Mspclnt").symlink_to(drive.parent / "outside")
        with closing(editor.open(path)) as file:
            file.replace(OLD, NEW)
    assert (drive / "moved" / "Mspclnt.ini").read_bytes() == NEW
    assert (drive.parent / "outside" / "Mspclnt.ini").read_bytes() == OLD


def test_a_folder_that_is_removed_meanwhile_is_told(drive: Path) -> None:
    path = "C:\\Mspclnt\\New.ini"
    with closing(LocalEditor(drives={"C": str(drive)})) as editor:
        with pytest.raises(Missing):
            editor.read(path)
        shutil.rmtree(drive / "Mspclnt")
        with pytest.raises(ServerError, match=r"No such file or directory .*: it is no longer there"):
            editor.create(path, NEW)


def test_a_windows_path_needs_drives(drive: Path) -> None:
    with pytest.raises(ServerError, match="this is a Windows path: give 'drives' with the folder where its drive is"):
        apply(LocalEditor(), EditRequest("C:\\x.ini", FIX, True, False, False), check=True, diff=False)


@pytest.mark.parametrize("option", [None, {}])
def test_without_drives_there_are_none(option: Mapping[str, str] | None) -> None:
    assert edit_drives_from({"drives": option}) == {}
    refuse_drives_over_smb({"drives": option})


def test_drives_are_checked_as_for_a_look(drive: Path) -> None:
    assert edit_drives_from({"drives": {"c:": str(drive)}}) == {"C": str(drive)}
    with pytest.raises(OptionError, match=r"missing, does not exist$"):
        edit_drives_from({"drives": {"C": f"{drive}/missing"}})


def test_drives_are_refused_over_smb() -> None:
    with pytest.raises(OptionError, match="over SMB the path is one on the server's own drives; leave 'drives' out"):
        refuse_drives_over_smb({"drives": {"C": "/mnt/c"}})
