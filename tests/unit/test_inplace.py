# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.inplace import (
    Handle,
    NotRestored,
    changed_range,
    replace_in_place,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ConnectionLost,
    ServerError,
)
from hypothesis import assume, given
from hypothesis import strategies as st

TEXTS = st.lists(st.sampled_from([b"[a]\r\n", b"k=1\r\n", b"k=22\n", b"\r\n", b"\n", b"x", b"\x1a"]), max_size=8).map(
    b"".join
)
PAGE = 16


class FakeHandle(Handle):
    """A file in memory; each write, truncate and flush is a step, and every step is remembered.

    faults: what the step of this number raises. A write that raises has half of its bytes done.
    """

    def __init__(self, data: bytes, faults: dict[int, BaseException] | None = None, page: int | None = None) -> None:
        self.data = data
        self.states = [data]
        self.copies: list[bytes] = []
        self.writes = 0
        self._faults = faults or {}
        self._page = page

    def read(self) -> bytes:
        return self.data

    def fits(self, offset: int, length: int) -> bool:
        return self._page is None or offset // self._page == (offset + max(length, 1) - 1) // self._page

    def write(self, offset: int, data: bytes) -> None:
        self.writes += 1
        done = data[: len(data) // 2] if len(self.states) in self._faults else data
        self._step(self.data[:offset] + done + self.data[offset + len(done) :])

    def truncate(self, size: int) -> None:
        self._step(self.data[:size].ljust(size, b"\0"))

    def flush(self) -> None:
        self._step(self.data)

    def keep(self) -> str:
        self.copies.append(self.data)
        return "the copy"

    def _step(self, data: bytes) -> None:
        number = len(self.states)
        self.data = data
        self.states.append(data)
        if number in self._faults:
            raise self._faults[number]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"a=1\r\nb=2\r\n", b"a=9\r\nb=2\r\n", (2, b"9")),
        (b"a=1\r\nb=2\r\n", b"a=123\r\nb=2\r\n", (3, b"23\r\nb=2\r\n")),
        (b"a=123\r\nb=2\r\n", b"a=1\r\nb=2\r\n", (3, b"\r\nb=2\r\n")),
        (b"a=12\nb=2\n", b"a=1\nb=2\n", (3, b"\nb=2\n")),
        (b"a=1\r\n", b"a=1\r\nb=2\r\n", (5, b"b=2\r\n")),
        (b"a=1\r\nb=2\r\n", b"a=1\r\n", (5, b"\r\n\r\n")),
        (b"a=1\r\n", b"", (0, b"\r\n\r\n")),
        (b"", b"a=1\r\n", (0, b"a=1\r\n")),
    ],
)
def test_the_range_that_is_written(old: bytes, new: bytes, expected: tuple[int, bytes]) -> None:
    assert changed_range(old, new) == expected


@given(TEXTS, TEXTS)
def test_one_write_of_the_range_gives_new_and_at_most_blank_lines(old: bytes, new: bytes) -> None:
    start, body = changed_range(old, new)
    written = old[:start] + body + old[start + len(body) :]
    assert written.startswith(new)
    assert not written[len(new) :].strip(b"\r\n")
    assert len(written) == max(len(old), len(new))


@given(st.binary(min_size=8, max_size=8), st.binary(min_size=8, max_size=8))
def test_the_range_begins_and_ends_with_a_change(old: bytes, new: bytes) -> None:
    assume(old != new)
    start, body = changed_range(old, new)
    assert body[0] != old[start]
    assert body[-1] != old[start + len(body) - 1]


@given(TEXTS, TEXTS)
def test_every_step_leaves_old_or_new_and_blank_lines(old: bytes, new: bytes) -> None:
    handle = FakeHandle(old)
    replace_in_place(handle, old, new, handle.keep)
    assert handle.data == new
    assert handle.writes == 1
    assert not handle.copies
    assert all(data == old or not data[len(new) :].strip(b"\r\n") for data in handle.states)


@given(TEXTS, TEXTS)
def test_a_copy_is_kept_before_a_range_that_is_more_than_one_write(old: bytes, new: bytes) -> None:
    handle = FakeHandle(old, page=PAGE)
    start, body = changed_range(old, new)
    replace_in_place(handle, old, new, handle.keep)
    assert handle.copies == ([] if handle.fits(start, len(body)) else [old])


TOLD = "first; the old bytes could not be put back, they are in the copy"
FAULTS = (OSError("no room"), ServerError("refused"), KeyboardInterrupt(), MemoryError())


def fault_of(handle: FakeHandle, new: bytes, keep: Callable[[], str]) -> BaseException | None:
    """Replace the bytes of a handle; give what was raised."""
    try:
        replace_in_place(handle, handle.data, new, keep)
    except BaseException as error:
        return error
    return None


@given(TEXTS, TEXTS, st.integers(1, 3), st.sampled_from(FAULTS))
def test_after_any_fault_the_old_bytes_are_back(old: bytes, new: bytes, step: int, fault: BaseException) -> None:
    handle = FakeHandle(old, {step: fault})
    error = fault_of(handle, new, handle.keep)
    assert error in (None, fault)
    assert handle.data == (old if error else new)
    assert not handle.copies


@given(TEXTS, TEXTS, st.integers(2, 5), st.booleans())
def test_bytes_that_cannot_be_put_back_are_in_a_copy(old: bytes, new: bytes, second: int, paged: bool) -> None:
    handle = FakeHandle(old, {1: OSError("first"), second: OSError("second")}, PAGE if paged else None)
    copies: list[str] = []

    def keep() -> str:
        copies.append("the copy")
        return copies[-1]

    error = fault_of(handle, new, keep)
    assert handle.data == old or isinstance(error, NotRestored)
    assert not isinstance(error, NotRestored) or (len(copies) == 1 and str(error).endswith(TOLD))


def test_the_error_says_when_no_copy_could_be_made() -> None:
    handle = FakeHandle(b"aa", {1: OSError("first"), 2: OSError("second")})

    def keep() -> str:
        raise OSError("no room")

    with pytest.raises(NotRestored) as caught:
        replace_in_place(handle, b"aa", b"bb", keep)
    assert str(caught.value) == ("first; the old bytes could not be put back, nor be saved beside the file (no room)")


def test_nothing_is_written_when_the_copy_fails() -> None:
    handle = FakeHandle(b"a" * 40, page=PAGE)

    def keep() -> str:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        replace_in_place(handle, b"a" * 40, b"b" * 40, keep)
    assert not handle.writes


def test_nothing_is_put_back_through_a_lost_connection() -> None:
    handle = FakeHandle(b"aa", {1: ConnectionLost("gone")})
    with pytest.raises(ConnectionLost):
        replace_in_place(handle, b"aa", b"bb", handle.keep)
    assert handle.writes == 1


class Forgetful(FakeHandle):
    """Reads something else than was written, once."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._answers: Iterator[bytes] = iter([b"??"])

    def read(self) -> bytes:
        return next(self._answers, self.data)


def test_a_tail_that_was_cut_off_already_is_put_back() -> None:
    handle = FakeHandle(b"a\r\n", {2: OSError("after the cut")})
    with pytest.raises(OSError, match="after the cut"):
        replace_in_place(handle, b"a\r\n", b"a", handle.keep)
    assert handle.data == b"a\r\n"


def test_what_is_read_back_is_compared() -> None:
    handle = Forgetful(b"aa")
    with pytest.raises(ServerError, match=r"^what was read back is not what was written$"):
        replace_in_place(handle, b"aa", b"bb", handle.keep)
    assert handle.data == b"aa"
