# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    ABSENT,
    DOCUMENTED,
    INFERRED,
    INSTALLED,
    UNKNOWN,
    Evidence,
    Part,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.gather import gather
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.look import Hints
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.refusals import SIZE_LIMIT
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.judge import (
    EXPOSED,
    NOT_APPLICABLE,
    PROTECTED,
    judge,
)

from tests.lab.programs import MTA_PROGRAM
from tests.unit.drive_trees import build
from tests.unit.edit_cases import FIX, sample

Files = Mapping[str, bytes]

MSPCLNT = sample("Q231878.mspclnt.ini")
POINTS = sample("Q231878.system.ini")
NO_POINTER = b"[drivers]\r\nwave=mmdrv.dll\r\n"
STORE = sample("Q181420.store.wspcfg.ini")
PROGRAM = MTA_PROGRAM
UTF_16 = MSPCLNT.decode("ascii").encode("utf-16")
SYSTEM_INI = {"C/WINNT/SYSTEM.INI": POINTS}
NOTHING_POINTS = {"C/WINNT/SYSTEM.INI": NO_POINTER}
CLIENT = {**SYSTEM_INI, "C/mspclnt/MSPCLNT.INI": MSPCLNT}
MTA = {"C/exchsrvr/BIN/emsmta.exe": PROGRAM}
SERVER = {**CLIENT, **MTA}


def points_to(path: bytes) -> dict[str, bytes]:
    return {"C/WINNT/SYSTEM.INI": b"[Microsoft Proxy Service]\r\nIni File Path=" + path + b"\r\n"}


def look(folder: Path, files: Files, **places: Any) -> Evidence:
    return gather(DriveFiles(build(folder, files)), Hints(**places))


class Row(NamedTuple):
    """The files of a server, and what is to be known of one part.

    words: what the reason must hold.
    """

    name: str
    files: Files
    state: str
    certainty: str
    words: tuple[str, ...]
    places: Mapping[str, Any] = {}


def by_name(row: Row) -> str:
    return row.name


def check(part: Part, row: Row) -> None:
    assert (part.state, part.certainty) == (row.state, row.certainty), part
    assert all(words in part.reason for words in row.words), part
    assert (part.entry is not None) is (row.state == INSTALLED)
    assert part.source
    assert bool(part.brief) is (row.state == UNKNOWN)
    assert "\\" not in part.brief


LOST = "the pointer in System.ini (Ini File Path) leads nowhere: "
CLIENT_ROWS = (
    Row("pointer", CLIENT, INSTALLED, DOCUMENTED, ("System.ini names C:\\mspclnt\\MSPCLNT.INI",)),
    Row(
        "pointer_elsewhere",
        {**points_to(b"D:\\Proxy Client\\my.ini"), "D/proxy client/MY.INI": MSPCLNT, "C/Mspclnt/Mspclnt.ini": b""},
        INSTALLED,
        DOCUMENTED,
        ("System.ini names D:\\proxy client\\MY.INI",),
    ),
    Row(
        "pointer_in_quotes",
        {**CLIENT, **points_to(b' "c:/MSPCLNT/mspclnt.ini" ')},
        INSTALLED,
        DOCUMENTED,
        ("System.ini names",),
    ),
    Row(
        "pointer_of_code_page",
        {**points_to(b"C:\\Ger\xe4te\\Mspclnt.ini"), "C/GER\xc4TE/Mspclnt.ini": MSPCLNT},
        INSTALLED,
        DOCUMENTED,
        ("C:\\GER\xc4TE\\Mspclnt.ini",),
    ),
    Row("first_pointer_counts", {**CLIENT, "C/WINNT/SYSTEM.INI": POINTS * 2}, INSTALLED, DOCUMENTED, ("names",)),
    Row(
        "pointer_to_nothing_never_the_default",
        {**points_to(b"C:\\Other\\Mspclnt.ini"), "C/Mspclnt/Mspclnt.ini": MSPCLNT},
        UNKNOWN,
        DOCUMENTED,
        (LOST + "C:\\Other\\Mspclnt.ini does not exist",),
    ),
    Row(
        "pointer_to_a_folder",
        {**points_to(b"C:\\Mspclnt\\"), "C/Mspclnt/Mspclnt.ini": MSPCLNT},
        UNKNOWN,
        DOCUMENTED,
        (LOST + "C:\\Mspclnt\\ is a folder",),
    ),
    Row(
        "pointer_to_a_drive_not_given",
        {**points_to(b"E:\\Mspclnt\\Mspclnt.ini"), "C/Mspclnt/Mspclnt.ini": MSPCLNT},
        UNKNOWN,
        DOCUMENTED,
        ("drive E: was not given in 'drives'",),
    ),
    Row(
        "pointer_to_a_share",
        {**points_to(b"\\\\PROXY-09\\mspclnt\\Mspclnt.ini"), "C/Mspclnt/Mspclnt.ini": MSPCLNT},
        UNKNOWN,
        DOCUMENTED,
        ("\\\\PROXY-09\\mspclnt\\Mspclnt.ini", "network share"),
    ),
    Row(
        "pointer_relative",
        {**CLIENT, **points_to(b"Mspclnt.ini")},
        UNKNOWN,
        DOCUMENTED,
        ("not an absolute Windows path",),
    ),
    Row(
        "pointer_with_a_variable",
        {**CLIENT, **points_to(b"%SystemRoot%\\Mspclnt.ini")},
        UNKNOWN,
        DOCUMENTED,
        ("not an absolute Windows path",),
    ),
    Row("pointer_upwards", {**CLIENT, **points_to(b"C:\\x\\..\\mspclnt\\mspclnt.ini")}, UNKNOWN, DOCUMENTED, ("'..'",)),
    Row("pointer_empty", {**CLIENT, **points_to(b"")}, UNKNOWN, DOCUMENTED, (LOST + "an empty path",)),
    Row(
        "pointer_short_name",
        {**points_to(b"C:\\MSPCLN~1\\Mspclnt.ini"), "C/Mspclnt files/Mspclnt.ini": MSPCLNT},
        UNKNOWN,
        DOCUMENTED,
        ("short (8.3) name",),
    ),
    Row(
        "pointer_with_control_characters",
        {**CLIENT, **points_to(b"\\\\\x1b[2J\x07\\x")},
        UNKNOWN,
        DOCUMENTED,
        ("\\\\\\x1b[2J\\x07\\x holds control characters",),
    ),
    Row(
        "pointer_too_long", {**CLIENT, **points_to(b"C:\\" + b"x" * 60000)}, UNKNOWN, DOCUMENTED, ("60003 characters",)
    ),
    Row(
        "pointer_read_in_two_ways",
        {**CLIENT, "C/WINNT/SYSTEM.INI": POINTS.replace(b"[Microsoft", b"[\xa0Microsoft")},
        UNKNOWN,
        DOCUMENTED,
        ("more than one way",),
    ),
    Row(
        "pointer_after_a_mark",
        {**CLIENT, "C/WINNT/SYSTEM.INI": b"\xef\xbb\xbf" + POINTS},
        UNKNOWN,
        DOCUMENTED,
        ("more than one way",),
    ),
    Row(
        "two_files_that_differ_in_case",
        {**CLIENT, "C/mspclnt/mspclnt.ini": b""},
        UNKNOWN,
        DOCUMENTED,
        ("'MSPCLNT.INI' and 'mspclnt.ini'", "differ only in case"),
    ),
    Row(
        "default_place",
        {**NOTHING_POINTS, "C/MSPCLNT/mspclnt.INI": MSPCLNT},
        INSTALLED,
        INFERRED,
        ("no pointer", "C:\\MSPCLNT\\mspclnt.INI lies at a default place"),
    ),
    Row(
        "default_place_on_another_drive",
        {**NOTHING_POINTS, "D/Mspclnt/Mspclnt.ini": MSPCLNT},
        INSTALLED,
        INFERRED,
        ("D:\\Mspclnt\\Mspclnt.ini",),
    ),
    Row(
        "default_place_of_isa",
        {**NOTHING_POINTS, "C/PROGRAM FILES/Microsoft Firewall Client/MSPCLNT.INI": MSPCLNT},
        INSTALLED,
        INFERRED,
        ("C:\\PROGRAM FILES\\Microsoft Firewall Client\\MSPCLNT.INI",),
    ),
    Row(
        "two_default_places",
        {
            **NOTHING_POINTS,
            "C/Mspclnt/Mspclnt.ini": MSPCLNT,
            "C/Program Files/Microsoft Firewall Client/Mspclnt.ini": MSPCLNT,
        },
        UNKNOWN,
        INFERRED,
        ("C:\\Mspclnt\\Mspclnt.ini and C:\\Program Files\\Microsoft Firewall Client\\Mspclnt.ini",),
    ),
    Row(
        "two_drives_with_a_default_place",
        {**NOTHING_POINTS, "C/Mspclnt/Mspclnt.ini": MSPCLNT, "D/MSPCLNT/MSPCLNT.INI": MSPCLNT},
        UNKNOWN,
        INFERRED,
        ("C:\\Mspclnt\\Mspclnt.ini and D:\\MSPCLNT\\MSPCLNT.INI",),
    ),
    Row(
        "default_place_doubtful",
        {**NOTHING_POINTS, "C/Mspclnt/x": b"", "C/MSPCLNT/Mspclnt.ini": MSPCLNT},
        UNKNOWN,
        INFERRED,
        ("'MSPCLNT' and 'Mspclnt'", "default place could not be looked at"),
    ),
    Row(
        "default_place_and_a_doubtful_one",
        {**NOTHING_POINTS, "C/Mspclnt/Mspclnt.ini": MSPCLNT, "D/Mspclnt/x": b"", "D/MSPCLNT/x": b""},
        UNKNOWN,
        INFERRED,
        ("C:\\Mspclnt\\Mspclnt.ini was found", "'MSPCLNT' and 'Mspclnt'"),
    ),
    Row("no_client", NOTHING_POINTS, ABSENT, INFERRED, ("System.ini has no pointer", "none at the default places")),
    Row("another_section", {"C/WINNT/SYSTEM.INI": b"[x]\r\nIni File Path=C:\\x"}, ABSENT, INFERRED, ("no pointer",)),
    Row("folder_at_the_default_place", {**NOTHING_POINTS, "C/Mspclnt/Mspclnt.ini/x": b""}, ABSENT, INFERRED, ()),
    Row(
        "no_system_ini",
        {"C/Mspclnt/Mspclnt.ini": MSPCLNT},
        UNKNOWN,
        DOCUMENTED,
        (
            "looked for C:\\WINNT\\System.ini, C:\\WINNT.SBS\\System.ini, C:\\WINNT35\\System.ini, "
            "C:\\WINDOWS\\System.ini",
            "'system_root'",
        ),
    ),
    Row("system_ini_is_a_folder", {"C/WINNT/System.ini/x": b""}, UNKNOWN, DOCUMENTED, ("it is not there",)),
    Row("system_ini_utf_16", {"C/WINNT/System.ini": UTF_16}, UNKNOWN, DOCUMENTED, ("saved as Unicode",)),
    Row("system_ini_utf_16_no_mark", {"C/WINNT/System.ini": UTF_16[2:]}, UNKNOWN, DOCUMENTED, ("like Unicode",)),
    Row("system_ini_nul", {"C/WINNT/System.ini": NO_POINTER + b"\0"}, UNKNOWN, DOCUMENTED, ("NUL byte at offset",)),
    Row("system_ini_large", {"C/WINNT/System.ini": b" " * (SIZE_LIMIT + 1)}, UNKNOWN, DOCUMENTED, ("more than",)),
    Row(
        "two_system_inis",
        {**CLIENT, "D/WINNT.SBS/System.ini": POINTS},
        UNKNOWN,
        DOCUMENTED,
        ("C:\\WINNT\\SYSTEM.INI and D:\\WINNT.SBS\\System.ini", "'system_root'"),
    ),
    Row(
        "two_system_inis_and_an_option",
        {**CLIENT, "D/WINNT.SBS/System.ini": NO_POINTER},
        INSTALLED,
        DOCUMENTED,
        ("names C:\\mspclnt",),
        {"system_root": "c:\\winnt\\"},
    ),
    Row(
        "a_system_ini_and_a_doubtful_one",
        {**CLIENT, "D/WINNT/x": b"", "D/winnt/x": b""},
        UNKNOWN,
        DOCUMENTED,
        ("C:\\WINNT\\SYSTEM.INI was found", "'WINNT' and 'winnt'", "'system_root'"),
    ),
    Row(
        "system_root_elsewhere",
        {**CLIENT, "D/NT4/SYSTEM.INI": NO_POINTER},
        INSTALLED,
        INFERRED,
        ("lies at a default place",),
        {"system_root": "D:\\nt4"},
    ),
    Row("system_root_wrong", CLIENT, UNKNOWN, DOCUMENTED, ("C:\\NT\\System.ini",), {"system_root": "C:\\NT"}),
    Row(
        "system_root_relative", CLIENT, UNKNOWN, DOCUMENTED, ("not an absolute Windows path",), {"system_root": "WINNT"}
    ),
    Row("system_root_not_given", CLIENT, UNKNOWN, DOCUMENTED, ("was not given",), {"system_root": "E:\\WINNT"}),
    Row("system_root_upwards", CLIENT, UNKNOWN, DOCUMENTED, ("'..'",), {"system_root": "C:\\..\\WINNT"}),
    Row("system_root_posix", CLIENT, UNKNOWN, DOCUMENTED, ("not an absolute Windows path",), {"system_root": "/mnt/c"}),
)


@pytest.mark.parametrize("row", CLIENT_ROWS, ids=by_name)
def test_the_client(row: Row, tmp_path: Path) -> None:
    evidence = look(tmp_path, {**row.files, **MTA}, **row.places)
    check(evidence.client, row)
    assert bool(evidence.not_read) is (row.state == UNKNOWN)
    assert (evidence.mspclnt is not None) is (row.state == INSTALLED)


@pytest.mark.parametrize("folder", ["WINNT", "winnt", "WINNT.SBS", "Winnt.Sbs", "WINNT35", "WINDOWS", "Windows"])
@pytest.mark.parametrize("letter", ["C", "D", "Z"])
def test_system_folders(folder: str, letter: str, tmp_path: Path) -> None:
    files = {"C/mspclnt/mspclnt.ini": MSPCLNT, f"{letter}/{folder}/system.ini": POINTS}
    evidence = look(tmp_path, files)
    assert evidence.client.state == INSTALLED
    assert evidence.system_ini is not None
    assert evidence.system_ini.windows == f"{letter}:\\{folder}\\system.ini"
    assert evidence.system_ini.local == f"{tmp_path}/{letter}/{folder}/system.ini"


OTHER_PLACE = {"C/WINNT/SYSTEM.INI": NO_POINTER, "C/Apps/Exchange/emsmta.EXE": PROGRAM}
NO_MTA = {"C/WINNT/SYSTEM.INI": NO_POINTER, "D/public/readme.txt": b""}
COMPLETE = {"drives_complete": True}
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
    Row("option_wrong", MTA, UNKNOWN, INFERRED, ("is not in C:\\x", "'drives_complete'"), {"exchange_bin": "C:\\x"}),
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


# The files themselves


UNREADABLE = {
    "utf_16": (UTF_16, "it is saved as Unicode (UTF-16, with a byte order mark)"),
    "utf_16_be": (b"\xfe\xff" + MSPCLNT.decode("ascii").encode("utf-16-be"), "saved as Unicode"),
    "utf_16_without_mark": (UTF_16[2:], "it looks like Unicode"),
    "nul": (MSPCLNT + b"\0", "it holds a NUL byte at offset"),
    "binary": (bytes(range(256)), "it holds a NUL byte at offset 0"),
    "large": (b" " * (SIZE_LIMIT + 1), f"it has {SIZE_LIMIT + 1} bytes, more than {SIZE_LIMIT}"),
}


@pytest.mark.parametrize("name", ["C/mspclnt/MSPCLNT.INI", "C/exchsrvr/BIN/wspcfg.INI"])
@pytest.mark.parametrize(("data", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_profile_is_never_judged(name: str, data: bytes, words: str, tmp_path: Path) -> None:
    evidence = look(tmp_path, {**SERVER, name: data})
    (gap,) = evidence.deciding_not_read
    assert gap.what == name.replace("C/", "C:/").replace("/", "\\")
    assert words in gap.reason
    assert judge(evidence).status == UNKNOWN
    assert judge(evidence).plan == ()


def make_folder(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def make_link_outside(path: Path) -> None:
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize("make", [make_folder, make_pipe, make_dangling_link, make_link_outside])
@pytest.mark.parametrize(
    "name", ["C/WINNT/SYSTEM.INI", "C/mspclnt/MSPCLNT.INI", "C/exchsrvr/BIN/emsmta.exe", "C/exchsrvr/BIN/WSPCFG.INI"]
)
def test_what_is_no_file_is_never_judged(name: str, make: Callable[[Path], None], tmp_path: Path) -> None:
    build(tmp_path, {**SERVER, "C/exchsrvr/BIN/store.exe": b""})
    (tmp_path / name).unlink(missing_ok=True)
    make(tmp_path / name)
    evidence = gather(DriveFiles({"C": str(tmp_path / "C")}), Hints())
    assert judge(evidence).status == UNKNOWN
    assert evidence.not_read


class Stanza(NamedTuple):
    """The bytes of Mspclnt.ini and Wspcfg.ini, and the judgement."""

    name: str
    mspclnt: bytes
    wspcfg: bytes | None
    status: str
    section_found: bool
    value: bytes | None
    doubt: bool = False


STANZAS = (
    Stanza("as_installed", MSPCLNT, None, EXPOSED, False, None),
    Stanza("fixed", MSPCLNT + FIX, None, PROTECTED, True, b"1"),
    Stanza("odd_spelling", MSPCLNT + b"[ emsmta ]\n\t disable = '1' \n", None, PROTECTED, True, b"1"),
    Stanza("disable_0", MSPCLNT + b"[EMSMTA]\r\nDisable=0\r\n", None, EXPOSED, True, b"0"),
    Stanza("first_section_counts", MSPCLNT + b"[EMSMTA]\r\n" + FIX, None, EXPOSED, True, None),
    Stanza("first_key_counts", MSPCLNT + FIX + b"Disable=0\r\n", None, PROTECTED, True, b"1"),
    Stanza("commented", MSPCLNT + b"[EMSMTA]\r\n;Disable=1\r\n", None, EXPOSED, True, None),
    Stanza("comment_behind", MSPCLNT + b"[EMSMTA]\r\nDisable=1 ; off\r\n", None, EXPOSED, True, b"1 ; off"),
    Stanza("empty_file", b"", None, EXPOSED, False, None),
    Stanza("other_bytes", bytes(range(1, 256)), None, EXPOSED, False, None),
    Stanza("no_break_space", MSPCLNT + b"[EMSMTA]\r\nDisable=1\xa0\r\n", None, EXPOSED, True, b"1\xa0", True),
    Stanza("marked", b"\xef\xbb\xbf" + FIX, None, EXPOSED, False, None, True),
    Stanza("wspcfg_of_store", MSPCLNT + FIX, STORE, PROTECTED, True, b"1"),
    Stanza("wspcfg_fixed", MSPCLNT, STORE + FIX, PROTECTED, False, None),
    Stanza("wspcfg_0", MSPCLNT + FIX, b"[EMSMTA]\r\nDisable=0", EXPOSED, True, b"1"),
    Stanza("wspcfg_empty_section", MSPCLNT + FIX, b"[EMSMTA]\r\n", EXPOSED, True, b"1"),
)


@pytest.mark.parametrize("row", STANZAS, ids=[row.name for row in STANZAS])
def test_what_windows_reads(row: Stanza, tmp_path: Path) -> None:
    files = {**SERVER, "C/mspclnt/MSPCLNT.INI": row.mspclnt}
    evidence = look(tmp_path, files if row.wspcfg is None else {**files, "C/exchsrvr/BIN/WSPCFG.INI": row.wspcfg})
    found = evidence.mspclnt
    assert found is not None
    assert (found.present, found.value, bool(found.doubt)) == (row.section_found, row.value, row.doubt)
    assert judge(evidence).status == row.status


def test_where_readers_differ_on_the_section_itself_there_is_doubt(tmp_path: Path) -> None:
    """Whether a Wspcfg.ini has the section decides which file counts."""
    evidence = look(tmp_path, {**SERVER, "C/exchsrvr/BIN/wspcfg.ini": b"[EMSMTA\r\n"})
    assert evidence.wspcfg is not None
    assert evidence.wspcfg.present
    assert evidence.wspcfg.doubt
    assert "readers_differ" in [reason.code for reason in judge(evidence).reasons]


def test_the_real_file_is_read_in_full(tmp_path: Path) -> None:
    details = look(tmp_path, SERVER).client_details
    assert details is not None
    assert details.build == b"2.0.400.12"
    assert details.master == b"\\\\PROXY-09\\mspclnt\\"
    assert details.refresh_hours == b"6"
    assert details.servers == (b"PROXY",)
    assert details.has_master_config
    assert not details.has_wsp_client_section
    assert not details.says_do_not_edit


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"; This file should not be edited.\r\n; Changes to ...\r\n", True),
        (b"\r\n" * 8 + b";THIS FILE SHOULD NOT BE EDITED.\r\n", True),
        (b"x=1\r\n" * 20 + b"; This file should not be edited.\r\n", False),
        (b"", False),
    ],
)
def test_the_remark_of_isa(text: bytes, found: bool, tmp_path: Path) -> None:
    details = look(tmp_path, {**SERVER, "C/mspclnt/MSPCLNT.INI": text + MSPCLNT}).client_details
    assert details is not None
    assert details.says_do_not_edit is found


@pytest.mark.parametrize(
    ("text", "wsp_client", "unsure"),
    [
        (sample("EXT-Catapult08.wspclient.ini"), True, False),
        (b"[ WSP CLIENT ]\r\n", True, False),
        (b"[Master Config]\r\nPath1=\\\\PROXY\\x\\\r\n", False, True),
        (MSPCLNT, False, False),
    ],
)
def test_signs_of_client_1_0(text: bytes, wsp_client: bool, unsure: bool, tmp_path: Path) -> None:
    evidence = look(tmp_path, {**SERVER, "C/mspclnt/MSPCLNT.INI": text})
    verdict = judge(evidence)
    assert verdict.status == (UNKNOWN if wsp_client else EXPOSED)
    assert ("proxy_client_1_0" in [risk.code for risk in verdict.risks]) is (wsp_client or unsure)


@pytest.mark.parametrize("name", ["Wspcfg.ini", "WSPCFG.INI", "wspcfg.ini"])
def test_a_wspcfg_counts_beside_the_program_only(name: str, tmp_path: Path) -> None:
    elsewhere = {f"C/mspclnt/{name}": FIX, f"C/exchsrvr/{name}": FIX, f"C/exchsrvr/CONNECT/MSEXCIMC/BIN/{name}": FIX}
    assert look(tmp_path, {**SERVER, **elsewhere}).wspcfg_entry is None
    entry = look(tmp_path, {**SERVER, f"C/exchsrvr/BIN/{name}": FIX}).wspcfg_entry
    assert entry is not None
    assert entry.windows == f"C:\\exchsrvr\\BIN\\{name}"


def test_two_wspcfgs_that_differ_in_case_are_unknown(tmp_path: Path) -> None:
    evidence = look(tmp_path, {**SERVER, "C/exchsrvr/BIN/wspcfg.ini": FIX, "C/exchsrvr/BIN/WSPCFG.INI": FIX})
    assert [gap.what for gap in evidence.deciding_not_read] == ["Wspcfg.ini"]
    assert judge(evidence).status == UNKNOWN


# One surely absent part decides


@pytest.mark.parametrize(
    ("files", "complete", "status"),
    [
        (NO_MTA, True, NOT_APPLICABLE),
        ({**MTA, **NOTHING_POINTS}, False, NOT_APPLICABLE),
        (NOTHING_POINTS, False, NOT_APPLICABLE),
        ({"C/x": b""}, True, NOT_APPLICABLE),
        ({"C/x": b"", "C/WINNT/SYSTEM.INI": UTF_16}, True, NOT_APPLICABLE),
        ({**SYSTEM_INI}, True, NOT_APPLICABLE),
        ({"C/x": b""}, False, UNKNOWN),
        (MTA, True, UNKNOWN),
        (CLIENT, False, UNKNOWN),
    ],
)
def test_one_surely_absent_part_decides(files: Files, complete: bool, status: str, tmp_path: Path) -> None:
    verdict = judge(look(tmp_path, files, drives_complete=complete))
    assert verdict.status == status
    if status == NOT_APPLICABLE:
        assert verdict.certainty == INFERRED


# Cost


LARGE = SIZE_LIMIT // 4
HOSTILE = {
    "headers": b"[EMSMTA\n",
    "sections": b"[EMSMTA]\n",
    "names_in_values": b"x=EMSMTA\n",
    "keys": b"=\n",
    "line_ends": b"\n",
    "one_value": b"1",
    "brackets": b"[",
    "blanks": b" ",
    "quotes": b'"',
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_no_file_takes_long(data: bytes, tmp_path: Path) -> None:
    """A look at each line once takes a second; one at each pair of lines, hours."""
    large = b"[EMSMTA]\nDisable=" + data * (LARGE // len(data))
    files = {**SERVER, "C/WINNT/SYSTEM.INI": POINTS + large}
    start = time.process_time()
    evidence = look(tmp_path, {**files, "C/mspclnt/MSPCLNT.INI": large, "C/exchsrvr/BIN/Wspcfg.ini": large})
    judge(evidence)
    assert time.process_time() - start < 30
    assert evidence.client.state == INSTALLED
