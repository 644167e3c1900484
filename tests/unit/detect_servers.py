# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers as files on drives, and what is to be known of one part of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import (
    INSTALLED,
    UNKNOWN,
    Evidence,
    Part,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.gather import gather
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.look import Hints
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles

from tests.cases.samples import sample
from tests.lab.programs import MTA_PROGRAM
from tests.unit.drive_trees import build

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


NO_MTA = {"C/WINNT/SYSTEM.INI": NO_POINTER, "D/public/readme.txt": b""}
COMPLETE = {"drives_complete": True}
