# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real server whose answers are lies in any field, or that says more than it was asked: bounds on time and memory."""

from __future__ import annotations

import itertools
import random
import struct
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import SIZE_LIMIT
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import session as smb_session

from tests.lab.programs import program
from tests.smb import lies
from tests.smb.furnish import POINTER
from tests.smb.lies import (
    Call,
    Chosen,
    Liar,
    Lie,
    audit,
    data,
    kind_of,
    look,
    look_at_files,
    lying,
    of_kind,
    only,
    put,
    with_data,
    write,
)

Field = tuple[int, int, str, int]
KEEP_ALIVE = b"\x85\0\0\0"
FORMS = {"<H": (0, 1, 0x7FFF, 0xFFFF), "<I": (0, 1, 0x7FFFFFFF, 0xFFFFFFFF)}
SHORT, LONG = 60, 1500


@pytest.fixture(scope="module")
def liar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liar]:
    with lying(tmp_path_factory.mktemp("liar")) as server:
        yield server


def fields(liar: Liar, call: Call) -> Iterator[Field]:
    """Give all fields behind the headers of all answers, each with what is told in its place."""
    for number, (request, answer) in enumerate(liar.talk(call)):
        kind = kind_of(request)
        # What a file holds is for the server to say.
        end = lies.pointer(answer, 12) if kind == lies.READ else len(answer)
        for at, form in itertools.product(range(lies.WORDS - 1, end), FORMS):
            taken = range(at, at + struct.calcsize(form))
            if taken.stop <= end:
                yield from ((number, at, form, value) for value in FORMS[form])


def tell(liar: Liar, call: Call, field: Field) -> lies.Result | None:
    number, at, form, value = field
    return liar.tell(call, lambda answer: put(answer, at, form, value), only(number))


@pytest.mark.parametrize("count", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])
@pytest.mark.parametrize("call", [audit, look, look_at_files, write])
def test_any_field_may_lie(call: Call, count: int, liar: Liar) -> None:
    everything = list(fields(liar, call))
    for field in random.Random(1999).sample(everything, min(count, len(everything))):
        try:
            tell(liar, call, field)
        except BaseException as error:
            raise AssertionError(f"{kind_of(liar.talk(call)[field[0]][0])}: {field}") from error


def reads_under_the_lock(liar: Liar) -> Chosen:
    """Choose what is read of the second file that a write opens: the same one, which nobody else can write now."""
    opened = [number for number, kind in enumerate(liar.kinds(write)) if kind == lies.CREATE][1]
    return lambda number, request: number > opened and kind_of(request) == lies.READ


def endless(answer: bytes) -> Iterable[bytes]:
    """Give as many bytes of a file as one answer holds."""
    found = bytes(range(32, 92)) * (smb_session.LARGEST_CHUNK // 60)
    return put(lies.framed(answer[: lies.pointer(answer, 12)] + found), lies.WORDS + 10, "<H", len(found))


def test_more_of_a_file_than_was_asked_for_is_refused(liar: Liar) -> None:
    # Of a program, a few KB are asked for.
    number = [number for number, kind in enumerate(liar.kinds(look)) if kind == lies.READ][-1]
    assert liar.tell(look, endless, only(number)) is None
    assert "more of a file than was asked for" in liar.error


def test_a_file_without_end_is_refused_in_bounded_memory(liar: Liar) -> None:
    tracemalloc.start()
    try:
        result = liar.tell(write, endless, reads_under_the_lock(liar))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result is None
    assert f"more than {SIZE_LIMIT}" in liar.error
    assert peak < 16 * SIZE_LIMIT


def test_a_file_that_comes_byte_by_byte_without_end_ends_at_the_deadline(liar: Liar) -> None:
    def one(answer: bytes) -> Iterable[bytes]:
        at = lies.pointer(answer, 12)
        return put(lies.framed(answer[:at] + b"x"), lies.WORDS + 10, "<H", 1)

    assert liar.tell(write, one, reads_under_the_lock(liar)) is None
    assert "deadline" in liar.error


@pytest.mark.parametrize(
    "lie",
    [
        lambda answer: (with_data(answer, struct.pack("<III20x", 1, 0, 0)),),
        data(0, "<i", -12),
        data(0, "<I", 0x7FFFFFFF),
        data(8, "<I", 0xFFFFFFFF),
    ],
    ids=["step of 1", "step back", "huge step", "long name"],
)
def test_a_list_of_names_that_is_not_in_order_is_refused(lie: Lie, liar: Liar) -> None:
    assert liar.tell(look, lie, of_kind(lies.FIND_FIRST)) is None
    assert "names" in liar.error


@pytest.mark.parametrize("count", [1000, 5000, 100_000])
def test_more_names_than_were_asked_for_are_refused(count: int, liar: Liar) -> None:
    name = struct.pack("<III", 14, 0, 2) + b"x\0"
    result = liar.tell(look, lambda answer: (with_data(answer, name * count),), of_kind(lies.FIND_FIRST))
    assert result is None
    assert "names" in liar.error or "a message of" in liar.error


def test_a_share_is_counted_once(liar: Liar) -> None:
    found = (b"C$".ljust(13, b"\0") + b"D$".ljust(13, b"\0")) * 2500
    result = liar.tell(look_at_files, lambda answer: (with_data(answer, found),), of_kind(lies.SHARE_LIST))
    assert result == liar.right(look_at_files)


def test_more_shares_than_a_message_can_hold_are_refused(liar: Liar) -> None:
    found = b"C$".ljust(13, b"\0") * 100_000
    assert liar.tell(look_at_files, lambda answer: (with_data(answer, found),), of_kind(lies.SHARE_LIST)) is None
    assert "a message of" in liar.error


def test_a_transaction_in_several_answers_is_refused(liar: Liar) -> None:
    def halves(answer: bytes) -> Iterable[bytes]:
        whole = answer[lies.pointer(answer, 14) :]
        for part, begin in ((whole[:20], 0), (whole[20:], 20)):
            piece = with_data(answer, part)
            (piece,) = put(piece, lies.WORDS + 2, "<H", len(whole))
            yield from put(piece, lies.WORDS + 16, "<H", begin)

    assert liar.tell(look, halves, of_kind(lies.FIND_FIRST)) is None
    assert "a part only" in liar.error


@pytest.mark.parametrize("call", [audit, look, write])
@pytest.mark.parametrize(("count", "ends"), [(15, False), (16, True), (10_000, True)])
def test_keep_alives_between_messages(call: Call, count: int, ends: bool, liar: Liar) -> None:
    for at in (0, 3, len(liar.kinds(call)) // 2):
        result = liar.tell(call, lambda answer: (KEEP_ALIVE * count, answer), only(at))
        assert result == (None if ends else liar.right(call))


def test_a_program_whose_parts_lie_beyond_all_offsets(liar: Liar) -> None:
    damaged = bytearray(program((5, 5, 2653, 23), size=60_000))
    section = damaged.index(b".rsrc")
    struct.pack_into("<I", damaged, section + 20, 0xFFFFFFFF)
    with liar.holding("D/exchsrvr/BIN/EMSMTA.EXE", bytes(damaged)):
        result = liar.tell(look, lambda answer: (answer,), of_kind(lies.READ))
    assert result is not None
    assert any("version" in gap["what"] for gap in result["not_read"])


def test_a_size_that_is_too_small_hides_nothing(liar: Liar) -> None:
    long = b";\r\n" * smb_session.LARGEST_CHUNK + POINTER
    first = liar.kinds(look).index(lies.CREATE)
    with liar.holding("C/WINNT/SYSTEM.INI", long):
        result = liar.tell(look, lies.word(55, "<Q", 1), only(first))
    assert result is not None
    assert result["status"] == "unknown"
    assert any("it has another size than when it was opened" in gap["reason"] for gap in result["not_read"])
