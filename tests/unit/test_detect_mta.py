# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where EMSMTA.EXE lies: a default place, an option, a search; and links in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    ABSENT,
    INFERRED,
    INSTALLED,
    UNKNOWN,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.gather import gather
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.look import Hints
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles

from tests.unit.detect_servers import (
    COMPLETE,
    MTA,
    NO_MTA,
    NO_POINTER,
    NOTHING_POINTS,
    PROGRAM,
    SERVER,
    Row,
    by_name,
    check,
    look,
)
from tests.unit.drive_trees import build

OTHER_PLACE = {"C/WINNT/SYSTEM.INI": NO_POINTER, "C/Apps/Exchange/emsmta.EXE": PROGRAM}
TWO = {**MTA, "D/Exchsrvr/Bin/EMSMTA.EXE": PROGRAM}
DOUBT = {"D/Exchsrvr/x": b"", "D/EXCHSRVR/x": b""}
MTA_ROWS = (
    Row("default_place", MTA, INSTALLED, INFERRED, ("C:\\exchsrvr\\BIN\\emsmta.exe", "registry was not read")),
    Row("default_place_complete", MTA, INSTALLED, INFERRED, ("was found",), COMPLETE),
    Row("other_drive", {"C/x": b"", "D/EXCHSRVR/bin/EmsMta.Exe": PROGRAM}, INSTALLED, INFERRED, ("D:\\EXCHSRVR\\bin",)),
    Row("two", TWO, UNKNOWN, INFERRED, ("C:\\exchsrvr\\BIN\\emsmta.exe and D:\\Exchsrvr", "'exchange_bin'")),
    Row("two_complete", TWO, UNKNOWN, INFERRED, ("C:\\exchsrvr\\BIN\\emsmta.exe and D:\\Exchsrvr",), COMPLETE),
    Row("option_of_two", TWO, INSTALLED, INFERRED, ("D:\\Exchsrvr",), {"exchange_bin": "d:\\EXCHSRVR\\bin\\"}),
    Row("option", OTHER_PLACE, INSTALLED, INFERRED, ("C:\\Apps\\",), {"exchange_bin": "C:\\apps\\exchange"}),
    Row("option_wrong", MTA, UNKNOWN, INFERRED, ("is not in C:\\x", "correct it"), {"exchange_bin": "C:\\x"}),
    Row("option_names_the_file", MTA, UNKNOWN, INFERRED, (), {"exchange_bin": "C:\\exchsrvr\\bin\\emsmta.exe"}),
    Row("option_not_given", MTA, UNKNOWN, INFERRED, ("E: was not given",), {"exchange_bin": "E:\\", **COMPLETE}),
    Row("option_relative", MTA, UNKNOWN, INFERRED, ("not an absolute",), {"exchange_bin": "Exchsrvr\\Bin", **COMPLETE}),
    Row("option_upwards", MTA, UNKNOWN, INFERRED, ("'..'",), {"exchange_bin": "C:\\x\\..\\exchsrvr\\bin", **COMPLETE}),
    Row("option_share", MTA, UNKNOWN, INFERRED, ("network share",), {"exchange_bin": "\\\\EX01\\C$", **COMPLETE}),
    Row(
        "option_wrong_complete", MTA, UNKNOWN, INFERRED, ("BIN\\emsmta.exe was",), {"exchange_bin": "C:\\x", **COMPLETE}
    ),
    Row("none", NO_MTA, UNKNOWN, INFERRED, ("C:\\Exchsrvr\\Bin or D:", "other folders or drives")),
    Row("none_complete", NO_MTA, ABSENT, INFERRED, ("no drive of the server holds EMSMTA.EXE",), COMPLETE),
    Row("elsewhere", OTHER_PLACE, UNKNOWN, INFERRED, ("is not in C:\\Exchsrvr\\Bin",)),
    Row("elsewhere_complete", OTHER_PLACE, UNKNOWN, INFERRED, ("C:\\Apps\\Exchange\\emsmta.EXE",), COMPLETE),
    Row("folder_so_called", {"C/Exchsrvr/Bin/EMSMTA.EXE/x": b""}, ABSENT, INFERRED, (), COMPLETE),
    Row("file_in_the_way", {"C/Exchsrvr": b""}, ABSENT, INFERRED, (), COMPLETE),
    Row("doubt", DOUBT, UNKNOWN, INFERRED, ("'EXCHSRVR' and 'Exchsrvr'",), COMPLETE),
    Row(
        "found_and_doubt", {**MTA, **DOUBT}, UNKNOWN, INFERRED, ("C:\\exchsrvr\\BIN\\emsmta.exe was", "'exchange_bin'")
    ),
    Row("name_holds_its_path", {"C/Exchsrvr\\Bin\\EMSMTA.EXE": PROGRAM}, UNKNOWN, INFERRED, ("EMSMTA.EXE",), COMPLETE),
)


@pytest.mark.parametrize("row", MTA_ROWS, ids=by_name)
def test_the_mta(row: Row, tmp_path: Path) -> None:
    evidence = look(tmp_path, {**NOTHING_POINTS, **row.files}, **row.places)
    check(evidence.mta, row)
    assert bool(evidence.not_read) is (row.state == UNKNOWN)


@pytest.mark.parametrize(("limit", "state"), [(0, UNKNOWN), (1, UNKNOWN), (3, UNKNOWN), (4, ABSENT), (5, ABSENT)])
def test_a_bound_that_is_reached_is_unknown(limit: int, state: str, tmp_path: Path) -> None:
    files = DriveFiles(build(tmp_path, NO_MTA), search_limit=limit)
    mta = gather(files, Hints(drives_complete=True)).mta
    assert mta.state == state
    assert ("not all were looked at" in mta.reason) is (state == UNKNOWN)


def test_nothing_is_searched_without_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_arguments: object) -> None:
        pytest.fail("a search was made")

    monkeypatch.setattr(DriveFiles, "search", never)
    look(tmp_path, SERVER, drives_complete=True)
    look(tmp_path, NO_MTA)


# Links: what cannot be followed is not absent


@pytest.mark.parametrize("target", ["/nowhere", "/", "loop", "../.."])
@pytest.mark.parametrize("complete", [False, True])
def test_a_link_in_the_way_is_unknown(target: str, complete: bool, tmp_path: Path) -> None:
    build(tmp_path, {"C/x": b""})
    for name in ("loop", "WINNT", "Exchsrvr", "Mspclnt"):
        (tmp_path / "C" / name).symlink_to(target)
    evidence = gather(DriveFiles({"C": str(tmp_path / "C")}), Hints(drives_complete=complete))
    assert (evidence.mta.state, evidence.client.state) == (UNKNOWN, UNKNOWN)


@pytest.mark.parametrize("name", ["C/Mspclnt/Mspclnt.ini", "C/Mspclnt"])
def test_a_default_place_behind_a_link_is_unknown(name: str, tmp_path: Path) -> None:
    build(tmp_path, {**NOTHING_POINTS, "C/x": b""})
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).symlink_to("/nowhere")
    assert look(tmp_path, NOTHING_POINTS).client.state == UNKNOWN


def test_a_folder_behind_a_link_may_hold_the_mta(tmp_path: Path) -> None:
    """Mount points of Windows look like this to Linux."""
    build(tmp_path, NO_MTA)
    (tmp_path / "D" / "apps").symlink_to("/nowhere")
    mta = look(tmp_path, NO_MTA, drives_complete=True).mta
    assert mta.state == UNKNOWN
    assert f"{tmp_path}/D/apps: it is a link that leads out of the drives, to /nowhere" in mta.reason


def test_one_program_by_two_paths_is_one(tmp_path: Path) -> None:
    files = {**MTA, "C/WINNT/SYSTEM.INI": NO_POINTER}
    build(tmp_path, files)
    (tmp_path / "C" / "WINDOWS").symlink_to("WINNT")
    evidence = look(tmp_path, files)
    assert evidence.system_ini is not None
    assert evidence.system_ini.windows == "C:\\WINNT\\SYSTEM.INI"
