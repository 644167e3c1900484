# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event logs: our reader beside evtexport, a reader by others, and damaged logs.

No real log may be kept here. JUDGE_EVENT_LOGS names some, with colons between them, that are judged too.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.log import EventLog
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import EventError, Record

from tests.judge.exported import exported, printed
from tests.lab.event_logs import Log
from tests.unit.damage import mutated
from tests.unit.event_logs import event, faults_of, log_of

SEED = os.environ.get("JUDGE_SEED", "1")
REAL = [name for name in os.environ.get("JUDGE_EVENT_LOGS", "").split(os.pathsep) if name]
DAMAGED = 2000
# Of processor time for one log. A real one of 2 MB takes a tenth of that.
SECONDS = 2.0
SIZE = 65536
# `mutated` changes no more.
MOST_PLACES = 30


def _with_rests() -> Log:
    """Give a log as a service leaves it that does not end: begun again, with rests, and an old header."""
    log = log_of(SIZE, 1000)
    log.forget(100)
    log.close()
    log.write(*map(event, range(1001, 1026)))
    return log


MADE: dict[str, Callable[[], Log]] = {
    "empty": lambda: Log(SIZE),
    "closed": lambda: log_of(SIZE, 200),
    "in use": lambda: log_of(SIZE, 200, unwritten=50),
    "begun again": lambda: log_of(SIZE, 1000),
    "with rests": _with_rests,
}


@pytest.fixture(scope="module", params=[*MADE, *REAL])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a log as a file."""
    if request.param not in MADE:
        return Path(request.param)
    path = tmp_path_factory.mktemp("log") / "AppEvent.Evt"
    path.write_bytes(MADE[request.param]().data())
    return path


def test_another_reader_finds_the_same_records(file: Path) -> None:
    assert printed(EventLog(file.read_bytes()).newest_first())[::-1] == exported(file, "items")


def test_another_reader_recovers_the_same_records_and_torn_ones(file: Path) -> None:
    data = file.read_bytes()
    ours, theirs = printed(EventLog(data).recovered()), exported(file, "recovered")
    assert ours == [text for text in theirs if text in ours]
    assert all(_is_torn(data, int(text.split()[3])) for text in theirs if text not in ours)


def _is_torn(data: bytes, number: int) -> bool:
    """Tell whether no record of this number in a file has its length at both ends."""
    at, lengths = -1, []
    while (at := data.find(b"LfLe" + struct.pack("<I", number), at + 1)) >= 0:
        length = data[at - 4 : at]
        lengths.append((length, data[at - 8 + int.from_bytes(length, "little") :][:4]))
    return bool(lengths) and all(first != last for first, last in lengths)


def test_the_made_logs_are_as_odd_as_a_real_one() -> None:
    log = _with_rests()
    found = EventLog(log.data())
    assert (found.clean, found.wrapped, found.lost) == (False, True, 0)
    assert any(min(places) < places[0] for places in map(log.bytes_of, log.numbers))
    assert len(list(found.recovered())) > 50


@pytest.mark.long
def test_damage_leaves_whole_records_or_one_error_of_ours() -> None:
    logs = [log_of(16384, count, unwritten) for count, unwritten in ((60, 0), (60, 20), (300, 0))]
    for number in range(DAMAGED):
        random = Random(f"{SEED}/events/{number}")
        log = random.choice(logs)
        data = log.data()
        for _time in range(random.randint(1, 3)):
            data = mutated(data, random) or data
        faults, _error = faults_of(log, data)
        assert not faults, f"seed {SEED} number {number}: {faults}"


@pytest.mark.long
@pytest.mark.parametrize("name", ["with rests", *REAL])
def test_damage_ends_in_time_and_changes_no_more_than_it_touches(name: str) -> None:
    data = MADE[name]().data() if name in MADE else Path(name).read_bytes()
    before = _given(data)
    for number in range(DAMAGED):
        damaged = mutated(data, Random(f"{SEED}/{name}/{number}"))
        begin = time.process_time()
        try:
            given = _given(damaged)
        except EventError:
            assert len(damaged) < len(data)
            continue
        assert time.process_time() - begin < SECONDS, f"seed {SEED} number {number}"
        assert len(given - before) <= MOST_PLACES, f"seed {SEED} number {number}"
        assert len(damaged) < len(data) or len(before - given) <= MOST_PLACES, f"seed {SEED} number {number}"


def _given(data: bytes) -> set[Record]:
    log = EventLog(data)
    return {*log.newest_first(), *log.recovered()}
