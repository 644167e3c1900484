# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import random
import struct
import time

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.log import LOG_LIMIT, EventLog
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import (
    LONGEST_BUFFER,
    EventError,
    Record,
    records_in,
)

from tests.lab.event_logs import DIRTY, FILLING, HEADER_SIZE, MARK_SIZE, WRAP, Event, Log, record
from tests.unit.damage import MUTATIONS, mutated
from tests.unit.event_logs import EVENTS, event, faults_of, log_of, record_of

# Of fields in a record.
LENGTH, MAGIC, NUMBER, STRINGS, STRING_OFFSET, DATA_OFFSET = 0, 4, 8, 26, 36, 52
# Of fields in the header and in the mark.
FLAGS, START, BEGIN_RECORD, NEXT_NUMBER = 36, 16, 20, 28
SMALL, LARGE = 2048, 65536


def numbers(log: EventLog) -> list[int]:
    return [each.record_number for each in log.newest_first()][::-1]


def recovered(log: EventLog) -> list[int]:
    return [each.record_number for each in log.recovered()]


def put(data: bytes, at: int, form: str, number: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(form, changed, at, number)
    return bytes(changed)


def blanked(data: bytes, at: int, count: int) -> bytes:
    return data[:at] + bytes(count) + data[at + count :]


@pytest.mark.parametrize("number", range(1, len(EVENTS) + 1))
def test_an_event_of_every_kind(number: int) -> None:
    assert records_in(record(number, event(number))) == (record_of(number),)


def test_the_id_is_told_without_the_bits_above_it() -> None:
    (found,) = records_in(record(1, Event(0x80002455, 0)))
    assert (found.event_id, found.code) == (0x80002455, 9301)


def test_a_half_of_a_pair_is_escaped() -> None:
    lone = record(1, Event(1, 0, ("ab",))).replace("ab".encode("utf-16-le"), b"\x00\xd8b\x00")
    assert records_in(lone)[0].strings == ("\\x00\\xd8b",)


@pytest.mark.parametrize("step", [1, -1])
def test_a_buffer_in_both_orders(step: int) -> None:
    wanted = list(range(1, 13))[::step]
    buffer = b"".join(record(number, event(number)) for number in wanted)
    assert records_in(buffer) == tuple(map(record_of, wanted))


def test_an_empty_buffer() -> None:
    assert records_in(b"") == ()


@pytest.mark.parametrize("step", [1, -1])
def test_numbers_that_begin_again_behind_the_last(step: int) -> None:
    buffer = b"".join(record(number, event(1)) for number in (2**32 - 1, 0, 1)[::step])
    assert [each.record_number for each in records_in(buffer)] == [2**32 - 1, 0, 1][::step]


@pytest.mark.parametrize("wrong", [(1, 3), (1, 1), (1, 2, 1), (3, 2, 3), (1, 2, 4), (2, 1, 3)])
def test_a_buffer_whose_numbers_do_not_follow(wrong: tuple[int, ...]) -> None:
    with pytest.raises(EventError, match="do not follow each other"):
        records_in(b"".join(record(number, event(1)) for number in wrong))


@pytest.mark.parametrize("rest", [b"\0", b"\0" * 4, b"x" * 100, record(2, event(2))[:-4], record(2, event(2))[:50]])
def test_a_buffer_with_something_else_in_it(rest: bytes) -> None:
    first = record(1, event(1))
    with pytest.raises(EventError, match=f"no record at byte {len(first)} of"):
        records_in(first + rest)


def test_a_buffer_longer_than_a_server_may_give() -> None:
    with pytest.raises(EventError, match="more than it may"):
        records_in(bytes(LONGEST_BUFFER + 1))


def test_the_most_strings_and_one_more() -> None:
    (found,) = records_in(record(1, Event(1, 0, ("",) * 256)))
    assert found.strings == ("",) * 256
    with pytest.raises(EventError, match="texts that it cannot have"):
        records_in(record(1, Event(1, 0, ("",) * 257)))


def test_a_record_of_a_length_that_cannot_be() -> None:
    longest = record(1, Event(1, 0, data=bytes(0x3FF00)))
    assert len(records_in(longest)) == 1
    odd = put(longest[:-4] + b"\0" + longest[-4:], LENGTH, "<I", len(longest) + 1)
    for wrong in (record(1, Event(1, 0, data=bytes(0x40000))), put(odd, len(longest) - 3, "<I", len(longest) + 1)):
        with pytest.raises(EventError, match="no record at byte 0"):
            records_in(wrong)


LIES = [
    *((LENGTH, "<I", number) for number in (0, 4, 56, 59, 2**31, 2**32 - 1)),
    *((NUMBER - 4, "<I", number) for number in (0, 0x4C664C65)),
    *((STRINGS, "<H", number) for number in (5, 257, 65535)),
    *((STRING_OFFSET, "<I", number) for number in (0, 55, 2**16, 2**31, 2**32 - 1)),
    *((DATA_OFFSET, "<I", number) for number in (60, 100, 2**31, 2**32 - 1)),
]


@pytest.mark.parametrize(("offset", "form", "number"), LIES)
def test_a_lie_in_a_record(offset: int, form: str, number: int) -> None:
    good = record(1, event(1))
    with pytest.raises(EventError):
        records_in(put(good, offset, form, number))
    log = log_of(SMALL, 4)
    found = EventLog(put(log.data(), log.place(3) + offset, form, number))
    # Only what it belongs to is lost; and one string more is none where data begin.
    assert 3 in numbers(found) + recovered(found) or found.lost == 1
    assert {1, 2, 4} <= {*numbers(found), *recovered(found)}


def test_an_empty_log() -> None:
    found = EventLog(Log(SMALL).data())
    assert (len(found), numbers(found), recovered(found)) == (0, [], [])
    assert (found.clean, found.wrapped, found.lost) == (True, False, 0)


def test_a_log_that_was_closed() -> None:
    found = EventLog(log_of(LARGE, 7).data())
    assert list(found.newest_first()) == [record_of(number) for number in (7, 6, 5, 4, 3, 2, 1)]
    assert (len(found), found.clean, found.wrapped, found.lost) == (7, True, False, 0)
    assert recovered(found) == []


def test_a_log_in_use_whose_header_is_old() -> None:
    found = EventLog(log_of(LARGE, 7, unwritten=5).data())
    assert numbers(found) == [1, 2, 3, 4, 5, 6, 7]
    assert (found.clean, found.lost) == (False, 0)


def test_a_log_that_begins_again_at_its_start() -> None:
    log = log_of(SMALL, 50, unwritten=20)
    found = EventLog(log.data())
    assert numbers(found) == log.numbers
    assert 30 < log.numbers[0] < log.numbers[-1] == 50
    assert (found.clean, found.wrapped, found.lost) == (False, True, 0)


@pytest.mark.parametrize("header", ["old", "closed", "missing"])
def test_records_that_are_gone_show_in_the_oldest_number(header: str) -> None:
    """A log that was not closed since it went round has a header that does not tell, and may stand in order again."""
    log = log_of(SMALL, 50)
    while log.place(log.numbers[0]) > log.end:
        log.write(event(log.numbers[-1] + 1))
    log.close()
    before = put(log_of(SMALL, 3).data(), FLAGS, "<I", DIRTY)
    headers = {"old": before[:HEADER_SIZE], "closed": log.data()[:HEADER_SIZE], "missing": bytes(HEADER_SIZE)}
    found = EventLog(headers[header] + log.data()[HEADER_SIZE:])
    assert (numbers(found), found.wrapped, found.clean) == (log.numbers, True, header == "closed")
    assert numbers(found)[0] > 1


@pytest.mark.parametrize("wrapped", [True, False])
def test_without_a_mark_the_header_tells_whether_records_are_gone(wrapped: bool) -> None:
    log = log_of(LARGE, 7)
    data = blanked(log.data(), log.end, MARK_SIZE)
    # The flag may be newer than the numbers.
    assert EventLog(put(data, FLAGS, "<I", WRAP * wrapped)).wrapped == wrapped


def seam_of(log: Log, size: int) -> str:
    """Say what lies at the end of the file."""
    places = [log.bytes_of(number) for number in log.numbers]
    if any(max(each) == size - 1 != each[-1] for each in places):
        return "record"
    if log.end + MARK_SIZE > size:
        return "mark"
    return "filling" if log.data().endswith(FILLING) else "nothing"


def test_each_way_to_lie_over_the_end_of_the_file() -> None:
    seen = set()
    for size in range(SMALL, SMALL + 200, 20):
        for count in range(8, 30):
            log = log_of(size, count, unwritten=count % 3)
            found = EventLog(log.data())
            assert (numbers(found), found.lost) == (log.numbers, 0), (size, count)
            assert list(found.newest_first()) == [record_of(number) for number in reversed(log.numbers)]
            seen.add(seam_of(log, size))
    assert seen == {"record", "mark", "filling", "nothing"}


def test_rests_of_old_records_are_told_apart() -> None:
    log = log_of(LARGE, 20)
    log.forget(12)
    found = EventLog(log.data())
    assert numbers(found) == list(range(13, 21))
    assert list(found.recovered()) == [record_of(number) for number in range(1, 13)]
    assert found.lost == 0


def test_numbers_of_a_log_that_begin_again() -> None:
    log = Log(LARGE, 2**32 - 2)
    log.write(event(1), event(2))
    assert numbers(EventLog(log.data())) == [2**32 - 2, 2**32 - 1]


HEADERS = {
    "missing": lambda data: blanked(data, 0, HEADER_SIZE),
    "of another size": lambda data: put(data, 0, "<I", 52),
    "another size at its end": lambda data: put(data, 44, "<I", 0),
    "no signature": lambda data: blanked(data, 4, 4),
    "clean, and leads elsewhere": lambda data: put(put(data, START, "<I", 100), FLAGS, "<I", 0),
    "leads out of the file": lambda data: put(data, START, "<I", 2**32 - 4),
    "leads into itself": lambda data: put(data, START, "<I", 4),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_is_wrong(name: str) -> None:
    log = log_of(SMALL, 50)
    found = EventLog(HEADERS[name](log.data()))
    assert numbers(found) == log.numbers
    assert (found.clean, found.wrapped, found.lost, recovered(found)) == (False, True, 0, [])


@pytest.mark.parametrize("name", HEADERS)
def test_neither_header_nor_mark(name: str) -> None:
    log = log_of(SMALL, 50)
    found = EventLog(blanked(HEADERS[name](log.data()), log.end, MARK_SIZE))
    assert (numbers(found), found.lost) == ([], None)
    # The one that runs over the end of the file is among them.
    assert sorted(recovered(found)) == log.numbers


# What lies at the end of these, see `seam_of`.
@pytest.mark.parametrize(("size", "seam"), [(2048, "record"), (2068, "filling")])
def test_header_or_mark_alone_leads_over_the_end_of_the_file(size: int, seam: str) -> None:
    log = log_of(size, 50)
    assert seam_of(log, size) == seam
    found = EventLog(blanked(log.data(), log.end, MARK_SIZE))
    assert (numbers(found), found.lost, found.clean, found.wrapped) == (log.numbers, None, False, True)
    found = EventLog(blanked(put(log.data(), log.end + BEGIN_RECORD, "<I", 0), 0, HEADER_SIZE))
    assert (numbers(found), found.lost, found.clean) == (log.numbers, 0, False)


@pytest.mark.parametrize("number", [HEADER_SIZE, 100, 2**32 - 4])
def test_a_mark_that_does_not_lead_to_the_oldest_record(number: int) -> None:
    log = log_of(SMALL, 50)
    found = EventLog(put(log.data(), log.end + BEGIN_RECORD, "<I", number))
    assert sorted(numbers(found) + recovered(found)) == log.numbers


def test_a_mark_that_lies_about_the_next_number() -> None:
    log = log_of(LARGE, 8)
    found = EventLog(put(log.data(), log.end + NEXT_NUMBER, "<I", 18))
    assert (numbers(found), recovered(found), found.lost) == ([1, 2, 3, 4, 5, 6, 7, 8], [], 9)
    found = EventLog(put(log.data(), log.end + NEXT_NUMBER, "<I", 6))
    assert (numbers(found), recovered(found), found.lost) == ([1, 2, 3, 4, 5], [6, 7, 8], 0)


@pytest.mark.parametrize("start", [HEADER_SIZE, 100])
@pytest.mark.parametrize("following", [7, 1000])
@pytest.mark.parametrize("closed", [True, False])
def test_another_mark_among_the_data_of_an_event(start: int, following: int, closed: bool) -> None:
    log = log_of(LARGE, 6)
    log.write(event(7)._replace(data=bytes(60)), event(8))
    if closed:
        log.close()
    at = log.bytes_of(7)[-1] - 55
    other = struct.pack("<10I", 40, *(0x11111111 * each for each in (1, 2, 3, 4)), start, at, following, 1, 40)
    found = EventLog(log.data()[:at] + other + log.data()[at + MARK_SIZE :])
    # One that leads to the oldest record and has a higher number is believed where no header says otherwise;
    # then it shows as many records that are lost.
    believed = not closed and start == HEADER_SIZE and following == 1000
    assert (found.lost, numbers(found)) == ((993, [1, 2, 3, 4, 5, 6]) if believed else (0, log.numbers))


def test_a_damaged_length_that_ends_with_that_of_the_next_record() -> None:
    log = Log(LARGE)
    log.write(event(1), *(Event(9301, 0, ("a" * count,)) for count in (1, 3, 5, 9)), event(6))
    first = log.bytes_of(2)
    data = put(log.data(), first[0], "<I", len(first) + 4)
    assert data[first[-1] + 1 :].startswith(data[first[0] : first[0] + 4])
    for damaged in (data, blanked(blanked(data, log.end, MARK_SIZE), 0, HEADER_SIZE)):
        assert {1, 3, 4, 5, 6} <= {*numbers(EventLog(damaged)), *recovered(EventLog(damaged))}


def test_a_log_that_was_cut() -> None:
    log = log_of(SMALL, 8)
    for size in range(HEADER_SIZE, log.end):
        found = EventLog(log.data()[:size])
        whole = [number for number in log.numbers if log.bytes_of(number)[-1] < size]
        assert (numbers(found), found.lost, recovered(found)) == (whole, None, [])


def test_a_log_without_its_begin() -> None:
    log = log_of(SMALL, 8)
    found = EventLog(log.data()[log.place(3) + 1 :])
    assert (numbers(found), recovered(found), found.lost) == ([], [4, 5, 6, 7, 8], None)


@pytest.mark.parametrize("damaged", [(1,), (4,), (8,), (3, 6), (1, 8), (4, 5)])
def test_a_record_that_is_damaged(damaged: tuple[int, ...]) -> None:
    log = log_of(SMALL, 8)
    data = log.data()
    for number in damaged:
        data = blanked(data, log.place(number), 8)
    found = EventLog(data)
    between = list(range(damaged[0] + 1, damaged[-1]))
    assert recovered(found) == [number for number in between if number not in damaged]
    assert numbers(found) == [number for number in log.numbers if number not in (*damaged, *between)]
    assert found.lost == len(damaged) + len(recovered(found))


def test_a_record_with_texts_that_cannot_be_is_left_out_alone() -> None:
    log = log_of(SMALL, 8)
    found = EventLog(put(log.data(), log.place(4) + STRING_OFFSET, "<I", 2**31))
    assert (numbers(found), recovered(found), found.lost) == ([1, 2, 3, 5, 6, 7, 8], [], 1)


@pytest.mark.parametrize("data", [b"", b"x", b"LfLe", b"text" * 1000, bytes(70000), b"regf" + bytes(4096)])
def test_what_is_no_event_log(data: bytes) -> None:
    with pytest.raises(EventError, match="it is no event log"):
        EventLog(data)


def test_a_mark_that_could_be_its_own_record_is_none() -> None:
    """With this number next, the mark's own bytes look like the record before it, which has no length."""
    mark = struct.pack("<10I", 40, *(0x11111111 * digit for digit in (1, 2, 3, 4)), 48, 248, 0x22222223, 1, 40)
    found = EventLog(bytes(248) + mark)
    assert (len(found), recovered(found), found.lost) == (0, [], 0x22222222)


def test_a_log_of_windows_vista() -> None:
    with pytest.raises(EventError, match="Windows Vista or later"):
        EventLog(b"ElfFile\0" + bytes(70000))


def test_a_log_above_the_limit() -> None:
    with pytest.raises(EventError, match=f"has {LOG_LIMIT + 1} bytes, more than the {LOG_LIMIT}"):
        EventLog(bytes(LOG_LIMIT + 1))


def test_damage_leaves_whole_records_or_one_error_of_ours() -> None:
    source, errors = random.Random(254909), 0
    logs = [log_of(SMALL, 40, unwritten=3), log_of(SMALL, 9)]
    begin = time.process_time()
    for number in range(MUTATIONS):
        log = logs[number % len(logs)]
        faults, error = faults_of(log, mutated(log.data(), source))
        assert not faults, f"number {number}: {faults}"
        errors += error
    assert 10 < errors < MUTATIONS / 2
    assert time.process_time() - begin < MUTATIONS * 0.05


ENDLESS = record(1, event(2))
HOSTILE = {
    "signatures": b"LfLe",
    "heads without an end": ENDLESS[:56],
    "heads that say they are long": put(ENDLESS[:56], LENGTH, "<I", 0x3FFF0),
    "records within records": struct.pack("<I4s3I", 0x3FFFC, b"LfLe", 1, 1, 1) + struct.pack("<I", 0x3FFFC) * 10,
    "marks": struct.pack("<10I", 40, 0x11111111, 0x22222222, 0x33333333, 0x44444444, 48, 48, 1, 1, 40),
    "texts that have no end": b"x\0\0x",
    "filling": FILLING,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_made_to_take_long_ends_in_time(name: str) -> None:
    log = log_of(LARGE, 3)
    piece = HOSTILE[name]
    size = 4 * 1024 * 1024
    begin = time.process_time()
    for head in (log.data()[: log.end + MARK_SIZE], b""):
        try:
            found = EventLog(head + piece * (size // len(piece)))
            assert all(isinstance(each, Record) for each in (*found.newest_first(), *found.recovered()))
        except EventError:
            assert not head
    assert time.process_time() - begin < 10
