# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sample servers as data: one file each in tests/servers, for visible drives and for the lab alike.

A file has the server's drives, its registry, and what is expected of it. ``like`` names the
file that it changes: mappings are merged, and null takes away.

``events`` are those of its application log, oldest first, each with ``at``, ``id`` and what else
`Event` has. ``log`` says how it is kept: the ``size`` of its file in bytes, ``dirty`` where that
is in use, and ``fault``, what is wrong with it over SMB. ``written`` says when files were last
changed, by the paths that ``drives`` has.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import emsmta_info_spec

from tests.lab.event_logs import ERROR, INFORMATION, WARNING, Event, Log
from tests.lab.event_pipe import HeldLog
from tests.lab.hives import hive
from tests.lab.programs import I386, program
from tests.lab.trees import Expand, Tree

ROOT = Path(__file__).resolve().parents[1]
FILES = ROOT / "servers"
SAMPLES = ROOT / "samples"
WORLDS = ["drives", "smb"]
# What `emsmta_info` gets where a user gives nothing.
OPTIONS: dict[str, Any] = {name: option.get("default") for name, option in emsmta_info_spec().items()}
FILES_ONLY = OPTIONS | {"gather": ["files"]}
LOG_SIZE, LOG_FILE = 0x10000, "system32/config/AppEvent.Evt"
KINDS = {"error": ERROR, "warning": WARNING, "information": INFORMATION}


class Logged(NamedTuple):
    """An application log: its events, oldest first, the size of its file, and whether that is in use.

    fault: what is wrong with it over SMB, in the words of `EventPipe`.
    """

    events: tuple[Event, ...]
    size: int
    dirty: bool
    fault: str

    def file(self) -> bytes:
        """Give the file of the log; one in use has the header that it had when it was empty."""
        log = self._written()
        if not self.dirty:
            log.close()
        return log.data()

    def held(self) -> HeldLog:
        """Give the log as the service holds it: with the records that the file has."""
        numbers = self._written().numbers
        return HeldLog(self.events[-len(numbers) :] if numbers else (), numbers[0] if numbers else 1)

    def _written(self) -> Log:
        log = Log(self.size)
        log.write(*self.events)
        return log


class Sample(NamedTuple):
    """A sample server. system_root: its system folder, as drive and path below it."""

    name: str
    drives: Mapping[str, Mapping[str, bytes]]
    registry: Tree | None
    options: Mapping[str, Any]
    worlds: list[str]
    expect: Mapping[str, Any]
    system_root: str
    clean: bool
    fault: str
    log: Logged | None
    written: Mapping[str, Mapping[str, int]]

    def furnish(self, folder: Path) -> None:
        """Write the server's files below a folder, in a folder for each drive."""
        for letter, files in self.drives.items():
            for path, data in files.items():
                target = folder / letter / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                time = self.written.get(letter, {}).get(path)
                if time is not None:
                    os.utime(target, (time, time))

    def add_log(self, folder: Path) -> None:
        """Write the application log, if there is one, as Windows keeps it."""
        if self.log is not None:
            target = folder / self.system_root / LOG_FILE
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.log.file())

    def add_hives(self, folder: Path) -> None:
        """Write the registry as Windows keeps it on the drive of its system folder."""
        for path, tree in hive_trees(self.registry or {}).items():
            target = folder / self.system_root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(hive(tree, self.clean))


def hive_trees(registry: Tree) -> dict[str, Tree]:
    """Give the files of a registry, below the system folder."""
    trees: dict[str, Tree] = {}
    if "SYSTEM" in registry:
        rest = {name: each for name, each in registry["SYSTEM"].items() if name != "CurrentControlSet"}
        current = registry["SYSTEM"].get("CurrentControlSet", {})
        trees["system32/config/system"] = {"Select": {"=Current": 2}, "ControlSet002": current, **rest}
    if "SOFTWARE" in registry:
        trees["system32/config/software"] = registry["SOFTWARE"]
    if "Cluster" in registry:
        trees["cluster/CLUSDB"] = registry["Cluster"]
    return trees


def samples() -> list[Sample]:
    """Give all sample servers."""
    raw = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FILES.glob("*.yml"))}
    return [_sample(name, _whole(name, raw)) for name in raw]


def _whole(name: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    own = raw[name]
    return _merged(_whole(own["like"], raw), own) if "like" in own else own


def _merged(below: Any, above: Any) -> Any:
    """Lay one mapping over another; a text for a file replaces it as a whole."""
    if not isinstance(below, dict) or not isinstance(above, dict) or {"sample", "text", "program"} & set(above):
        return above
    both = {key: _merged(below.get(key), above.get(key, below.get(key))) for key in {**below, **above}}
    return {key: each for key, each in both.items() if not (key in above and above[key] is None)}


def _sample(name: str, data: Mapping[str, Any]) -> Sample:
    return Sample(
        name=name,
        drives={
            letter: {path: _file(each) for path, each in files.items()} for letter, files in data["drives"].items()
        },
        registry=_tree(data["registry"]) if data.get("registry") is not None else None,
        options=OPTIONS | data.get("options", {}),
        worlds=data.get("worlds", WORLDS),
        expect=data["expect"],
        system_root=data.get("system_root", "C/WINNT"),
        clean=not data.get("unclean", False),
        fault=data.get("fault", ""),
        log=_log(data["events"], data.get("log", {})) if "events" in data else None,
        written={
            letter: {path: _seconds(time) for path, time in times.items()}
            for letter, times in data.get("written", {}).items()
        },
    )


def _log(events: Sequence[Mapping[str, Any]], kept: Mapping[str, Any]) -> Logged:
    return Logged(
        events=tuple(map(_event, events)),
        size=kept.get("size", LOG_SIZE),
        dirty=kept.get("dirty", False),
        fault=kept.get("fault", ""),
    )


def _event(data: Mapping[str, Any]) -> Event:
    event = Event(data["id"], _seconds(data["at"]), tuple(data.get("strings", ())), KINDS[data.get("kind", "warning")])
    return event._replace(**{name: data[name] for name in ("category", "source", "computer") if name in data})


def _seconds(time: datetime) -> int:
    """Give a time, which YAML knows by its form, in seconds since 1970."""
    return int(time.timestamp())


def _file(data: Mapping[str, Any]) -> bytes:
    """Give the bytes of a file; texts have the line ends of Windows."""
    if "program" in data:
        return program(tuple(data["program"]), data.get("description", ""), 60_000, data.get("machine", I386))
    if "utf16" in data:
        text: str = data["utf16"].replace("\n", "\r\n")
        return b"\xff\xfe" + text.encode("utf-16-le")
    begin = (SAMPLES / data["sample"]).read_bytes() if "sample" in data else b""
    end: str = data.get("text", "") + data.get("and", "")
    return (begin + end.encode("latin-1")).replace(b"\n", b"\r\n")


def _tree(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    if "expand" in data:
        return Expand(data["expand"])
    if "provider" in data:
        return _provider(data["provider"], data.get("behind", ""))
    return {name: _tree(each) for name, each in data.items()}


def _provider(path: str, behind: str) -> bytes:
    """Give an entry of the Winsock catalog as Windows writes it: room for 260 bytes, and a WSAPROTOCOL_INFOW.

    path: of the DLL, in the server's code page, as Latin-1. behind: what an older path left behind its end.
    """
    room = f"{path}\0{behind}".encode("latin-1")
    chain = struct.pack("<i7I", 2, 1015, 1001, *[0] * 5)
    # Address family INET, addresses of 16 bytes, a stream by TCP, in network byte order.
    kind = struct.pack("<9i2I", 2, 2, 16, 16, 1, 6, 0, 0, 0, 0, 0)
    name = "MSAFD Tcpip [TCP/IP]".encode("utf-16-le")
    return struct.pack("<260s5I16sI32s44s512s", room, 0x20066, 0, 0, 0, 8, b"\x01" * 16, 1016, chain, kind, name)
