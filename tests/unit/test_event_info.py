# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`mta_event_info` on visible drives: what is told of a log, how far it is read, and what is said where it is not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._event_info import (
    WHOLE,
    event_info,
    log_on_drives,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.mta import IDS
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.observed import IN_A_ROW
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import Record, records_in
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.source import EventSource, Extent
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.registry import DriveRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mta_event_info import (
    event_request_from,
    event_request_over_smb,
    mta_event_info_spec,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ConnectionLost,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.text import MOST_ITEMS, gated

from tests.lab.event_logs import Event, Log, record
from tests.lab.hives import hive
from tests.unit.damage import mutated
from tests.unit.drive_trees import build, outside, state_of, watched
from tests.unit.logged_events import DAY, EIGHT, EVENTS, HOUR, STACK, check_shape, log_of, refused

DEFAULTS: dict[str, Any] = {name: option.get("default") for name, option in mta_event_info_spec().items()}
SYSTEM_INI, PLACE = "C/WINNT/System.ini", "C/WINNT/system32/config/AppEvent.Evt"
HIVE = "C/WINNT/system32/config/system"
LEVELS = {"1 X.400 Service": 0, "7 Configuration": 5}


def system(levels: dict[str, int] | None = None) -> bytes:
    services = {"MSExchangeMTA": {"Diagnostics": {f"={name}": level for name, level in (levels or {}).items()}}}
    return hive({"Select": {"=Current": 1}, "ControlSet001": {"Services": services}})


def ask(folder: Path, log: bytes, levels: dict[str, int] | None = None, **options: Any) -> dict[str, Any]:
    drives = build(folder, {SYSTEM_INI: b"", PLACE: log, HIVE: system(levels)})
    return ask_of({"drives": drives, **options})


def ask_of(options: dict[str, Any]) -> dict[str, Any]:
    request = event_request_from({**DEFAULTS, **options})
    source, registry = log_on_drives(request)
    result = gated(event_info(source, request, registry), WHOLE)
    check_shape(result)
    return result


def numbers(result: dict[str, Any]) -> list[int]:
    return [event["record"] for event in result["events"]]


def test_what_is_told_of_a_log(tmp_path: Path) -> None:
    result = ask(tmp_path, log_of(EVENTS).data())
    assert numbers(result) == [11, 9, 8, 7, 6, 5, 4, 2, 1]
    assert result["events"][0] == {
        "id": 9301,
        "time": "2003-03-01T08:02:00Z",
        "type": "warning",
        "category": 7,
        "computer": "EX01",
        "strings": [STACK, "0A000005", "BASE IL", "TCP/IP DRVR", "8", "218"],
        "record": 11,
    }
    assert [event["type"] for event in result["events"][1:6]] == ["error", *["warning"] * 3, "information"]
    assert result["started"] == {"record": 5, "time": "2003-03-01T08:00:00Z"}
    assert (result["stopped"], result["build"], result["levels"]) == (None, "2653.23", None)
    assert result["addresses"] == [
        {"hex": "0A000005", "ipv4": "10.0.0.5", "name": None, "count": 2},
        {"hex": "4D41494C", "ipv4": "77.65.73.76", "name": "MAIL", "count": 1},
    ]
    assert result["log"] == {
        "records": 12,
        "oldest": {"record": 1, "time": "2003-02-20T08:00:00Z"},
        "newest": {"record": 12, "time": "2003-03-01T11:00:00Z"},
        "wrapped": False,
        "clean": True,
        "lost": 0,
    }
    assert (result["read_to"], result["not_read"]) == (result["log"]["oldest"], [])
    assert result["msg"] == (
        "9 events of MSExchangeMTA among 12 records of Application, back to 2003-02-20T08:00:00Z; the MTA started at "
        "2003-03-01T08:00:00Z"
    )


@pytest.mark.parametrize(
    ("options", "found", "read_to"),
    [
        ({"ids": [9301]}, [11, 8, 6], 1),
        ({"ids": [9301], "source": "msexchangeis"}, [10], 1),
        ({"ids": [4711, 6005], "source": "EVENTLOG"}, [12, 3], 1),
        ({"limit": 2}, [11, 9], 8),
        ({"limit": 9}, [11, 9, 8, 7, 6, 5, 4, 2, 1], 1),
        ({"limit": 1, "since": "3 hours"}, [11], 10),
    ],
)
def test_no_more_is_read_than_was_asked_for(
    options: dict[str, Any], found: list[int], read_to: int, tmp_path: Path
) -> None:
    result = ask(tmp_path, log_of(EVENTS).data(), **options)
    assert numbers(result) == found
    assert result["read_to"]["record"] == read_to
    ended = [f"events: {len(found)} were asked for, and older ones may be in the log"]
    assert result.get("left_out") == (ended if "limit" in options and options["limit"] != 9 else None)


OLDER = 40


@pytest.mark.parametrize(
    ("options", "found", "beyond"),
    [
        # Back from the newest record, which is of another source.
        ({"since": "3 hours"}, [11, 9, 8, 7, 6, 5], 4),
        ({"since": "179 minutes"}, [11, 9, 8, 7, 6], 5),
        ({"since": "1h"}, [], 11),
        ({"since": "2003-03-01T08:01:00Z"}, [11, 9, 8, 7, 6], 5),
        ({"since": "2003-03-01"}, [11, 9, 8, 7, 6, 5, 4], 3),
        ({"since": "2050-01-01"}, [], 12),
        ({"limit": 7, "since": "2003-03-01"}, [11, 9, 8, 7, 6, 5, 4], 3),
    ],
)
def test_reading_ends_behind_the_time_that_was_asked_for(
    options: dict[str, Any], found: list[int], beyond: int, tmp_path: Path
) -> None:
    """beyond: the first record that is too old; with so many, one after the other, it ends."""
    older = [Event(6005, EIGHT - 10 * DAY, source="EventLog")] * OLDER
    result = ask(tmp_path, log_of((*older, *EVENTS)).data(), **options)
    assert numbers(result) == [OLDER + number for number in found]
    assert result["read_to"]["record"] == OLDER + beyond + 1 - IN_A_ROW
    assert "left_out" not in result


@pytest.mark.parametrize(("count", "found"), [(1, [11, 9, 8, 7, 6]), (15, [11, 9, 8, 7, 6]), (16, [11, 9])])
@pytest.mark.parametrize("since", ["179 minutes", "2003-03-01T08:01:00Z"])
def test_records_with_a_wrong_time_end_nothing(since: str, count: int, found: list[int], tmp_path: Path) -> None:
    """Such as those of a boot after the clock's battery had died; older ones are read on, and what ends it is told."""
    wrong = [Event(9301, 315_532_800 + number, (STACK, "0A00000A")) for number in range(count)]
    result = ask(tmp_path, log_of((*EVENTS[:8], *wrong, *EVENTS[8:])).data(), since=since)
    assert numbers(result) == [number + count if number > 8 else number for number in found]
    ended = {"record": 9, "time": "1980-01-01T00:00:00Z"}
    assert result["read_to"] == (ended if count == 16 else {"record": 1, "time": "2003-02-20T08:00:00Z"})


@pytest.mark.parametrize(("count", "more"), [(1, True), (15, True), (16, False)])
def test_only_what_is_not_too_old_lies_beyond_the_limit(count: int, more: bool, tmp_path: Path) -> None:
    wrong = [Event(6005, 315_532_800, source="EventLog")] * count
    log = log_of((*EVENTS[:8], *wrong, *EVENTS[8:])).data()
    result = ask(tmp_path, log, since="2003-03-01T08:01:00Z", limit=2)
    assert (numbers(result), "left_out" in result) == ([11 + count, 9 + count], more)


def test_a_time_behind_the_newest_record_is_told(tmp_path: Path) -> None:
    newest = ask(tmp_path, log_of(EVENTS).data())["log"]["newest"]["time"]
    told = ask(tmp_path, log_of(EVENTS).data(), since="2050-01-01")["msg"]
    assert told == f"no event, since the newest record of Application is of {newest}"


def test_only_9301_is_asked_for_addresses(tmp_path: Path) -> None:
    by_rpc = Event(9322, EIGHT, ("76", "5", "ncacn_ip_tcp:192.0.2.7[1034]"))
    result = ask(tmp_path, log_of((by_rpc, refused(EIGHT + 1, "no digits"))).data())
    assert (numbers(result), result["addresses"]) == ([2, 1], [])


def test_a_stop_after_the_last_start(tmp_path: Path) -> None:
    stop = Event(9299, EIGHT + DAY, ("5.5 (build 2653.23)",))
    result = ask(tmp_path, log_of((*EVENTS, *EVENTS[-1:] * IN_A_ROW, stop)).data(), since="1 hour")
    assert (result["started"], result["stopped"]) == (None, {"record": 29, "time": "2003-03-02T08:00:00Z"})
    assert result["msg"].endswith("; the MTA stopped at 2003-03-02T08:00:00Z")


def test_an_event_that_was_written_long_after_it_came(tmp_path: Path) -> None:
    """Its time is no sign that all before it is older, nor is it one of those that were asked for."""
    late = refused(EIGHT - DAY, "0A000009")._replace(delay=DAY + 130)
    result = ask(tmp_path, log_of((*EVENTS[:-1], late, EVENTS[-1])).data(), since="2003-03-01T08:00:00Z")
    assert numbers(result) == [11, 9, 8, 7, 6, 5]


def test_more_events_than_a_list_may_have(tmp_path: Path) -> None:
    count = 3 * MOST_ITEMS
    events = [refused(EIGHT + number, f"{number:08X}") for number in range(count)]
    result = ask(tmp_path, log_of(events, 200_000).data())
    assert len(result["events"]) == count
    assert result["left_out"] == [f"addresses: {count - MOST_ITEMS} more"]
    assert len(result["addresses"]) == MOST_ITEMS


def test_all_strings_of_an_event_are_given(tmp_path: Path) -> None:
    strings = tuple(map(str, range(200)))
    result = ask(tmp_path, log_of([Event(9202, EIGHT, strings)]).data())
    assert (result["events"][0]["strings"], result.get("left_out")) == (list(strings), None)


def test_texts_pass_the_gate(tmp_path: Path) -> None:
    event = refused(EIGHT, "0A000005")._replace(strings=("\x1b[2J\u202e", "x" * 9000), computer="EX\n01")
    (told,) = ask(tmp_path, log_of([event], 65536).data())["events"]
    assert (told["computer"], told["strings"][0]) == ("EX\\x0a01", "\\x1b[2J\\u202e")
    assert told["strings"][1].endswith("x... (9000 characters)")


@pytest.mark.parametrize(
    ("number", "word"),
    [(0, "success"), (8, "success audit"), (16, "failure audit"), (3, "type 3"), (65535, "type 65535")],
)
def test_types_in_words(number: int, word: str, tmp_path: Path) -> None:
    (told,) = ask(tmp_path, log_of([Event(9202, EIGHT, kind=number)]).data())["events"]
    assert told["type"] == word


def test_the_levels_stand_beside_silence(tmp_path: Path) -> None:
    silent = log_of(EVENTS[2:3]).data()
    result = ask(tmp_path, silent, LEVELS)
    assert (result["events"], result["levels"], result["not_read"]) == ([], LEVELS, [])
    assert result["msg"] == "no event of MSExchangeMTA among 1 record of Application, back to 2003-02-21T08:00:00Z"
    assert ask(tmp_path, silent, {"3 Security": 5})["levels"] is None


@pytest.mark.parametrize("code", sorted({*IDS, 4711}))
def test_silence_is_that_no_event_refuses_a_caller(code: int, tmp_path: Path) -> None:
    """A start of the MTA is in nearly every log, and a caller's own events do not tell that it refused one."""
    result = ask(tmp_path, log_of((*EVENTS[3:5], Event(code, EIGHT + 60))).data(), LEVELS)
    assert numbers(result) == ([2, 1] if code == 4711 else [3, 2, 1])
    assert result["levels"] == (None if code in {9301, 9202, 1293, 9322} else LEVELS)


@pytest.mark.parametrize(
    ("options", "is_silent"),
    [
        ({}, False),
        # The refusals of the log are older.
        ({"since": "2 hours"}, True),
        ({"ids": [9202]}, False),
        ({"ids": [1293, 289]}, True),
        # Who does not ask for refusals is told levels only where there is nothing else.
        ({"ids": [9298]}, False),
        ({"ids": [290]}, True),
    ],
)
def test_silence_is_of_what_was_asked_for(options: dict[str, Any], is_silent: bool, tmp_path: Path) -> None:
    log = log_of((*EVENTS, Event(289, EIGHT + 3 * HOUR))).data()
    assert ask(tmp_path, log, LEVELS, **options)["levels"] == (LEVELS if is_silent else None)


def test_an_empty_log(tmp_path: Path) -> None:
    result = ask(tmp_path, Log(1024).data())
    assert (result["msg"], result["read_to"], result["started"]) == ("event log Application is empty", None, None)
    assert result["log"] == {"records": 0, "oldest": None, "newest": None, "wrapped": False, "clean": True, "lost": 0}


def test_a_log_in_use_that_went_round(tmp_path: Path) -> None:
    log = Log(2048)
    log.write(*EVENTS[:8])
    log.close()
    log.write(*EVENTS[8:])
    result = ask(tmp_path, log.data())
    assert numbers(result)[0] == 11
    assert (result["log"]["wrapped"], result["log"]["clean"], result["log"]["lost"]) == (True, False, 0)
    assert result["log"]["oldest"]["record"] == log.numbers[0] > 1
    assert result["log"]["records"] == len(log.numbers)


def test_what_overwriting_left_behind_is_no_event_of_the_log(tmp_path: Path) -> None:
    log = log_of(EVENTS)
    log.forget(8)
    log.close()
    assert numbers(ask(tmp_path, log.data())) == [11, 9]


def test_a_record_that_damage_took(tmp_path: Path) -> None:
    log = log_of(EVENTS)
    data = bytearray(log.data())
    data[log.place(7) + 4] ^= 1
    result = ask(tmp_path, bytes(data))
    assert numbers(result) == [11, 9, 8, 6, 5, 4, 2, 1]
    assert (result["log"]["lost"], result["log"]["records"]) == (1, 11)


def test_a_damaged_log_gives_a_result_or_one_error_of_ours(tmp_path: Path) -> None:
    """What the reader makes of damage is tried with the reader."""
    source, errors = random.Random(254909), []
    whole = log_of(EVENTS, 4096).data()
    for _number in range(300):
        try:
            result = ask(tmp_path, mutated(whole, source))
        except ServerError as error:
            errors.append(str(error))
        else:
            assert set(numbers(result)) <= set(range(1, len(EVENTS) + 1))
    assert 0 < len(errors) < 150
    assert set(errors) == {"Error while reading C:\\WINNT\\System32\\Config\\AppEvent.Evt: it is no event log"}


def test_a_registry_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    drives = build(tmp_path, {SYSTEM_INI: b"", PLACE: log_of(EVENTS[2:3]).data()})
    result = ask_of({"drives": drives})
    reason = "C:\\WINNT\\system32\\config\\system: it is not there"
    assert result["not_read"] == [{"what": "registry", "reason": reason}]
    assert result["levels"] is None


def test_the_system_folder_that_is_given(tmp_path: Path) -> None:
    files = {f"D/NT/System32/Config/{name}.Evt": log_of(EVENTS).data() for name in ("AppEvent", "SysEvent")}
    drives = build(tmp_path, {SYSTEM_INI: b"", **files})
    assert len(ask_of({"drives": drives, "system_root": "D:\\NT", "log": "system"})["events"]) == 9
    with pytest.raises(ServerError, match=r"AppEvent.Evt: there is no such file"):
        ask_of({"drives": drives})


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"C/x": b""}, "Error while looking for event log Application: the system folder is not known: "),
        ({SYSTEM_INI: b"", "C/WINDOWS/System.ini": b""}, "there are several, C:\\WINNT\\System.ini and C:\\WINDOWS"),
        ({SYSTEM_INI: b""}, "AppEvent.Evt: there is no such file"),
        (
            {SYSTEM_INI: b"", PLACE: b"no log"},
            "reading C:\\WINNT\\System32\\Config\\AppEvent.Evt: it is no event log",
        ),
    ],
)
def test_a_log_of_which_nothing_can_be_read(files: dict[str, bytes], said: str, tmp_path: Path) -> None:
    with pytest.raises(ServerError) as caught:
        ask_of({"drives": build(tmp_path, files)})
    assert said in str(caught.value)


def test_nothing_is_written_nor_opened_outside(tmp_path: Path) -> None:
    folder = tmp_path / "drives"
    drives = build(folder, {SYSTEM_INI: b"", PLACE: log_of(EVENTS).data(), HIVE: system()})
    before = state_of(tmp_path)
    with watched() as opened:
        ask_of({"drives": drives})
    assert state_of(tmp_path) == before
    assert opened
    assert outside(opened, folder) == []


# A log that cannot be read to its end


class Broken(EventSource):
    """A log that gives its newest records, and then no more."""

    name = "event log Application"

    def __init__(self, count: int, error: Exception) -> None:
        self._records = [
            parsed for number, event in enumerate(EVENTS, 1) for parsed in records_in(record(number, event))
        ][len(EVENTS) - count :]
        self._error = error

    def newest_first(self) -> Iterator[Record]:
        yield from self._records[::-1]
        raise self._error

    def extent(self) -> Extent:
        raise self._error


def broken(count: int, error: Exception, folder: Path) -> dict[str, Any]:
    registry = DriveRegistry(DriveFiles(build(folder, {HIVE: system(LEVELS)})), "C:\\WINNT")
    result = gated(event_info(Broken(count, error), event_request_over_smb(DEFAULTS), registry), WHOLE)
    check_shape(result)
    return result


def test_what_was_read_of_a_log_that_cannot_be_read_on(tmp_path: Path) -> None:
    result = broken(2, ServerError("it is closed"), tmp_path)
    assert numbers(result) == [11]
    assert result["not_read"] == [{"what": "event log Application", "reason": "it is closed"}]
    assert result["log"]["oldest"] is None
    assert result["log"]["newest"]["record"] == 12
    assert result["read_to"]["record"] == 11


def test_silence_of_a_log_that_cannot_be_read_on(tmp_path: Path) -> None:
    assert broken(1, ServerError("it is closed"), tmp_path)["levels"] == LEVELS


def test_a_log_that_cannot_be_read_at_all(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"^Error while reading event log Application: it is closed$"):
        broken(0, ServerError("it is closed"), tmp_path)


@pytest.mark.parametrize("count", [0, 5])
def test_a_lost_connection_is_no_answer(count: int, tmp_path: Path) -> None:
    with pytest.raises(ConnectionLost):
        broken(count, ConnectionLost("it is gone"), tmp_path)
