# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real server, one field of whose answers is a lie: an error of ours or the right result, in time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import SIZE_LIMIT

from tests.smb import lies
from tests.smb.lies import (
    Call,
    Liar,
    Lie,
    audit,
    data,
    framed,
    look,
    look_at_files,
    lying,
    ntlm,
    of_kind,
    only,
    parameter,
    status,
    word,
    write,
)

ALL = (audit, look, write)
CALLS: dict[str, tuple[Call, ...]] = {
    lies.NEGOTIATE: ALL,
    lies.SESSION_SETUP: ALL,
    lies.TREE_CONNECT: ALL,
    lies.CREATE: ALL,
    lies.READ: ALL,
    lies.CLOSE: ALL,
    lies.WRITE: (write,),
    lies.FLUSH: (write,),
    lies.SET_FILE: (write,),
    lies.SHARE_LIST: (look_at_files,),
    lies.FIND_FIRST: (look,),
    lies.BIND: (look,),
    lies.OPEN_ROOT: (look,),
    lies.OPEN_KEY: (look,),
    lies.QUERY_VALUE: (look,),
}
SHORT, LONG = 0xFFFF, 0xFFFFFFFF


@pytest.fixture(scope="module")
def liar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liar]:
    with lying(tmp_path_factory.mktemp("liar")) as server:
        yield server


def byte_count(count: int) -> Lie:
    """Lie about the bytes that follow the words."""
    return lambda answer: lies.put(answer, lies.WORDS + 2 * answer[lies.WORDS - 1], "<H", count)


TABLE: dict[str, tuple[str, Lie]] = {
    "negotiate: no such dialect": (lies.NEGOTIATE, word(0, "<H", SHORT)),
    "negotiate: security mode of shares": (lies.NEGOTIATE, word(2, "<B", 0)),
    "negotiate: signing required": (lies.NEGOTIATE, word(2, "<B", 0x0F)),
    "negotiate: all security modes": (lies.NEGOTIATE, word(2, "<B", 0xFF)),
    "negotiate: buffer of 0 bytes": (lies.NEGOTIATE, word(7, "<I", 0)),
    "negotiate: buffer of 1 byte": (lies.NEGOTIATE, word(7, "<I", 1)),
    "negotiate: buffer of 256 bytes": (lies.NEGOTIATE, word(7, "<I", 256)),
    "negotiate: endless buffer": (lies.NEGOTIATE, word(7, "<I", LONG)),
    "negotiate: no capabilities": (lies.NEGOTIATE, word(19, "<I", 0)),
    "negotiate: all capabilities": (lies.NEGOTIATE, word(19, "<I", LONG)),
    "negotiate: no Unicode": (lies.NEGOTIATE, word(19, "<I", 0x80000000)),
    "negotiate: no extended security": (lies.NEGOTIATE, word(19, "<I", 0x4)),
    "negotiate: challenge of 255 bytes": (lies.NEGOTIATE, word(33, "<B", 0xFF)),
    "negotiate: no bytes": (lies.NEGOTIATE, byte_count(0)),
    "negotiate: bytes without end": (lies.NEGOTIATE, byte_count(SHORT)),
    "session setup: no blob": (lies.SESSION_SETUP, word(6, "<H", 0)),
    "session setup: blob beyond the message": (lies.SESSION_SETUP, word(6, "<H", SHORT)),
    "session setup: blob cut short": (lies.SESSION_SETUP, word(6, "<H", 60)),
    "session setup: no bytes": (lies.SESSION_SETUP, byte_count(0)),
    "session setup: bytes without end": (lies.SESSION_SETUP, byte_count(SHORT)),
    "session setup: no target info": (lies.SESSION_SETUP, ntlm(40, "<HHI", 0, 0, 0)),
    "session setup: endless target info": (lies.SESSION_SETUP, ntlm(40, "<HHI", SHORT, SHORT, 0)),
    "session setup: target info outside": (lies.SESSION_SETUP, ntlm(44, "<I", LONG)),
    "session setup: target name outside": (lies.SESSION_SETUP, ntlm(12, "<HHI", SHORT, SHORT, LONG)),
    "session setup: other flags of NTLM": (lies.SESSION_SETUP, ntlm(20, "<I", 0)),
    "session setup: all flags of NTLM": (lies.SESSION_SETUP, ntlm(20, "<I", LONG)),
    "create: file of no bytes": (lies.CREATE, word(55, "<Q", 0)),
    "create: file of 1 byte": (lies.CREATE, word(55, "<Q", 1)),
    "create: file of 2**20 bytes": (lies.CREATE, word(55, "<Q", SIZE_LIMIT)),
    "create: file of 2**63 bytes": (lies.CREATE, word(55, "<Q", 1 << 63)),
    "create: all attributes": (lies.CREATE, word(43, "<I", LONG)),
    "create: an oplock": (lies.CREATE, word(4, "<B", 1)),
    "read: nothing": (lies.READ, word(10, "<H", 0)),
    "read: one byte": (lies.READ, word(10, "<H", 1)),
    "read: more than asked for": (lies.READ, word(10, "<H", SHORT)),
    "read: outside": (lies.READ, word(12, "<H", SHORT)),
    "read: at the end": (lies.READ, lambda answer: lies.put(answer, lies.WORDS + 12, "<H", len(answer) - 5)),
    "read: in the header": (lies.READ, word(12, "<H", 4)),
    "read: in the words": (lies.READ, word(12, "<H", 40)),
    "share list: refused": (lies.SHARE_LIST, parameter(0, "<H", 5)),
    "share list: no names": (lies.SHARE_LIST, parameter(4, "<H", 0)),
    "share list: more names than sent": (lies.SHARE_LIST, parameter(4, "<H", SHORT)),
    "bind: long address": (lies.BIND, data(24, "<H", SHORT)),
    "bind: tiny fragments": (lies.BIND, data(16, "<HH", 0, 0)),
    "query value: endless value": (lies.QUERY_VALUE, data(24 + 12, "<III", LONG, 0, LONG)),
    "query value: more than sent": (lies.QUERY_VALUE, data(24 + 20, "<I", 2000)),
    "query value: no type": (lies.QUERY_VALUE, data(24, "<I", 0)),
}
TRANSACTION_LIES: dict[str, Lie] = {
    "more parameters than sent": word(6, "<H", SHORT),
    "parameters outside": word(8, "<H", SHORT),
    "more data than sent": word(12, "<H", SHORT),
    "data outside": word(14, "<H", SHORT),
    "data in the header": word(14, "<H", 4),
    "data in the words": word(14, "<H", 40),
    "more to come": word(2, "<H", SHORT),
    "less data than sent": word(12, "<H", 1),
    "not the first part": word(16, "<H", 100),
    "more setup words than sent": word(18, "<B", 0xFF),
}
PIPE_LIES: dict[str, Lie] = {
    "short fragment": data(8, "<H", 24),
    "fragment without end": data(8, "<H", SHORT),
    "more fragments": data(3, "<B", 1),
    "last fragment": data(3, "<B", 2),
    "signed": data(10, "<H", 16),
    "other call": data(12, "<I", LONG),
    "fault": data(2, "<B", 3),
    "big-endian": data(4, "<I", 0),
}
ANY_LIES: dict[str, Lie] = {
    "one word": word(-1, "<B", 1),
    "words without end": word(-1, "<B", 0xFF),
    "DOS error": status(0x001F0003, flags=0x8807),
    "STATUS_PENDING": status(0x103),
    "MORE_PROCESSING_REQUIRED": status(0xC0000016),
    "BUFFER_OVERFLOW": status(0x80000005),
    "only the header": lambda answer: (framed(answer[:36]),),
    "cut by a byte": lambda answer: (framed(answer[:-1]),),
    "zeros behind it": lambda answer: (framed(answer + bytes(100_000)),),
    "more behind it": lambda answer: (framed(answer + b"\xff" * 100_000),),
    "an oplock break before it": lambda answer: (framed(answer[:8] + b"\x24" + answer[9:]), answer),
    "twice": lambda answer: (answer, answer),
}


def check(liar: Liar, call: Call, kind: str, lie: Lie) -> None:
    """Tell a lie in each answer of a kind, and in all; of many, in the first, one between and the last."""
    liar.told = 0
    numbers = [number for number, found in enumerate(liar.kinds(call)) if found == kind]
    if len(numbers) > 6:
        numbers = [numbers[0], numbers[len(numbers) // 2], numbers[-1]]
    for chosen in (*(only(number) for number in numbers), of_kind(kind)):
        result = liar.tell(call, lie, chosen)
        # What could not be read is named, and never taken for absent.
        assert result is None or result == liar.right(call) or (call is not write and result["not_read"])
    assert liar.told


@pytest.mark.parametrize("what", TABLE)
def test_a_lie(what: str, liar: Liar) -> None:
    kind, lie = TABLE[what]
    for call in CALLS[kind]:
        check(liar, call, kind, lie)


@pytest.mark.parametrize("what", TRANSACTION_LIES)
@pytest.mark.parametrize(
    "kind", [lies.SHARE_LIST, lies.FIND_FIRST, lies.SET_FILE, lies.BIND, lies.OPEN_KEY, lies.QUERY_VALUE]
)
def test_a_lie_in_a_transaction(kind: str, what: str, liar: Liar) -> None:
    check(liar, CALLS[kind][0], kind, TRANSACTION_LIES[what])


@pytest.mark.parametrize("what", PIPE_LIES)
@pytest.mark.parametrize("kind", [lies.BIND, lies.OPEN_ROOT, lies.OPEN_KEY, lies.QUERY_VALUE])
def test_a_lie_in_a_pipe(kind: str, what: str, liar: Liar) -> None:
    lie, chosen = PIPE_LIES[what], of_kind(kind)
    if what == "fault":
        check(liar, look, kind, lie)
    else:
        assert liar.tell(look, lie, chosen) is None
        assert "whole answer to the call" in liar.error


def test_a_guest_is_told_by_the_last_answer_to_the_logon(liar: Liar) -> None:
    assert liar.tell(audit, word(4, "<H", 1), only(liar.kinds(audit).index(lies.SESSION_SETUP) + 1)) is None
    assert "as a guest only" in liar.error


@pytest.mark.parametrize("count", [0, 1, SHORT])
def test_a_write_of_another_count_has_failed(count: int, liar: Liar) -> None:
    writes = [number for number, kind in enumerate(liar.kinds(write)) if kind == lies.WRITE]
    for number in writes:
        assert liar.tell(write, word(4, "<H", count), only(number)) is None
        assert "the disk is full" in liar.error


@pytest.mark.parametrize("call", ALL)
def test_an_oplock_break_is_no_answer(call: Call, liar: Liar) -> None:
    for number, kind in enumerate(liar.kinds(call)):
        result = liar.tell(call, ANY_LIES["an oplock break before it"], only(number))
        # What happens to the end of a write's handle does not matter any more.
        assert result is None or kind == lies.CLOSE


@pytest.mark.parametrize("what", ANY_LIES)
@pytest.mark.parametrize("kind", CALLS)
def test_a_lie_that_any_answer_can_hold(kind: str, what: str, liar: Liar) -> None:
    check(liar, CALLS[kind][-1], kind, ANY_LIES[what])
