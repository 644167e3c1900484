# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events as the last part of a look: what they add, and what they never cost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.evidence import Evidence, Gap
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.gather import gather
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.look import Hints
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.source import EventSource
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.registry import DriveRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_from,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ConnectionLost,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.protocols import Entry, Registry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.text import gated

from tests.cases.case import FIX
from tests.lab.event_logs import Event
from tests.lab.hives import hive
from tests.lab.mta_events import started, stopped
from tests.lab.servers import OPTIONS
from tests.unit.detect_servers import CLIENT, MSPCLNT, SERVER, SYSTEM_INI
from tests.unit.drive_trees import build
from tests.unit.event_sources import Source
from tests.unit.inform_contract import check_shape

FIXED = {**SERVER, "C/mspclnt/MSPCLNT.INI": MSPCLNT + FIX}
WSPCFG, MINE = "C/exchsrvr/BIN/WSPCFG.INI", "C/mspclnt/MSPCLNT.INI"
NO_SECTION = b"[STORE]\r\nPersistent=1\r\n"
# 2003-03-01T08:00:00Z
TIME = 1_046_505_600
LEVELS = {"1 X.400 Service": 0, "7 Configuration": 5}


# Of all drives, or of each by its letter.
Utc = bool | Exception | Mapping[str, bool]


class Stamped(DriveFiles):
    """Drives of which the server tells the times, and whether it keeps them in UTC; or why it does not.

    written: by the names of files, in small letters.
    """

    def __init__(self, drives: Mapping[str, str], written: Mapping[str, int], utc: Utc) -> None:
        super().__init__(drives)
        self._written = written
        self._utc = utc
        self.asked = 0

    def written(self, entry: Entry) -> int | None:
        return self._written.get(entry.windows.rpartition("\\")[2].lower())

    def keeps_utc(self, entry: Entry) -> bool:
        self.asked += 1
        if isinstance(self._utc, Exception):
            raise self._utc
        return self._utc if isinstance(self._utc, bool) else self._utc[entry.windows[0]]


def look_at(
    folder: Path,
    files: Mapping[str, bytes],
    source: EventSource,
    written: Mapping[str, int] | None = None,
    utc: Utc = True,
) -> tuple[Evidence, Stamped]:
    stamped = Stamped(build(folder, files), written or {"mspclnt.ini": TIME}, utc)
    return gather(stamped, Hints(), None, lambda _root, _registry: source), stamped


def told(folder: Path, source: EventSource, **options: Any) -> dict[str, Any]:
    drives = {entry.name: str(entry) for entry in folder.iterdir()}
    request = look_request_from({**OPTIONS, "gather": ["files", "events"], "drives": drives, **options})
    files = DriveFiles(request.drives)
    return gated(
        inform(files, request, False, lambda root: DriveRegistry(files, root), lambda _root, _registry: source)
    )


def test_all_that_a_log_tells(tmp_path: Path) -> None:
    stack = "/o=EX/ou=NORTH/cn=Configuration/cn=Servers/cn=EX01/cn=TCP (EX01)"
    unknown = Event(0x80000000 | 9301, TIME + 60, (stack, "C0000219", "BASE IL", "TCP/IP DRVR", "8", "218"))
    other = Event(289, TIME + 90, ("/o=EX/ou=NORTH/cn=X400 (EX02)", "120"))
    by_rpc = Event(9322, TIME + 95, ("0", "1722", "5", "6", "ncacn_ip_tcp:192.0.2.25[1032]"))
    build(tmp_path, FIXED)
    result = told(tmp_path, Source(started(TIME), unknown, unknown._replace(time=TIME + 80), other, by_rpc))
    check_shape(result)
    kind = {"about": None, "hex": None, "ipv4": None, "name": None, "count": 1}
    assert result["events"] == {
        "started": {"record": 1, "time": "2003-03-01T08:00:00Z"},
        "stopped": None,
        "build": "2653.23",
        "refused": [
            {
                **kind,
                "id": 9322,
                "ipv4": "192.0.2.25",
                "first": "2003-03-01T08:01:35Z",
                "last": "2003-03-01T08:01:35Z",
                "record": 5,
                "times": ["2003-03-01T08:01:35Z"],
            },
            {
                "id": 9301,
                "about": stack,
                "hex": "C0000219",
                "ipv4": "192.0.2.25",
                "name": None,
                "count": 2,
                "first": "2003-03-01T08:01:00Z",
                "last": "2003-03-01T08:01:20Z",
                "record": 3,
                "times": ["2003-03-01T08:01:20Z", "2003-03-01T08:01:00Z"],
            },
        ],
        "seen": [
            {
                **kind,
                "id": 289,
                "about": "/o=EX/ou=NORTH/cn=X400 (EX02)",
                "first": "2003-03-01T08:01:30Z",
                "last": "2003-03-01T08:01:30Z",
                "record": 4,
                "times": ["2003-03-01T08:01:30Z"],
            }
        ],
        "log": {
            "records": 5,
            "oldest": 1,
            "newest": 5,
            "oldest_time": None,
            "wrapped": None,
            "clean": None,
            "lost": None,
        },
        "newest": {"record": 5, "time": "2003-03-01T08:01:35Z"},
        "read_to": {"record": 1, "time": "2003-03-01T08:00:00Z"},
        "whole": True,
        "levels": None,
        "clock": None,
        "fault": None,
        "kinds_left_out": 0,
        "set_back": 0,
    }


@pytest.mark.parametrize("gather", [["files"], ["files", "registry"]])
def test_events_are_read_only_where_they_are_asked_for(gather: list[str], tmp_path: Path) -> None:
    source = Source(started(TIME))
    build(tmp_path, FIXED)
    result = told(tmp_path, source, gather=gather)
    assert (result["events"], source.read) == (None, 0)


def test_a_server_without_an_mta_is_not_asked(tmp_path: Path) -> None:
    source = Source(started(TIME))
    build(tmp_path, CLIENT)
    result = told(tmp_path, source, drives_complete=True)
    assert (result["status"], result["events"], source.read) == ("not_applicable", None, 0)


def test_a_server_whose_mta_is_not_known_is_asked(tmp_path: Path) -> None:
    """A remote may be no server of this collection's files, and log what it refused all the same."""
    build(tmp_path, SYSTEM_INI)
    result = told(tmp_path, Source(started(TIME)))
    assert (result["status"], result["events"]["started"]["record"]) == ("unknown", 1)


@pytest.mark.parametrize("breaks", [ServerError("access is denied"), ConnectionLost("the server is gone")])
def test_what_keeps_a_log_from_being_read_costs_the_events_alone(breaks: Exception, tmp_path: Path) -> None:
    build(tmp_path, FIXED)
    result, without = told(tmp_path, Source(breaks=breaks)), told(tmp_path, Source(), gather=["files"])
    assert result["events"]["fault"] == str(breaks)
    assert {"what": "event log Application", "reason": str(breaks)} in result["not_read"]
    assert (result["msg"], result["plan"], result["paths"]) == (without["msg"], without["plan"], without["paths"])


@pytest.mark.parametrize("refusal", [ServerError("there is no pipe"), ConnectionLost("the server is gone")])
def test_a_log_that_cannot_be_opened_costs_the_events_alone(refusal: Exception, tmp_path: Path) -> None:
    def refuse(_root: str | None, _registry: Registry | None) -> EventSource:
        raise refusal

    evidence = gather(DriveFiles(build(tmp_path, FIXED)), Hints(), None, refuse)
    assert evidence.events is not None
    assert evidence.events.fault == str(refusal)
    assert Gap("event log Application", str(refusal)) in evidence.not_read
    assert evidence.mspclnt is not None


def test_a_log_that_may_be_another_is_a_gap(tmp_path: Path) -> None:
    build(tmp_path, FIXED)
    result = told(tmp_path, Source(started(TIME), doubt="the registry does not tell where it is"))
    assert {"what": "registry", "reason": "the registry does not tell where it is"} in result["not_read"]
    assert result["events"]["fault"] is None


def test_the_log_is_opened_with_the_system_folder_and_the_registry(tmp_path: Path) -> None:
    files = DriveFiles(build(tmp_path, {**FIXED, **registry_files({"=1 X.400 Service": 0, "=7 Configuration": 5})}))
    registry, got = DriveRegistry(files, "C:\\WINNT"), []

    def opened(root: str | None, given: Registry | None) -> EventSource:
        got.append((root, given))
        return Source(started(TIME))

    evidence = gather(files, Hints(), lambda _root: registry, opened)
    assert got == [("C:\\WINNT", registry)]
    assert evidence.levels == LEVELS


def test_levels_that_cannot_be_read_are_a_gap(tmp_path: Path) -> None:
    files = DriveFiles(build(tmp_path, FIXED))
    evidence = gather(files, Hints(), lambda root: DriveRegistry(files, root), lambda _root, _registry: Source())
    assert evidence.levels is None
    assert "registry" in [gap.what for gap in evidence.not_read]


def registry_files(levels: Mapping[str, Any]) -> dict[str, bytes]:
    """Give hives with an MTA, and the levels at which it logs."""
    service = {"=ImagePath": "C:\\exchsrvr\\bin\\emsmta.exe", "Diagnostics": levels}
    system = {"Select": {"=Current": 1}, "ControlSet001": {"Services": {"MSExchangeMTA": service}}}
    return {
        "C/WINNT/system32/config/system": hive(system),
        "C/WINNT/system32/config/software": hive({"Microsoft": {}}),
    }


# When the file that decides was changed


@pytest.mark.parametrize(
    ("files", "written", "time"),
    [
        pytest.param({}, {"mspclnt.ini": 5}, 5, id="mspclnt"),
        pytest.param({WSPCFG: FIX}, {"mspclnt.ini": 9, "wspcfg.ini": 5}, 5, id="wspcfg decides"),
        pytest.param({WSPCFG: NO_SECTION}, {"mspclnt.ini": 9, "wspcfg.ini": 5}, 9, id="wspcfg without the section"),
        pytest.param({WSPCFG: NO_SECTION}, {"mspclnt.ini": 5, "wspcfg.ini": 9}, 9, id="which it may have lost"),
        pytest.param({WSPCFG: NO_SECTION}, {"mspclnt.ini": 5}, None, id="and when is not known"),
        pytest.param({WSPCFG: FIX}, {"mspclnt.ini": 5}, None, id="not known"),
        pytest.param({MINE: MSPCLNT}, {"mspclnt.ini": 5}, None, id="exposed"),
        pytest.param({MINE: b"\0"}, {"mspclnt.ini": 5}, None, id="not readable"),
    ],
)
def test_the_last_change_of_what_decides(
    files: Mapping[str, bytes], written: Mapping[str, int], time: int | None, tmp_path: Path
) -> None:
    evidence, _files = look_at(tmp_path, {**FIXED, **files}, Source(started(TIME)), written)
    assert (evidence.written.time if evidence.written is not None else None) == time


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        (Source(started(TIME)), 0),
        (Source(started(TIME + 1)), 1),
        (Source(started(TIME + 3600)), 1),
        (Source(started(TIME + 3601)), 0),
        (Source(started(TIME + 1), stopped(TIME + 2)), 0),
        (Source(), 0),
    ],
)
def test_the_volume_is_asked_for_only_where_that_changes_the_answer(source: Source, asked: int, tmp_path: Path) -> None:
    assert look_at(tmp_path, FIXED, source)[1].asked == asked


@pytest.mark.parametrize("utc", [True, False])
def test_how_the_volume_keeps_its_times(utc: bool, tmp_path: Path) -> None:
    evidence, _files = look_at(tmp_path, FIXED, Source(started(TIME + 1)), utc=utc)
    assert evidence.written is not None
    assert evidence.written.in_utc is utc
    assert not [gap for gap in evidence.not_read if "file system" in gap.what]


@pytest.mark.parametrize(
    ("wspcfg", "utc", "written", "asked"),
    [
        # The older one may be the later: its volume keeps local time.
        (TIME + 10, {"C": False, "D": True}, (TIME, False), 2),
        (TIME + 10, {"C": True, "D": False}, (TIME + 10, False), 1),
        (TIME + 10, {"C": True, "D": True}, (TIME + 10, True), 2),
        # It was written more than an hour before the start.
        (TIME + 3601, {"C": False, "D": True}, (TIME + 3601, True), 1),
        (TIME + 3661, {"C": False, "D": True}, (TIME + 3661, True), 0),
    ],
)
def test_each_file_is_told_by_its_own_volume(
    wspcfg: int, utc: Mapping[str, bool], written: tuple[int, bool], asked: int, tmp_path: Path
) -> None:
    files = {name.replace("C/exchsrvr", "D/exchsrvr"): data for name, data in {**FIXED, WSPCFG: NO_SECTION}.items()}
    start = Source(started(max(TIME + 60, wspcfg + 1 if asked else wspcfg)))
    evidence, stamped = look_at(tmp_path, files, start, {"mspclnt.ini": TIME, "wspcfg.ini": wspcfg}, utc)
    assert evidence.written is not None
    assert (evidence.written.time, evidence.written.in_utc, stamped.asked) == (*written, asked)


@pytest.mark.parametrize("refusal", [ServerError("it is not told"), ConnectionLost("the server is gone")])
def test_a_volume_that_is_not_told_counts_as_fat(refusal: Exception, tmp_path: Path) -> None:
    evidence, _files = look_at(tmp_path, FIXED, Source(started(TIME + 1)), utc=refusal)
    assert evidence.written is not None
    assert evidence.written.in_utc is False
    assert [gap.reason for gap in evidence.not_read if "file system" in gap.what] == [str(refusal)]
    assert evidence.events is not None
    assert evidence.events.fault is None


LOADS = """
import sys
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options import emsmta_info
from ansible_collections.legacy_exchange.winsock_proxy.plugins.modules import emsmta_info as module
from tests.lab.servers import OPTIONS
request = emsmta_info.look_request_from({**OPTIONS, "drives": {"C": sys.argv[1]}, "gather": sys.argv[2].split(",")})
files = DriveFiles(request.drives)
result = inform(files, request, False, None, lambda root, registry: module._event_log(files, root, registry))
assert result["status"] == "protected"
print(any("_events" in name for name in sys.modules))
"""


@pytest.mark.parametrize(("gather", "loaded"), [("files", "False"), ("files,events", "True")])
def test_what_reads_events_is_loaded_only_where_they_are_asked_for(gather: str, loaded: str, tmp_path: Path) -> None:
    build(tmp_path, FIXED)
    command = [sys.executable, "-c", LOADS, str(tmp_path / "C"), gather]
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.strip() == loaded, done.stderr
