# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option that names the visible drives."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._errors import OptionError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.drives import drives_from

from tests.unit.drive_trees import write
from tests.unit.without_rights import error_without_rights


@pytest.fixture
def two(tmp_path: Path) -> Path:
    for name in ("c/file", "d/file", "c-2/file"):
        write(tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("key", ["C", "c", "C:", "c:", "C:\\", "c:\\"])
def test_spellings_of_a_drive_letter(two: Path, key: str) -> None:
    assert drives_from({key: f"{two}/c", "D": f"{two}/d"}) == {"C": f"{two}/c", "D": f"{two}/d"}


@pytest.mark.parametrize("option", [None, {}])
def test_no_drives(option: dict[str, str] | None) -> None:
    with pytest.raises(OptionError, match=r"name the visible drives, .* or reach the server by the connection"):
        drives_from(option)


@pytest.mark.parametrize("key", ["", ":", "CD", "1", "\xc4", "\u017f", "/", "C:x", " C", 1, None, True, "\\", "\ud800"])
def test_what_is_no_drive_letter(two: Path, key: object) -> None:
    with pytest.raises(OptionError, match="is no drive letter; write, for example") as caught:
        drives_from({key: f"{two}/c"})
    assert str(caught.value).startswith(f"drives: {key!r} ")


def test_a_letter_that_is_given_twice(two: Path) -> None:
    with pytest.raises(OptionError, match="drive C: is given twice"):
        drives_from({"C": f"{two}/c", "c:": f"{two}/d"})


@pytest.mark.parametrize("folder", ["c", "./c", "~/c", "", " /c", None, 5, True, ["/c"], "C:\\", b"/c"])
def test_a_folder_must_be_an_absolute_path(folder: object) -> None:
    with pytest.raises(OptionError, match="give an absolute path"):
        drives_from({"C": folder})


@pytest.mark.parametrize(
    ("below", "fault"),
    [
        ("missing", "does not exist"),
        ("c/file", "is no folder"),
        ("c/file/x", "does not exist"),
        ("c\0", "does not exist"),
        ("\ud800", "does not exist"),
        ("dangling", "is a link that leads nowhere"),
        ("x" * 5000, "cannot be looked at (File name too long)"),
    ],
)
def test_a_folder_must_be_there(two: Path, below: str, fault: str) -> None:
    (two / "dangling").symlink_to("missing")
    with pytest.raises(OptionError) as caught:
        drives_from({"C": f"{two}/{below}"})
    assert str(caught.value) == f"drives: the folder of drive C:, {two}/{below}, {fault}"


def test_a_folder_that_is_closed_is_called_so() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o700)
        told = error_without_rights(lambda: drives_from({"C": f"{folder}/c"}))
    assert told == f"OptionError: drives: the folder of drive C:, {folder}/c, is closed to this user"


def test_an_empty_folder_is_no_drive(two: Path) -> None:
    """So looks a drive that was not mounted; nothing in it would count as absent."""
    (two / "empty").mkdir()
    with pytest.raises(OptionError) as caught:
        drives_from({"C": f"{two}/c", "D": f"{two}/empty"})
    assert str(caught.value) == (
        f"drives: the folder of drive D:, {two}/empty, is empty; mount the drive there, or leave it out"
    )


@pytest.mark.parametrize(
    ("c", "d"),
    [
        ("c", "c"),
        ("c", "c/"),
        ("c", "c/../c"),
        ("c", "c/sub"),
        ("c/sub", "c"),
        ("c", "link"),
        ("c", "link/sub"),
        ("", "c"),
    ],
)
def test_folders_must_not_overlap(two: Path, c: str, d: str) -> None:
    write(two / "c" / "sub" / "file")
    (two / "link").symlink_to("c")
    with pytest.raises(OptionError, match="give each drive a folder of its own"):
        drives_from({"C": f"{two}/{c}", "D": f"{two}/{d}"})


def test_folders_beside_one_another_are_fine(two: Path) -> None:
    option = {"C": f"{two}/c", "D": f"{two}/c-2"}
    assert drives_from(option) == option
    assert list(DriveFiles(drives_from(option)).drives()) == ["C", "D"]
