# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers whose every text is hostile, and a real terminal to show what is told of them."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.cases.samples import sample
from tests.lab.hives import hive
from tests.lab.programs import MTA_PROGRAM
from tests.lab.servers import hive_trees
from tests.lab.trees import Tree

PRODUCT = "xyzzy"
TEMPLATE = "{{ 'xy' ~ 'zzy' }}{% raw %}"
# A title, colours, a cleared screen, C1 controls, text turned around, what is invisible, and a line of a play.
TEXT = f"a\x1b]0;owned\x07\x1b[31m\x9b2J\u202e\u200b\u2028\ufeff\x7f\r\nok: [forged]\n\t{TEMPLATE}"
BYTES = b"a\x1b]0;owned\x07\x1b[31m\x9b2J\xe2\x80\xae\x85\x7f\x0b\x0c\t" + TEMPLATE.encode()
# A server tells this name as it is; a path of Windows has no slash in it.
NAME = "od\u202e\u200b\x9bd {{ 'xy' ~ 'zzy' }}"
MSPCLNT = sample("Q231878.mspclnt.ini")
MANY_KEYS = b"".join(b"Key%05d=%d\r\n" % (number, number) for number in range(60_000))


class Server(NamedTuple):
    """A server: its files by their paths, values of its registry, and a link on its drive."""

    files: Mapping[str, bytes]
    registry: Tree
    link: tuple[str, str] | None = None


def registry(image: str) -> dict[str, Any]:
    """Give a registry whose every text is hostile but for the path of the MTA."""
    mta = {"=ImagePath": image, "=Start": 2, "=ObjectName": TEXT, "=DependOnService": [TEXT, "a"]}
    setup = dict.fromkeys(("=Services", "=X400", "=Internet", "=AdminDest"), TEXT)
    names = ("=CurrentVersion", "=CSDVersion", "=CurrentBuildNumber")
    return {
        "SYSTEM": {
            "CurrentControlSet": {"Services": {"MSExchangeMTA": mta}, "Control": {"ProductOptions": {}}},
        },
        "SOFTWARE": {
            "Microsoft": {
                "Exchange": {"Setup": setup},
                "Rpc": {"ServerProtocols": {"=ncacn_ip_tcp": TEXT}},
                "Windows NT": {"CurrentVersion": {**dict.fromkeys(names, TEXT), "=SystemRoot": "C:\\WINNT"}},
            }
        },
    }


def server(
    mspclnt: bytes, pointer: bytes = b"C:\\mspclnt\\mspclnt.ini", folder: str = "exchsrvr", **more: Any
) -> Server:
    """Give a server with this Mspclnt.ini; pointer: in System.ini; folder: of Exchange."""
    files = {
        "WINNT/SYSTEM.INI": b"[Microsoft Proxy Service]\r\nIni File Path=" + pointer + b"\r\n",
        "mspclnt/Mspclnt.ini": mspclnt,
        f"{folder}/bin/EMSMTA.EXE": MTA_PROGRAM,
        **more.pop("files", {}),
    }
    image = more.pop("image", f"C:\\{folder}\\bin\\emsmta.exe")
    return Server(files, registry(image), **more)


ALL_OVER = (
    b"[Internal]\r\nBuild=2." + BYTES + b"\r\n[Master Config]\r\nPath1=\\\\" + BYTES + b"\\x\r\n[Common]\r\n"
    b"Configuration Refresh Time (Hours)=" + BYTES + b"\r\n[Servers Ip Addresses]\r\n"
    b"Name=" + BYTES + b"\r\n[" + BYTES + b"]\r\n" + BYTES + b"=" + BYTES + b"\r\n"
)
SERVERS = {
    "keys": server(ALL_OVER + b"[EMSMTA]\r\n" + BYTES + b"=" + BYTES + b"\r\n"),
    "value": server(ALL_OVER + b"[EMSMTA]\r\nDisable=" + BYTES + b"\r\n"),
    "doubtful": server(b"[EMSMTA]" + BYTES + b"]\r\nOther\x1b[31mkey=" + BYTES + b"\r\n"),
    "protected": server(b"[EMSMTA]\r\nDisable=1\r\n" + BYTES + b"=" + BYTES + b"\r\n"),
    "many": server(MSPCLNT + b"[EMSMTA]\r\n" + MANY_KEYS),
    "pointer": server(MSPCLNT, pointer=b"C:\\" + BYTES),
    "share": server(MSPCLNT, pointer=b"\\\\" + BYTES.replace(b"\t", b"") + b"\\share\\x.ini"),
    "image": server(MSPCLNT, image=TEXT),
    "folder": server(MSPCLNT, folder=NAME),
    "wspcfg": server(MSPCLNT, folder=NAME, files={f"{NAME}/bin/Wspcfg.ini": b"[STORE]\r\n"}),
    "link": server(
        MSPCLNT,
        pointer=b"C:\\way\\mspclnt.ini",
        files={"a\x1b[31m\nok: [forged]/Mspclnt.ini": MSPCLNT},
        link=("way", "a\x1b[31m\nok: [forged]"),
    ),
}


def furnish(drive: Path, what: Server, hives: bool) -> None:
    """Write a server's files below the folder of its drive C."""
    for path, data in what.files.items():
        (drive / path).parent.mkdir(parents=True, exist_ok=True)
        (drive / path).write_bytes(data)
    if what.link is not None:
        (drive / what.link[0]).symlink_to(what.link[1])
    for path, tree in hive_trees(what.registry).items() if hives else ():
        (drive / "WINNT" / path).parent.mkdir(parents=True, exist_ok=True)
        (drive / "WINNT" / path).write_bytes(hive(tree))


def on_a_terminal(command: list[str], env: Mapping[str, str]) -> str:
    """Run a program that finds itself on a terminal; give all that it writes there, with plain line ends."""
    ours, theirs = pty.openpty()
    told: list[bytes] = []

    def read() -> None:
        with contextlib.suppress(OSError):
            while data := os.read(ours, 65536):
                told.append(data)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        subprocess.run(command, env=env, stdin=theirs, stdout=theirs, stderr=theirs, check=False, close_fds=True)
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)
    return b"".join(told).decode("utf-8").replace("\r\n", "\n")
