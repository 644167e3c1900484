# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else of the files shows the client: its section of System.ini, the DLL of client 1.0; and code pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    DOCUMENTED,
    INFERRED,
    INSTALLED,
    UNKNOWN,
)

from tests.lab.programs import program
from tests.unit.detect_servers import MSPCLNT, MTA, NOTHING_POINTS, Row, by_name, check, look, points_to

OF_1_0 = "Microsoft Remote Windows Socket 32-Bit DLL"


def locates(folder: bytes) -> dict[str, bytes]:
    return {"C/WINNT/SYSTEM.INI": b"[Microsoft Proxy Service]\r\nConfiguration Location=" + folder + b"\r\n"}


ROWS = (
    Row(
        "section_without_a_pointer",
        {"C/WINNT/SYSTEM.INI": b"[ microsoft proxy service ]\r\nStfPath=C:\\x\r\n"},
        UNKNOWN,
        DOCUMENTED,
        ("the client's section [Microsoft Proxy Service] without a pointer", "Mspclnt.ini was not found"),
    ),
    Row(
        "section_that_one_reader_sees",
        {"C/WINNT/SYSTEM.INI": b"\xef\xbb\xbf[Microsoft Proxy Service]\r\n"},
        UNKNOWN,
        DOCUMENTED,
        ("the client's section",),
    ),
    Row(
        "section_and_the_default_place",
        {"C/WINNT/SYSTEM.INI": b"[Microsoft Proxy Service]\r\n", "D/mspclnt/Mspclnt.ini": MSPCLNT},
        INSTALLED,
        INFERRED,
        ("no pointer", "D:\\mspclnt\\Mspclnt.ini lies at a default place"),
    ),
    Row(
        "configuration_location",
        {**locates(b"C:\\Wsp\\ "), "C/WSP/mspclnt.ini": MSPCLNT},
        INSTALLED,
        INFERRED,
        ("its Configuration Location is the folder of C:\\WSP\\mspclnt.ini",),
    ),
    Row(
        "configuration_location_and_a_default_place",
        {**locates(b"C:\\Wsp"), "C/WSP/mspclnt.ini": MSPCLNT, "C/Mspclnt/Mspclnt.ini": MSPCLNT},
        UNKNOWN,
        INFERRED,
        ("C:\\WSP\\mspclnt.ini and C:\\Mspclnt\\Mspclnt.ini",),
    ),
    Row(
        "configuration_location_without_the_file",
        {**locates(b"C:\\Wsp\\"), "C/WSP/setup.stf": b""},
        UNKNOWN,
        DOCUMENTED,
        ("C:\\Wsp\\, its Configuration Location, does not hold it",),
    ),
    Row(
        "configuration_location_on_a_drive_not_given",
        {**locates(b"E:\\Wsp\\"), "C/Mspclnt/Mspclnt.ini": MSPCLNT},
        UNKNOWN,
        INFERRED,
        ("C:\\Mspclnt\\Mspclnt.ini was found, but another", "drive E: was not given"),
    ),
    Row(
        "configuration_location_with_control_characters",
        locates(b"C:\\\x1b[2J"),
        UNKNOWN,
        INFERRED,
        ("C:\\\\x1b[2J holds control characters",),
    ),
    Row(
        "configuration_location_of_code_page",
        locates(b"C:\\\xcf\xf0"),
        UNKNOWN,
        DOCUMENTED,
        ("does not hold it, its bytes above 127 read as code page 1252",),
    ),
    Row(
        "pointer_of_another_code_page",
        {**points_to(b"C:\\\xcf\xf0\\mspclnt.ini"), "C/\u041f\u0440/mspclnt.ini": MSPCLNT},
        UNKNOWN,
        DOCUMENTED,
        ("does not exist, its bytes above 127 read as code page 1252, since the server's own", "is not known"),
    ),
    Row(
        "dll_of_1_0",
        {**NOTHING_POINTS, "C/WINNT/System32/WSOCK32.DLL": program((1, 0, 163, 2), OF_1_0)},
        UNKNOWN,
        DOCUMENTED,
        ("C:\\WINNT\\System32\\WSOCK32.DLL is the DLL of client 1.0, but Mspclnt.ini was not found",),
    ),
    Row(
        "dll_that_is_damaged",
        {**NOTHING_POINTS, "C/WINNT/System32/WSOCK32.DLL": program((4, 0, 1381, 4), "x", 60_000)[:1000]},
        UNKNOWN,
        INFERRED,
        ("System32\\wsock32.dll, which client 1.0 replaces, could not be looked at",),
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=by_name)
def test_the_client(row: Row, tmp_path: Path) -> None:
    evidence = look(tmp_path, {**row.files, **MTA}, **row.places)
    check(evidence.client, row)
    assert bool(evidence.not_read) is (row.state == UNKNOWN)
