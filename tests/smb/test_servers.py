# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All sample servers in both worlds: as visible drives with hives, and behind SMB with a remote registry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.lab.event_pipe import EventPipe
from tests.lab.lab import Lab
from tests.lab.servers import FILES_ONLY, Sample, samples
from tests.lab.winreg import WinReg
from tests.smb.callers import Caller
from tests.smb.worlds import CODES, in_force, on_drives, over_smb, plain, texts, told

SAMPLES = samples()
# What the events of a small log add to the requests of a look: 3 for the pipe and the log, 2 for its records, 2 more
# where it has a single one; 5 for the levels; 1 for the file system where the start followed within an hour.
EVENTS_ADD = 13
# The most requests of a look, with the registry and by files only: on any server, and on an ordinary protected one.
MOST, MOST_BY_FILES = 90, 40
ORDINARY = {"ex02-protected": (65, 22)}
# Where the worlds cannot say the same: what becomes of a share that a file names, the name of the
# system folder, which ADMIN$ does not tell, and why a registry or a disk could not be looked at.
DIFFER = {
    "ex17-pointer-elsewhere": {"reasons", "not_read"},
    "ex19-client-1-0-by-its-dll": {"reasons", "risks"},
    "ex35-no-registry": {"not_read"},
    "ex48-dll-of-1-0-under-2-0": {"reasons", "risks"},
    "ex56-disk-of-the-other-node": {"reasons", "not_read"},
    "ex104-section-and-dll-of-1-0": {"reasons", "risks"},
    # Of which clock a file on a drive has its time is not known.
    "ex106-started-since": {"reasons", "risks"},
    "ex107-refreshed-after-the-start": {"reasons"},
    "ex109-crashed-and-started": {"reasons", "risks"},
    "ex115-log-in-use": {"reasons", "risks"},
    "ex116-clock-ahead": {"reasons", "risks"},
    "ex117-wspcfg-older-than-the-start": {"reasons", "risks"},
    "ex118-wspcfg-changed-since": {"reasons"},
    "ex64-italian-without-registry": {"not_read"},
    "ex68-program-files-not-known": {"reasons", "not_read"},
    "ex80-dll-of-1-0-without-its-file": {"reasons", "not_read"},
}


@pytest.fixture(scope="module")
def behind_smb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Caller]]:
    """A server of the lab for each sample."""
    fleet = [sample for sample in SAMPLES if "smb" in sample.worlds]
    base = tmp_path_factory.mktemp("servers")
    with Lab(base, len(fleet), drives="CDE") as lab:
        hosts = dict(zip(lab.addresses, fleet, strict=True))
        for address, sample in hosts.items():
            sample.furnish(base / "hosts" / address)
            lab.put_system_root(address, sample.system_root)
        # A server without a registry here is one whose service for it is stopped.
        registries = {address: sample.registry or {} for address, sample in hosts.items()}
        faults = {address: sample.fault or "denied" * (sample.registry is None) for address, sample in hosts.items()}
        logs = {address: sample.log for address, sample in hosts.items() if sample.log is not None}
        held = {address: log.held() for address, log in logs.items()}
        with (
            WinReg(base, registries, faults),
            EventPipe(base, held, {address: log.fault for address, log in logs.items()}),
        ):
            yield {sample.name: Caller(address, lab.port) for address, sample in hosts.items()}


def as_named(found: Any, wanted: Any) -> Any:
    """Give of what was found that which is named in what is expected; times as YAML knows them."""
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [as_named(*pair) for pair in zip(found, wanted, strict=True)]
    if isinstance(wanted, dict) and isinstance(found, dict):
        return {name: as_named(found.get(name), value) for name, value in wanted.items()}
    if isinstance(wanted, datetime) and found is not None:
        return datetime.fromisoformat((found["time"] if isinstance(found, dict) else found).replace("Z", "+00:00"))
    return found


def check(result: dict[str, Any], sample: Sample, world: str) -> None:
    """Compare a result with what its file expects: what the file does not name may be anything."""
    found, wanted = told(result), sample.expect
    for name in ("status", "certainty", "plan", *CODES):
        if name in wanted:
            assert found[name] == ([path.lower() for path in wanted[name]] if name == "plan" else wanted[name]), name
    for part, facts in wanted.get("facts", {}).items():
        missing = {name: value for name, value in facts.items() if found["facts"][part].get(name) != plain(value)}
        assert not missing, (part, found["facts"][part])
    gaps = [gap["reason"] for gap in result["not_read"]]
    for words in wanted.get("not_read", []):
        assert any(words in gap for gap in gaps), gaps
    if "in_force" in wanted:
        expected = wanted["in_force"]
        assert in_force(result) == (expected[world] if isinstance(expected, dict) else expected)
    for name, value in wanted.get("events", {}).items():
        assert as_named(found["events"][name], value) == value, name
    if "says" in wanted:
        assert wanted["says"] in result["reasons"][0]["message"]


def named(sample: Sample) -> str:
    return sample.name


def test_there_are_enough() -> None:
    assert len(SAMPLES) >= 30


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.worlds == ["drives"]], ids=named)
def test_a_server_that_is_on_visible_drives_only(sample: Sample, tmp_path: Path) -> None:
    check(on_drives(sample, tmp_path), sample, "drives")


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if "smb" in sample.worlds], ids=named)
def test_a_server_behind_smb_as_on_drives(sample: Sample, behind_smb: dict[str, Caller], tmp_path: Path) -> None:
    caller = behind_smb[sample.name]
    smb = over_smb(sample, caller)
    check(smb, sample, "smb")
    assert caller.requests <= ORDINARY.get(sample.name, (MOST, MOST_BY_FILES))[0]
    if "drives" not in sample.worlds:
        return
    drives = on_drives(sample, tmp_path)
    check(drives, sample, "drives")
    assert told(drives) == told(smb)
    said, also = texts(drives), texts(smb)
    assert {name for name in said if said[name] != also[name]} == DIFFER.get(sample.name, set())


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if "smb" in sample.worlds], ids=named)
def test_the_requests_of_a_look_at_files_only(sample: Sample, behind_smb: dict[str, Caller]) -> None:
    caller = Caller(behind_smb[sample.name].host, behind_smb[sample.name].port)
    over_smb(sample._replace(options={**sample.options, "gather": FILES_ONLY["gather"]}), caller)
    assert caller.requests <= ORDINARY.get(sample.name, (MOST, MOST_BY_FILES))[1]


@pytest.mark.parametrize(
    "sample", [sample for sample in SAMPLES if "smb" in sample.worlds and sample.log is not None], ids=named
)
def test_the_requests_that_events_add(sample: Sample, behind_smb: dict[str, Caller]) -> None:
    callers = []
    for gather in (["files", "registry"], ["files", "registry", "events"]):
        callers.append(Caller(behind_smb[sample.name].host, behind_smb[sample.name].port))
        over_smb(sample._replace(options={**sample.options, "gather": gather}), callers[-1])
    assert callers[1].requests - callers[0].requests <= EVENTS_ADD
