# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet of sample servers: their drives as folders, and how each must end.

The texts are those that Microsoft printed; samples/ holds them with plain line feeds, and
they are written with the line ends of Windows. `fleet.py FOLDER` builds the drives there,
with an inventory beside them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

SAMPLES = Path(__file__).resolve().parent / "samples"
PROGRAM = b"MZ: stands for the program\r\n"
FIX = b"[EMSMTA]\r\nDisable=1\r\n"
ON_PURPOSE = b"[EMSMTA]\r\nServerBindTcpPorts=102\r\nPersistent=1\r\n"

Drives = Mapping[str, Mapping[str, bytes]]


class Server(NamedTuple):
    """A server: its files by drive and path, and how a run of the role must end there.

    refused: the role leaves it alone and fails. changed: the first run changes a file.
    """

    name: str
    story: str
    drives: Drives
    before: str
    after: str
    changed: bool = False
    refused: bool = False
    complete: bool = False


def sample(name: str) -> bytes:
    """Give a sample text with the line ends of Windows."""
    return (SAMPLES / name).read_bytes().replace(b"\n", b"\r\n")


MSPCLNT = sample("Q231878.mspclnt.ini")
SYSTEM = sample("Q231878.system.ini")
STORE = sample("Q181420.store.wspcfg.ini")
NO_POINTER = b"[drivers]\r\nwave=mmdrv.dll\r\n"
# As an old editor leaves it: code-page characters in a comment, LF and CR LF, Ctrl-Z at the end.
ODD = MSPCLNT.replace(b"[Common]\r\n", b"[Common]\n; r\xe9seau du si\xe8ge\n") + b"\x1a"


def drive(mspclnt: bytes | None, system: bytes = SYSTEM, root: str = "WINNT", mta: bool = True) -> dict[str, bytes]:
    """Give the files of an ordinary C: drive."""
    files = {f"{root}/SYSTEM.INI": system}
    if mspclnt is not None:
        files["mspclnt/MSPCLNT.INI"] = mspclnt
    if mta:
        files["exchsrvr/BIN/emsmta.exe"] = PROGRAM
        files["exchsrvr/BIN/store.exe"] = PROGRAM
    return files


SERVERS = (
    Server("ex01-exposed", "Proxy 2.0's own file, as installed", {"C": drive(MSPCLNT)}, "exposed", "protected", True),
    Server("ex02-protected", "the two lines are there", {"C": drive(MSPCLNT + FIX)}, "protected", "protected"),
    Server(
        "ex03-odd-spelling",
        "the same in another spelling",
        {"C": drive(MSPCLNT + b"[ emsmta ]\r\n\t disable = '1' \r\n")},
        "protected",
        "protected",
    ),
    Server(
        "ex04-disable-0",
        "switched on by hand",
        {"C": drive(MSPCLNT + b"[EMSMTA]\r\nDisable=0\r\n")},
        "exposed",
        "protected",
        True,
    ),
    Server(
        "ex05-on-purpose",
        "X.400 goes through the proxy on purpose",
        {"C": drive(MSPCLNT + ON_PURPOSE)},
        "exposed",
        "exposed",
        refused=True,
    ),
    Server("ex06-no-client", "no client installed", {"C": drive(None, NO_POINTER)}, "not_applicable", "not_applicable"),
    Server(
        "ex07-no-mta",
        "a file server, all drives given",
        {"C": drive(MSPCLNT, mta=False), "D": {"public/readme.txt": b"files\r\n"}},
        "not_applicable",
        "not_applicable",
        complete=True,
    ),
    Server(
        "ex08-wspcfg",
        "Exchange on D:, and a Wspcfg.ini for STORE beside it",
        {
            "C": drive(MSPCLNT, mta=False),
            "D": {
                "EXCHSRVR/bin/EMSMTA.EXE": PROGRAM,
                "EXCHSRVR/bin/STORE.EXE": PROGRAM,
                "EXCHSRVR/bin/WSPCFG.INI": STORE,
            },
        },
        "exposed",
        "protected",
        True,
    ),
    Server(
        "ex09-lost-pointer",
        "System.ini names a file that is not there",
        {"C": drive(None)},
        "unknown",
        "unknown",
        refused=True,
    ),
    Server("ex10-odd-bytes", "code-page bytes, mixed line ends", {"C": drive(ODD)}, "exposed", "protected", True),
    Server(
        "ex11-sbs",
        "Small Business Server, no pointer, the file at its default place",
        {"C": drive(MSPCLNT, NO_POINTER, "WINNT.SBS")},
        "exposed",
        "protected",
        True,
    ),
    Server(
        "ex12-client-1-0",
        "client 1.0, which knows no sections for programs",
        {"C": drive(sample("EXT-Catapult08.wspclient.ini"))},
        "unknown",
        "unknown",
        refused=True,
    ),
)


def build(folder: Path, servers: tuple[Server, ...] = SERVERS) -> None:
    """Write the drives of all servers below a folder, master.ini of their proxy server, and inventory.json."""
    for server in servers:
        for letter, files in server.drives.items():
            for path, data in files.items():
                target = folder / server.name / letter / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
    (folder / "master.ini").write_bytes(MSPCLNT)
    inventory = folder / "inventory.json"
    inventory.write_text(json.dumps(inventory_of(folder, servers), indent=2) + "\n", encoding="utf-8")


def inventory_of(folder: Path, servers: tuple[Server, ...] = SERVERS) -> dict[str, object]:
    """Give an inventory of the servers, whose drives are visible on the controller."""
    hosts = {
        server.name: {
            "emsmta_bypass_drives": {letter: str(folder / server.name / letter) for letter in server.drives},
            "emsmta_bypass_drives_complete": server.complete,
        }
        for server in servers
    }
    variables = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    return {"exchange": {"hosts": hosts, "vars": variables}}


if __name__ == "__main__":
    build(Path(sys.argv[1]).resolve())
