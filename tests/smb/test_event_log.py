# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event logs over SMB: read from the newest record back, with few requests, whatever the server makes of it."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import NUMBERS
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.source import Extent
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.event_log import SmbEventLog

from tests.lab.event_pipe import OLDEST_RECORD, READ, EventPipe, HeldLog
from tests.lab.lab import Lab, found
from tests.lab.proxy import FaultProxy
from tests.lab.trees import Tree
from tests.lab.winreg import WinReg
from tests.smb import lies
from tests.smb.callers import Caller
from tests.smb.held_logs import BEGIN, STACK, Served, event, events, holding, newest_first, rising
from tests.smb.lies import NEGOTIATE, WORDS, kind_of, pointer, put

# The last line counts only where an empty one follows. Without the limits, all that is older than a week is dropped.
REG = r"""Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Eventlog\Application]
"MaxSize"=dword:04000000
"Retention"=dword:7fffffff

"""


@pytest.mark.parametrize("count", [0, 1, 2, 60, 2000])
def test_all_records_are_read(count: int, served: Served) -> None:
    log = HeldLog(events(count), first=7)
    with holding(served, log) as (_caller, ours):
        assert list(ours.newest_first()) == newest_first(log)
        told = Extent(count, 7, 6 + count, BEGIN, wrapped=True, lost=0) if count else Extent(0, lost=0)
        assert ours.extent() == told
        assert abs(ours.clock or 0) <= 2


def test_numbers_begin_again_behind_the_last(served: Served) -> None:
    log = HeldLog(events(100), first=NUMBERS - 50)
    with holding(served, log) as (_caller, ours):
        assert list(ours.newest_first()) == newest_first(log)
        assert ours.extent() == Extent(100, NUMBERS - 50, 49, BEGIN, wrapped=True, lost=0)


@pytest.mark.parametrize("count", [0, 1, 100])
def test_how_far_a_log_reaches_can_be_asked_alone(count: int, served: Served) -> None:
    with holding(served, HeldLog(events(count), first=9)) as (_caller, ours):
        told = Extent(count, 9, 8 + count, wrapped=True) if count else Extent(0)
        assert ours.extent() == told
        assert ours.clock is not None


@pytest.mark.parametrize("count", [2000, 5000])
def test_the_newest_hour_costs_the_same_whatever_lies_behind_it(count: int, served: Served) -> None:
    with holding(served, HeldLog(events(count))) as (caller, ours):
        read = 0
        for found in ours.newest_first():
            read += 1
            if found.time_generated < BEGIN + 60 * (count - 61):
                break
        assert read == 62
        assert ours.extent() == Extent(records=count, oldest=1, newest=count, wrapped=False, lost=0)
        assert caller.requests <= 12


@pytest.mark.parametrize("length", [4240, 4244, 5000, 60_000, 0x3FFFC])
def test_a_record_that_one_answer_cannot_hold(length: int, served: Served) -> None:
    log = HeldLog([event(0), *events(2, length), *events(3)])
    with holding(served, log) as (_caller, ours):
        assert list(ours.newest_first()) == newest_first(log)


@pytest.mark.parametrize("count", [0, 1, 2, 200])
def test_a_server_that_begins_at_the_oldest_record(count: int, served: Served) -> None:
    log = HeldLog(events(count), first=3)
    with holding(served, log, "oldest first") as (caller, ours):
        assert list(ours.newest_first()) == newest_first(log)
        # Two more for the count and the oldest, and one for the record that came first.
        assert caller.requests <= 12 + count / 16


def test_a_server_that_gives_its_records_oldest_first(served: Served) -> None:
    log = HeldLog(events(3))

    def turn(number: int, stub: bytes) -> bytes:
        return rising(stub) if number == READ else stub

    with holding(served, log, lie=turn) as (_caller, ours):
        assert list(ours.newest_first()) == newest_first(log)


def test_a_server_that_wants_more_room_than_a_record_needs(served: Served) -> None:
    log = HeldLog([*events(1, 5000), *events(2)])

    def want(number: int, stub: bytes) -> bytes:
        needed = struct.unpack("<I", stub[-8:-4])[0]
        return stub[:-8] + struct.pack("<I", needed + 2) + stub[-4:] if number == READ and needed else stub

    with holding(served, log, lie=want) as (_caller, ours):
        assert list(ours.newest_first()) == newest_first(log)


def test_a_server_of_tiny_fragments(served: Served) -> None:
    caller, _pipe = served

    def spoil(request: bytes, answer: bytes) -> Iterable[bytes]:
        return put(answer, pointer(answer, 14) + 16, "<HH", 0, 0) if kind_of(request) == lies.BIND else (answer,)

    log = HeldLog(events(60))
    with FaultProxy((caller.host, caller.port), answer=spoil) as proxy, holding(served, log):
        assert list(SmbEventLog(Caller("127.0.0.1", proxy.port).server()).newest_first()) == newest_first(log)


@pytest.mark.parametrize("fault", ["", "no seek"])
def test_a_record_that_comes_while_the_log_is_opened(fault: str, served: Served) -> None:
    log = HeldLog(events(3, 4000))

    def come(number: int, stub: bytes) -> bytes:
        # The first answer holds one record. That this may be the oldest makes the reader ask for the newest.
        if number == OLDEST_RECORD:
            log.write(event(3))
        return stub

    with holding(served, log, fault, lie=come) as (_caller, ours):
        assert list(ours.newest_first()) == newest_first(log)
    assert len(log.records) == 4


class Samba:
    """Samba's own event log: begins at the oldest record, and ends with an answer of no bytes."""

    def __init__(self, lab: Lab) -> None:
        self._conf = str(lab.base / "smb.conf")
        self.caller = Caller(lab.addresses[0], lab.port)
        (lab.base / "seed.reg").write_text(REG)
        self._run(["net", "-s", self._conf, "registry", "import", str(lab.base / "seed.reg")])
        # Only this takes the size and the age that are allowed over from the registry.
        list(self.log().newest_first())

    def log(self) -> SmbEventLog:
        """Give the log as it is read."""
        return SmbEventLog(self.caller.server())

    def write(self, *texts: Sequence[str]) -> None:
        """Log events with these strings, a minute apart."""
        lines = (self._lines(BEGIN + 60 * number, strings) for number, strings in enumerate(texts))
        self._run([found("eventlogadm"), "-s", self._conf, "-o", "write", "Application"], "".join(lines))

    @staticmethod
    def _lines(moment: int, strings: Sequence[str]) -> str:
        return (
            f"LEN: 0\nRS1: 1699505740\nRCN: 0\nTMG: {moment}\nTMW: {moment}\nEID: {0x80000000 | 9301}\nETP: WARNING\n"
            "ECT: 7\nRS2: 0\nCRN: 0\nUSL: 0\nSRC: MSExchangeMTA\nSRN: EX01\n"
            + "".join(f"STR: {string}\n" for string in strings)
            + "DAT:\n\n"
        )

    @staticmethod
    def _run(command: list[str], text: str = "") -> None:
        subprocess.run(command, input=text, check=True, capture_output=True, text=True)


@pytest.fixture
def samba(tmp_path: Path) -> Iterator[Samba]:
    # smbd starts the process that answers; it must not outlive the test.
    with Lab(tmp_path, 1, extra="rpc start on demand helpers = yes\n eventlog list = Application") as lab:
        try:
            yield Samba(lab)
        finally:
            file = tmp_path / "pid" / "samba-dcerpcd.pid"
            if file.exists():
                os.killpg(int(file.read_text()), signal.SIGTERM)


def test_sambas_own_log(samba: Samba) -> None:
    texts: list[tuple[str, ...]] = []
    for more in (0, 1, 1, 43):
        added = [(STACK, "91F5C11B", f"{number}") for number in range(len(texts), len(texts) + more)]
        samba.write(*added)
        texts += added
        log = samba.log()
        read = list(log.newest_first())
        assert [record.strings for record in read] == texts[::-1]
        assert [record.record_number for record in read] == list(range(len(texts), 0, -1))
        assert all((each.code, each.source_name, each.event_category) == (9301, "MSExchangeMTA", 7) for each in read)
        assert log.extent() == (
            Extent(len(texts), 1, len(texts), BEGIN, False, None, 0) if texts else Extent(0, lost=0)
        )


def test_a_record_that_one_answer_cannot_hold_of_samba(samba: Samba) -> None:
    long = tuple("x" * 900 for _string in range(4))
    samba.write(("before",), long, ("behind",))
    assert [record.strings for record in samba.log().newest_first()] == [("behind",), long, ("before",)]


def test_the_clock_of_the_server(served: Served) -> None:
    caller, _pipe = served

    def clock(change: Callable[[int], int]) -> int | None:
        def spoil(request: bytes, answer: bytes) -> Iterable[bytes]:
            if kind_of(request) != NEGOTIATE:
                return (answer,)
            return put(answer, WORDS + 23, "<Q", change(struct.unpack_from("<Q", answer, WORDS + 23)[0]))

        with FaultProxy((caller.host, caller.port), answer=spoil) as proxy, holding(served, HeldLog(events(1))):
            log = SmbEventLog(Caller("127.0.0.1", proxy.port).server())
            assert log.clock is None
            assert len(list(log.newest_first())) == 1
            return log.clock

    assert clock(lambda told: told + 3600 * 10_000_000) in range(3597, 3604)
    assert clock(lambda told: told - 90 * 86400 * 10_000_000) in range(-90 * 86400 - 3, -90 * 86400 + 4)
    assert clock(lambda _told: 0) is None
    assert clock(lambda _told: (1 << 64) - 1) is not None


@pytest.fixture
def with_registry(tmp_path: Path) -> Iterator[tuple[Caller, WinReg]]:
    """A server with a log and a registry that names it."""
    names: Tree = {"SYSTEM": {"CurrentControlSet": {"Services": {"EventLog": {"Application": {}, "System": {}}}}}}
    with Lab(tmp_path, 1) as lab:
        address = lab.addresses[0]
        with EventPipe(tmp_path, {address: events(2)}), WinReg(tmp_path, {address: names}) as registry:
            yield Caller(address, lab.port), registry


def test_a_log_that_the_server_does_not_have(with_registry: tuple[Caller, WinReg]) -> None:
    caller, registry = with_registry
    with pytest.raises(ServerError, match=r"no log of this name: HKLM.*EventLog names those"):
        next(SmbEventLog(caller.server(), "Applications").newest_first())
    assert len(list(SmbEventLog(caller.server(), "sYSTEM").newest_first())) == 2
    before = caller.requests
    assert len(list(SmbEventLog(caller.server(), "application").newest_first())) == 2
    # Nobody asks a registry whether there is an Application.
    assert caller.requests - before == 9
    for name in ("", "System\\x", "Sys\ntem"):
        with pytest.raises(ServerError, match="can be no name of an event log"):
            next(SmbEventLog(caller.server(), name).newest_first())
    registry.faults[caller.host] = "denied"
    with pytest.raises(
        ServerError, match=r"cannot be known, and it may give Application in its place.*access is denied"
    ):
        next(SmbEventLog(caller.server(), "System").newest_first())
