# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event log on a visible drive: where it is, what is read of it, and what is said where it is not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.log import LOG_LIMIT
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.observed import observe
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.source import Extent
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local import event_log
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.event_log import DriveEventLog
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.registry import DriveRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError

from tests.lab.event_logs import Log
from tests.lab.hives import hive
from tests.lab.trees import Expand
from tests.unit.drive_trees import build, outside, watched
from tests.unit.event_logs import FIRST_TIME, log_of, record_of

DEFAULT = "C/WINNT/system32/config/APPEVENT.EVT"
SYSTEM = "C/WINNT/system32/config/system"
LOG = log_of(4096, 12)


def system_of(path: Any, log: str = "Application", clean: bool = True) -> bytes:
    """Give the hive SYSTEM, with the path of a log; without one, with its key alone."""
    told = {} if path is None else {"=File": path}
    services = {"Services": {"EventLog": {log: told}}}
    return hive({"Select": {"=Current": 1}, "ControlSet001": services}, clean)


def log_on(
    folder: Path, files: dict[str, bytes], log: str = "Application", root: str | None = "C:\\WINNT"
) -> DriveEventLog:
    drives = DriveFiles(build(folder, {"C/x": b"", **files}))
    return DriveEventLog(drives, root, DriveRegistry(drives, root), log)


def numbers(log: DriveEventLog) -> list[int]:
    return [record.record_number for record in log.newest_first()]


def refusal(log: DriveEventLog) -> str:
    with pytest.raises(ServerError) as caught:
        log.newest_first()
    with pytest.raises(ServerError, match=r".") as again:
        log.extent()
    assert str(again.value) == str(caught.value)
    return str(caught.value)


def test_all_records_newest_first(tmp_path: Path) -> None:
    log = log_on(tmp_path, {DEFAULT: LOG.data()})
    assert list(log.newest_first()) == [record_of(number) for number in LOG.numbers[::-1]]
    assert log.name == "C:\\WINNT\\System32\\Config\\AppEvent.Evt"
    assert log.clock is None


def test_how_far_it_reaches(tmp_path: Path) -> None:
    assert log_on(tmp_path, {DEFAULT: LOG.data()}).extent() == Extent(
        records=12, oldest=1, newest=12, oldest_time=FIRST_TIME + 60, wrapped=False, clean=True, lost=0
    )


def test_how_far_a_log_reaches_that_went_round_and_is_in_use(tmp_path: Path) -> None:
    log = log_of(2048, 20, unwritten=3)
    extent = log_on(tmp_path, {DEFAULT: log.data()}).extent()
    assert (extent.oldest, extent.newest, extent.records) == (log.numbers[0], 20, len(log.numbers))
    assert (extent.wrapped, extent.clean, extent.lost) == (True, False, 0)


def test_an_empty_log(tmp_path: Path) -> None:
    log = log_on(tmp_path, {DEFAULT: Log(1024).data()})
    assert (numbers(log), log.extent()) == ([], Extent(records=0, wrapped=False, clean=True, lost=0))


@pytest.mark.parametrize(
    ("log", "name"), [("Application", "AppEvent"), ("SYSTEM", "SysEvent"), ("security", "SecEvent")]
)
def test_each_log_has_its_default_place(log: str, name: str, tmp_path: Path) -> None:
    found = log_on(tmp_path, {f"C/WINNT/System32/Config/{name}.Evt": LOG.data()}, log)
    assert numbers(found) == LOG.numbers[::-1]
    assert found.doubt == "C:\\WINNT\\system32\\config\\system: it is not there"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (Expand("%SystemRoot%\\system32\\config\\AppEvent.Evt"), DEFAULT),
        (Expand("%windir%\\Logs\\a.evt"), "C/WINNT/logs/A.EVT"),
        (Expand("%SYSTEMDRIVE%\\a.evt"), "C/a.evt"),
        ("D:\\Logs\\App.evt", "D/logs/app.evt"),
    ],
)
def test_the_registry_tells_the_place(path: str, place: str, tmp_path: Path) -> None:
    """A file at the default place is what was left when the log was moved."""
    files = {DEFAULT: Log(1024).data(), place: LOG.data(), SYSTEM: system_of(path)}
    log = log_on(tmp_path, files)
    assert numbers(log) == LOG.numbers[::-1]
    assert log.doubt is None


def test_a_log_of_any_name_that_the_registry_knows(tmp_path: Path) -> None:
    files = {"C/dns.evt": LOG.data(), SYSTEM: system_of("C:\\dns.evt", "DNS Server")}
    assert numbers(log_on(tmp_path, files, "dns server")) == LOG.numbers[::-1]


def test_the_default_place_where_the_registry_tells_none(tmp_path: Path) -> None:
    log = log_on(tmp_path, {DEFAULT: LOG.data(), SYSTEM: system_of(None)})
    assert (numbers(log), log.doubt) == (LOG.numbers[::-1], None)


@pytest.mark.parametrize("path", ["C:\\" + "a" * 258, "%SystemRoot%" * 40])
def test_a_path_that_windows_could_not_open_is_not_quoted(path: str, tmp_path: Path) -> None:
    said = observe(log_on(tmp_path, {DEFAULT: LOG.data(), SYSTEM: system_of(path)})).fault
    assert said == (
        f"event log Application: the registry has its file at a path of {len(path)} characters; a Windows path has at "
        "most 260"
    )


def test_a_refusal_names_the_file_once(tmp_path: Path) -> None:
    said = observe(log_on(tmp_path, {f"{DEFAULT}/x": b""})).fault
    assert said is not None
    assert said.count("AppEvent.Evt") == 1


@pytest.mark.parametrize("data", [system_of(None, clean=False), b"regf" * 2000])
def test_a_registry_that_proves_nothing_is_told(data: bytes, tmp_path: Path) -> None:
    log = log_on(tmp_path, {DEFAULT: LOG.data(), SYSTEM: data})
    assert numbers(log) == LOG.numbers[::-1]
    assert "system32\\config\\system" in str(log.doubt)


def test_without_a_registry(tmp_path: Path) -> None:
    files = DriveFiles(build(tmp_path, {DEFAULT: LOG.data()}))
    assert numbers(DriveEventLog(files, "C:\\WINNT\\", None)) == LOG.numbers[::-1]


@pytest.mark.parametrize(
    ("files", "log", "root", "said"),
    [
        ({}, "Application", "C:\\WINNT", "AppEvent.Evt: there is no such file; is 'system_root'"),
        ({f"{DEFAULT}/x": b""}, "Application", "C:\\WINNT", "it is a folder, and no event log"),
        ({}, "Application", None, "event log Application: its file, AppEvent.Evt, is in the system folder"),
        ({}, "DNS Server", "C:\\WINNT", "event log DNS Server: the registry does not tell where its file is"),
        ({DEFAULT: b""}, "Application", "C:\\WINNT", "AppEvent.Evt: it is no event log"),
        ({DEFAULT: b"ElfFile\0" + bytes(5000)}, "Application", "C:\\WINNT", "AppEvent.Evt: it is an event log of Win"),
        ({SYSTEM: system_of("E:\\a.evt")}, "Application", "C:\\WINNT", "drive E: was not given in 'drives'"),
        ({SYSTEM: system_of("a.evt")}, "Application", "C:\\WINNT", "a.evt: this is not an absolute Windows path"),
        ({SYSTEM: system_of("C:\\..\\..\\a.evt")}, "Application", "C:\\WINNT", "'..' in a path is not followed"),
        ({SYSTEM: system_of("\\\\EX02\\C$\\a.evt")}, "Application", "C:\\WINNT", "it lies on a network share"),
        ({SYSTEM: system_of("%Other%\\a.evt")}, "Application", "C:\\WINNT", "and nothing tells what %Other% is"),
    ],
)
def test_what_cannot_be_read(files: dict[str, bytes], log: str, root: str | None, said: str, tmp_path: Path) -> None:
    assert said in refusal(log_on(tmp_path, files, log, root))


@pytest.mark.parametrize("link", ["/etc/passwd", "../../../../outside.evt"])
def test_a_log_that_lies_outside_of_its_drive(link: str, tmp_path: Path) -> None:
    (tmp_path / "outside.evt").write_bytes(LOG.data())
    folder = tmp_path / "drives"
    place = folder / DEFAULT
    log = log_on(folder, {SYSTEM: system_of(None)})
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(link)
    with watched() as opened:
        assert "leads out of" in refusal(log)
    assert outside(opened, folder) == []


def test_a_log_above_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    log = log_on(tmp_path, {DEFAULT: b""})
    os.truncate(tmp_path / DEFAULT, LOG_LIMIT + 1)
    assert "it has more than the 67108864 bytes that are read" in refusal(log)


def test_a_log_is_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "PART", 100)
    assert numbers(log_on(tmp_path, {DEFAULT: LOG.data()})) == LOG.numbers[::-1]


def test_a_log_that_grows_without_end_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Growing(DriveFiles):
        def consult(self, entry: Any, use: Any) -> Any:
            return use(lambda offset, count: b"" if offset == limit else bytes(count))

    limit = 5_000
    monkeypatch.setattr(event_log, "LOG_LIMIT", limit)
    monkeypatch.setattr(event_log, "PART", 999)
    drives = Growing(build(tmp_path, {DEFAULT: b""}))
    assert "it is no event log" in refusal(DriveEventLog(drives, "C:\\WINNT", None))
