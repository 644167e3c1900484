# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that lies about its event log: an error of ours, in words and after few requests."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ConnectionLost,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import event_log
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.event_log import SmbEventLog

from tests.lab.event_pipe import NUMBER_OF_RECORDS, OLDEST_RECORD, OPEN, READ, TOO_SMALL, HeldLog
from tests.lab.proxy import FaultProxy
from tests.smb import lies
from tests.smb.callers import Caller
from tests.smb.held_logs import Served, events, holding, rising
from tests.smb.lies import WORDS, kind_of, pointer, put

# What is believed does not depend on the kind of server.
pytestmark = pytest.mark.parametrize("served", [True], ids=["nt4"], indirect=True)
Change = Callable[[bytes], bytes]


def in_result(*values: int) -> Change:
    """Change the numbers at the end of what a read returns: the count of bytes, the bytes needed, the status."""
    return lambda stub: stub[:-12] + struct.pack("<III", *values)


def in_record(at: int, value: int) -> Change:
    """Change a number in the first record of a read."""
    return lambda stub: stub[: 4 + at] + struct.pack("<I", value) + stub[8 + at :]


TOO_LONG = "wants room for"
COUNT = "another count of bytes than it was asked for"
NOT_WHOLE = "no whole answer to the call"
LIES: dict[str, tuple[int, Change, str]] = {
    "open: nothing": (OPEN, lambda _stub: b"", "shorter than it must be"),
    "open: half a handle": (OPEN, lambda stub: stub[:12], "shorter than it must be"),
    "open: another handle": (OPEN, lambda stub: b"\xff" * 20 + stub[20:], "0xc0000008"),
    "open: an unknown status": (OPEN, lambda stub: stub[:20] + b"\xef\xbe\xad\xde", "0xdeadbeef"),
    "read: nothing": (READ, lambda _stub: b"", "shorter than it must be"),
    "read: more bytes than it has": (READ, in_result(0xFFFFFFFF, 0, 0), COUNT),
    "read: half a record": (READ, in_result(252 * 3 - 100, 0, 0), "there is no record at byte 504"),
    "read: larger buffer": (READ, lambda stub: b"\xff" * 4 + stub[4:], COUNT),
    "read: longer buffer": (READ, lambda stub: stub[:4] + bytes(4) + stub[4:], NOT_WHOLE),
    "read: shorter buffer": (READ, lambda stub: stub[:4] + stub[8:], COUNT),
    "read: buffer of many fragments": (READ, lambda stub: stub + bytes(1_000_000), NOT_WHOLE),
    "read: no buffer": (READ, lambda stub: stub[:4] + stub[-12:], COUNT),
    "read: needs no bytes": (READ, in_result(0, 0, TOO_SMALL), TOO_LONG),
    "read: needs what it got": (READ, in_result(0, 4240, TOO_SMALL), TOO_LONG),
    "read: needs more and more": (READ, in_result(0, 5000, TOO_SMALL), TOO_LONG),
    "read: needs endless bytes": (READ, in_result(0, 0xFFFFFFFF, TOO_SMALL), TOO_LONG),
    "read: an unknown status": (READ, in_result(0, 0, 0xDEADBEEF), "0xdeadbeef"),
    "read: no such file": (READ, in_result(0, 0, 0xC0000034), "no log of this name"),
    "record: no length": (READ, in_record(0, 0), "there is no record at byte 0"),
    "record: endless": (READ, in_record(0, 0xFFFFFFFC), "there is no record at byte 0"),
    "record: no signature": (READ, in_record(4, 0), "there is no record at byte 0"),
    "record: another number": (READ, in_record(8, 5), "do not follow each other"),
    "record: texts outside": (READ, in_record(36, 0x10000), "texts that it cannot have"),
    "record: endless strings": (READ, in_record(26, 0xFFFF), "texts that it cannot have"),
    "records that rise": (READ, rising, "an older one than"),
}


@pytest.mark.parametrize("what", LIES)
def test_a_lie_ends_in_words(what: str, served: Served) -> None:
    opnum, change, says = LIES[what]

    def lie(number: int, stub: bytes) -> bytes:
        return change(stub) if number == opnum else stub

    ends = pytest.raises((ServerError, ConnectionLost), match=says)
    with holding(served, HeldLog(events(400)), lie=lie) as (caller, ours), ends:
        list(ours.newest_first())
    assert caller.requests <= 16


def test_a_server_that_gives_the_same_again_and_again(served: Served) -> None:
    first: list[bytes] = []

    def lie(number: int, stub: bytes) -> bytes:
        if number == READ:
            first.append(stub)
        return first[0] if number == READ else stub

    ends = pytest.raises(ServerError, match="the server gives record 400 where an older one than 385 must come")
    with holding(served, HeldLog(events(400)), lie=lie) as (caller, ours), ends:
        list(ours.newest_first())
    assert caller.requests <= 10


def test_a_log_without_end(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MOST_RECORDS", 300)
    ends = pytest.raises(ServerError, match="more than 300 records: no more are read")
    with holding(served, HeldLog(events(400))) as (_caller, ours), ends:
        list(ours.newest_first())


def test_newer_records_without_end(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MOST_RECORDS", 300)
    log = HeldLog(events(100))

    def change(read: int) -> None:
        if read == 3:
            log.write(*events(1000))
            log.changed += 1

    ends = pytest.raises(ServerError, match="more than 300 records: no more are read")
    with holding(served, log, "no seek", change) as (_caller, ours), ends:
        list(ours.newest_first())


@pytest.mark.parametrize("count", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_server_that_begins_at_the_oldest_and_lies_about_the_count(count: int, served: Served) -> None:
    def lie(number: int, stub: bytes) -> bytes:
        return struct.pack("<II", count, 0) if number == NUMBER_OF_RECORDS else stub

    log = HeldLog(events(400))
    ends = pytest.raises(ServerError, match="can be read neither from its newest record")
    with holding(served, log, "oldest first", lie=lie) as (caller, ours), ends:
        list(ours.newest_first())
    assert caller.requests <= 16


def test_a_log_whose_oldest_record_goes_while_no_other_is_found(served: Served) -> None:
    log = HeldLog(events(400))

    def go(number: int, stub: bytes) -> bytes:
        if number == NUMBER_OF_RECORDS:
            log.forget(1)
        return stub

    ends = pytest.raises(ServerError, match="can be read neither from its newest record")
    with holding(served, log, "oldest first, no seek", lie=go) as (_caller, ours), ends:
        list(ours.newest_first())


def test_an_oldest_record_that_is_newer_than_the_newest(served: Served) -> None:
    def lie(number: int, stub: bytes) -> bytes:
        return struct.pack("<II", 401, 0) if number == OLDEST_RECORD else stub

    with holding(served, HeldLog(events(400)), lie=lie) as (_caller, ours):
        next(ours.newest_first())
        with pytest.raises(ServerError, match="says that the oldest record is 401, but 400 is the newest"):
            ours.extent()


FRAGMENTS: dict[str, tuple[int, str, int]] = {
    "the first once more": (3, "<B", 1),
    "of another kind": (2, "<B", 12),
    "of another call": (12, "<I", 77),
    "longer than it is": (8, "<H", 0xFFFF),
    "signed": (10, "<H", 16),
    "big-endian": (4, "<I", 0),
}


@pytest.mark.parametrize("what", FRAGMENTS)
def test_a_lie_in_a_fragment_behind_the_first(what: str, served: Served) -> None:
    caller, _pipe = served
    at, form, value = FRAGMENTS[what]

    def spoil(request: bytes, answer: bytes) -> Iterable[bytes]:
        return put(answer, pointer(answer, 12) + at, form, value) if kind_of(request) == lies.READ else (answer,)

    log = HeldLog(events(3, 20_000))
    with FaultProxy((caller.host, caller.port), answer=spoil) as proxy, holding(served, log):
        through = Caller("127.0.0.1", proxy.port)
        with pytest.raises(ConnectionLost, match=NOT_WHOLE):
            list(SmbEventLog(through.server()).newest_first())
        # With the first of them that is read.
        assert through.requests <= 10


def test_a_fragment_that_is_cut_short(served: Served) -> None:
    caller, _pipe = served

    def spoil(request: bytes, answer: bytes) -> Iterable[bytes]:
        if kind_of(request) != lies.READ:
            return (answer,)
        # It says so itself.
        return put(next(iter(put(answer, WORDS + 10, "<H", 124))), pointer(answer, 12) + 8, "<H", 124)

    with FaultProxy((caller.host, caller.port), answer=spoil) as proxy, holding(served, HeldLog(events(3, 20_000))):
        through = Caller("127.0.0.1", proxy.port)
        with pytest.raises(ConnectionLost, match=NOT_WHOLE):
            list(SmbEventLog(through.server()).newest_first())
        assert through.requests <= 10
