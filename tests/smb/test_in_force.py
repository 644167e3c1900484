# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events over SMB as part of a look: by what volume keeps the files, and where the connection breaks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ConnectionLost

from tests.lab.event_pipe import EventPipe, HeldLog
from tests.lab.lab import Lab
from tests.lab.mta_events import started, stopped
from tests.lab.proxy import Cut, FaultProxy
from tests.lab.servers import OPTIONS, Sample, samples
from tests.smb.callers import Caller
from tests.smb.worlds import in_force, over_smb

PROTECTED = next(sample for sample in samples() if sample.name == "ex02-protected")
MINE = "mspclnt/MSPCLNT.INI"
# 2003-03-01T08:00:00Z
TIME = 1_046_505_600
YES, NOT_KNOWN = ["yes", "mta_read_fix"], ["unknown", "in_force_unknown"]
# What the pipe, the log and its records cost, before anything else is asked.
OF_THE_LOG = 5


class Served:
    """A protected server with an event log; extra: settings of its volumes."""

    def __init__(self, base: Path, extra: str) -> None:
        self.lab = Lab(base, 1, extra, drives="CD")
        self.address = self.lab.addresses[0]
        self.pipe = EventPipe(base, {self.address: HeldLog(())})
        self.file = self.lab.drive(self.address, "C") / MINE

    def start(self, *times: int) -> None:
        """Have the MTA started at these times, counted from when the file was written."""
        self.pipe.logs[self.address] = HeldLog([started(TIME + time) for time in times])

    def furnish(self) -> None:
        """Put the server's files on its drives."""
        PROTECTED.furnish(self.lab.base / "hosts" / self.address)
        os.utime(self.file, (TIME, TIME))

    def caller(self, port: int = 0) -> Caller:
        """Give one who calls it, perhaps by way of a proxy."""
        return Caller("127.0.0.1" if port else self.address, port or self.lab.port)


@pytest.fixture(scope="module", params=["NTFS", "FAT"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose volumes are of this kind."""
    server = Served(tmp_path_factory.mktemp("served"), f"fstype = {request.param}")
    with server.lab, server.pipe:
        server.furnish()
        yield server


def asking(*gather: str) -> Sample:
    return PROTECTED._replace(options=OPTIONS | {"gather": list(gather)})


def looked(caller: Caller, *gather: str) -> dict[str, Any]:
    return over_smb(asking("files", *gather), caller)


@pytest.mark.parametrize(
    ("seconds", "on_ntfs", "on_fat", "asked"),
    [
        (0, NOT_KNOWN, NOT_KNOWN, 0),
        (1, YES, NOT_KNOWN, 1),
        (3600, YES, NOT_KNOWN, 1),
        (3601, YES, YES, 0),
    ],
)
def test_fat_keeps_local_time_which_may_be_off_by_an_hour(
    seconds: int, on_ntfs: list[str], on_fat: list[str], asked: int, served: Served, request: pytest.FixtureRequest
) -> None:
    callers = served.caller(), served.caller()
    results = []
    # The same log, which tells of a start before the file was written, needs no file system.
    for caller, starts in zip(callers, [(-9, -1), (-9, seconds)], strict=True):
        served.start(*starts)
        results.append(looked(caller, "events"))
    assert in_force(results[0]) == NOT_KNOWN
    assert in_force(results[1]) == (on_fat if "FAT" in request.node.name else on_ntfs)
    assert callers[1].requests - callers[0].requests == asked


def test_a_connection_that_breaks_while_the_log_is_read_costs_the_events_alone(served: Served) -> None:
    """Wherever it breaks: each request that events add is cut off once."""
    served.start(-9, 1)
    by_files, with_events = served.caller(), served.caller()
    without, whole = looked(by_files), looked(with_events, "events")
    faults = []
    for number in range(by_files.requests, with_events.requests):

        def cut(each: int, message: bytes, number: int = number) -> bytes:
            if each >= number:
                raise Cut
            return message

        with FaultProxy((served.address, served.lab.port), cut) as proxy:
            result = looked(served.caller(proxy.port), "events")
        faults.append(result["events"]["fault"])
        assert any("the server closed the connection" in gap["reason"] for gap in result["not_read"]), number
        same = ("msg", "status", "certainty", "plan", "advice")
        assert {name: result[name] for name in same} == {name: without[name] for name in same}
        assert result["in_force"] in ("unknown", whole["in_force"])
    assert len(faults) > OF_THE_LOG
    assert all(fault and "the server closed the connection" in fault for fault in faults[:OF_THE_LOG]), faults


def test_a_connection_that_breaks_before_is_lost(served: Served) -> None:
    def cut(each: int, message: bytes) -> bytes:
        if each >= OF_THE_LOG:
            raise Cut
        return message

    with FaultProxy((served.address, served.lab.port), cut) as proxy, pytest.raises(ConnectionLost):
        looked(served.caller(proxy.port), "events")


def test_an_mta_that_was_stopped(served: Served) -> None:
    served.pipe.logs[served.address] = HeldLog([started(TIME + 4000), stopped(TIME + 5000)])
    result = looked(served.caller(), "events")
    assert in_force(result) == ["unknown", "mta_stopped"]
    (risk,) = [risk for risk in result["risks"] if risk["code"] == "mta_not_restarted"]
    assert risk["mitigated"]
