# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links on a drive, and the search of whole drives."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles

from tests.unit.drive_trees import INI, drive, found, outside, refusal, watched, write

# Links


def test_links_inside_the_drive_are_followed(folder: Path) -> None:
    (folder / "relative").symlink_to("Mspclnt")
    (folder / "absolute").symlink_to(folder / "Mspclnt")
    (folder / "twice").symlink_to("relative")
    (folder / "file.ini").symlink_to("Mspclnt/Mspclnt.ini")
    local = str(folder / "Mspclnt" / "Mspclnt.ini")
    for path in ("C:\\Relative\\Mspclnt.ini", "C:\\ABSOLUTE\\Mspclnt.ini", "C:\\twice\\Mspclnt.ini", "C:\\File.ini"):
        assert found(folder, path).local == local


def test_a_drive_may_itself_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    assert found(tmp_path / "link", INI).local == str(folder / "Mspclnt" / "Mspclnt.ini")


@pytest.mark.parametrize(
    "target",
    [
        "/etc",
        "..",
        "../outside",
        "../outside/Mspclnt.ini",
        "{}/../outside",
        "/",
        "/proc/self/cwd",
        "{}-beside",
        "{}/..",
    ],
)
@pytest.mark.parametrize("path", ["C:\\Link", "C:\\link\\Mspclnt.ini"])
def test_links_out_of_the_drive_are_not_followed(folder: Path, target: str, path: str) -> None:
    write(folder.with_name("c-beside") / "Mspclnt.ini")
    (folder / "link").symlink_to(target.format(folder))
    text = refusal(folder, path)
    assert f"{folder}/link is a link that leads out of its drive, to {target.format(folder)};" in text


@pytest.mark.parametrize("target", ["nowhere", "Mspclnt/nowhere/x", "Mspclnt/Mspclnt.ini/below"])
@pytest.mark.parametrize("path", ["C:\\Link", "C:\\link\\Mspclnt.ini"])
def test_links_that_lead_nowhere_are_not_absent(folder: Path, target: str, path: str) -> None:
    (folder / "link").symlink_to(target)
    assert refusal(folder, path) == f"{path}: {folder}/link is a link that leads nowhere"


def test_a_circle_of_links_ends(folder: Path) -> None:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    (folder / "down").symlink_to(".")
    assert "is a link that leads through more than 40 others" in refusal(folder, "C:\\a\\x")
    assert found(folder, "C:\\" + "down\\" * 1000 + "Mspclnt").folder
    assert drive(folder).search("x").entries == ()


@pytest.mark.parametrize(("length", "is_found"), [(40, True), (41, False), (1500, False)])
def test_a_long_chain_of_links_has_a_bound(folder: Path, length: int, is_found: bool) -> None:
    (folder / "0").symlink_to("Mspclnt")
    for number in range(1, length):
        (folder / f"{number}").symlink_to(f"{number - 1}")
    path = f"C:\\{length - 1}\\Mspclnt.ini"
    if is_found:
        assert found(folder, path).local == f"{folder}/Mspclnt/Mspclnt.ini"
    else:
        link = f"{folder}/{length - 1}"
        assert refusal(folder, path) == f"{path}: {link} is a link that leads through more than 40 others"


def test_a_link_upwards_within_the_drive_is_followed(folder: Path) -> None:
    write(folder / "a" / "b" / "x.ini")
    (folder / "a" / "b" / "up").symlink_to("../../Mspclnt")
    assert found(folder, "C:\\a\\b\\UP\\mspclnt.ini").local == f"{folder}/Mspclnt/Mspclnt.ini"


# Search


def test_a_search_finds_all_in_any_case(folder: Path) -> None:
    for name in ("emsmta.exe", "a/EMSMTA.EXE", "a/b/Emsmta.Exe", "a/EMSMTA.EX_", "a/XEMSMTA.EXE"):
        write(folder / name)
    search = drive(folder).search("EMSMTA.EXE")
    assert [entry.windows for entry in search.entries] == [
        "C:\\emsmta.exe",
        "C:\\a\\EMSMTA.EXE",
        "C:\\a\\b\\Emsmta.Exe",
    ]
    assert [entry.local for entry in search.entries] == [
        str(folder / name) for name in ("emsmta.exe", "a/EMSMTA.EXE", "a/b/Emsmta.Exe")
    ]
    assert search.gap is None


def test_all_drives_are_searched(tmp_path: Path) -> None:
    for letter in "cd":
        write(tmp_path / letter / "EMSMTA.EXE")
    search = DriveFiles({"D": str(tmp_path / "d"), "C": str(tmp_path / "c")}).search("emsmta.exe")
    assert [entry.windows for entry in search.entries] == ["C:\\EMSMTA.EXE", "D:\\EMSMTA.EXE"]


def test_a_name_that_holds_its_path_is_found(folder: Path) -> None:
    """Some archivers make one name of a Windows path."""
    write(folder / "Exchsrvr\\Bin\\EMSMTA.EXE")
    assert len(drive(folder).search("EMSMTA.EXE").entries) == 1


@pytest.mark.parametrize("limit", range(4))
def test_a_search_ends_at_its_bound(tmp_path: Path, limit: int) -> None:
    for name in ("c/a/1", "c/2", "d/3"):
        write(tmp_path / name)
    files = DriveFiles({"C": str(tmp_path / "c"), "D": str(tmp_path / "d")}, search_limit=limit)
    gap = files.search("EMSMTA.EXE").gap
    assert gap is not None
    assert gap.endswith(f"drive D: more than {limit} files and folders, not all were looked at")


def test_the_bound_itself_is_no_gap(tmp_path: Path) -> None:
    for name in ("c/a/1", "c/2", "d/3"):
        write(tmp_path / name)
    files = DriveFiles({"C": str(tmp_path / "c"), "D": str(tmp_path / "d")}, search_limit=4)
    assert files.search("EMSMTA.EXE").gap is None


@pytest.mark.parametrize("target", ["/", "..", "nowhere", "link", "../outside", "../outside/Mspclnt.ini"])
def test_a_link_that_a_search_cannot_follow_is_a_gap(folder: Path, target: str) -> None:
    (folder / "link").symlink_to(target)
    with watched() as opened:
        search = drive(folder).search("EMSMTA.EXE")
    assert search.entries == ()
    assert search.gap is not None
    assert search.gap.startswith(f"{folder}/link: it is a link that leads ")
    assert outside(opened, folder) == []
    assert opened


def test_a_link_to_what_is_searched_anyway_is_no_gap(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "d" / "sub" / "EMSMTA.EXE")
    (folder / "sub").symlink_to(tmp_path / "d" / "sub")
    (folder / "here").symlink_to("Mspclnt")
    search = DriveFiles({"C": str(folder), "D": str(tmp_path / "d")}).search("EMSMTA.EXE")
    assert [entry.windows for entry in search.entries] == ["D:\\sub\\EMSMTA.EXE"]
    assert search.gap is None


def test_a_link_of_that_name_is_found(folder: Path) -> None:
    (folder / "EMSMTA.EXE").symlink_to("/nowhere")
    assert len(drive(folder).search("emsmta.exe").entries) == 1


def test_a_gap_names_three_and_counts_the_rest(folder: Path) -> None:
    for number in range(5):
        (folder / f"{number}").symlink_to("nowhere")
    gap = drive(folder).search("x").gap
    assert gap is not None
    assert gap.count("leads nowhere") == 3
    assert gap.endswith("; and 2 more")
