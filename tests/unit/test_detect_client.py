# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the client's Mspclnt.ini lies by the files: the pointer in System.ini, or a default place."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    ABSENT,
    DOCUMENTED,
    INFERRED,
    INSTALLED,
    UNKNOWN,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import SIZE_LIMIT
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.judge import EXPOSED, judge

from tests.cases.samples import sample
from tests.unit.detect_servers import (
    CLIENT,
    MSPCLNT,
    MTA,
    NO_POINTER,
    NOTHING_POINTS,
    POINTS,
    SERVER,
    UTF_16,
    Row,
    by_name,
    check,
    look,
    points_to,
)

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
        ("'MSPCLNT' and 'Mspclnt'", "a place of its file could not be looked at"),
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


@pytest.mark.parametrize(
    ("text", "wsp_client", "unsure"),
    [
        (sample("EXT-Catapult08.wspclient.ini"), True, False),
        (b"[ WSP CLIENT ]\r\n", True, False),
        (b"[Master Config]\r\nPath1=\\\\PROXY\\x\\\r\n", False, True),
        (MSPCLNT, False, False),
        (MSPCLNT + b"[Wsp client]\r\nDisable=0\r\n", False, True),
    ],
)
def test_signs_of_client_1_0(text: bytes, wsp_client: bool, unsure: bool, tmp_path: Path) -> None:
    evidence = look(tmp_path, {**SERVER, "C/mspclnt/MSPCLNT.INI": text})
    verdict = judge(evidence)
    assert verdict.status == (UNKNOWN if wsp_client else EXPOSED)
    assert ("proxy_client_1_0" in [risk.code for risk in verdict.risks]) is (wsp_client or unsure)
