# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any bytes and any option values: a result or one of our own errors, never anything else."""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._errors import OptionError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import (
    edit_request_from,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import (
    ProfileError,
    line_ends,
    parse,
    refuse_non_8bit,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.edits import ensure, remove
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Stanza, inspect

from tests.cases.contents import contents
from tests.judge.generate import file_of

SEED = os.environ.get("JUDGE_SEED", "1")
PARTS = 10
FILES = 100_000
OPTIONS = 20_000
STANZAS = (
    Stanza(b"EMSMTA", ((b"Disable", b"1"),)),
    Stanza(b"EMSMTA", ((b"Disable", b"1"), (b"A", b""), (b"x.y", b"a = b"))),
)


def _flip(random: Random, data: bytes, _other: bytes) -> bytes:
    changed = bytearray(data)
    for _byte in range(random.randint(1, 8) if changed else 0):
        changed[random.randrange(len(changed))] = random.choice((0, 10, 13, 26, 91, 93, 61, random.randrange(256)))
    return bytes(changed)


def _cut(random: Random, data: bytes, _other: bytes) -> bytes:
    start, end = sorted(random.randint(0, len(data)) for _end in range(2))
    return data[:start] + data[end:]


def _splice(random: Random, data: bytes, other: bytes) -> bytes:
    return data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]


def _insert(random: Random, data: bytes, _other: bytes) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.randbytes(random.randint(1, 20)) + data[at:]


def _repeat(random: Random, data: bytes, _other: bytes) -> bytes:
    start, end = sorted(random.randint(0, len(data)) for _end in range(2))
    return data[:end] + data[start:end] * random.randint(1, 5) + data[end:]


def _wide(random: Random, data: bytes, _other: bytes) -> bytes:
    return data.decode("latin-1").encode(random.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8")))


def _noise(random: Random, _data: bytes, _other: bytes) -> bytes:
    return random.randbytes(random.randint(0, 100))


MUTATIONS: tuple[Callable[[Random, bytes, bytes], bytes], ...] = (
    *(_flip, _flip, _cut, _splice, _insert, _insert, _repeat, _wide, _noise),
)


def mutated(seed: str, number: int, bases: list[bytes]) -> bytes:
    """Give input ``number``: a base file, changed one to three times; no grammar, it must be quick."""
    random = Random(f"{seed}/{number}")
    data = random.choice(bases)
    for _change in range(random.randint(1, 3)):
        data = random.choice(MUTATIONS)(random, data, random.choice(bases))
    return data


def _go_through(data: bytes, stanza: Stanza) -> None:
    try:
        refuse_non_8bit(data)
    except ProfileError:
        pass  # the rest must stand it all the same
    assert parse(data).render() == data
    line_ends(data)
    contents(parse(data))
    for edit, wanted in ((ensure, True), (remove, False)):
        try:
            edited = edit(parse(data), stanza).profile
        except ProfileError:
            continue
        found = inspect(parse(edited.render()), stanza)
        assert found == {key: value if wanted else None for key, value in stanza.settings}


@pytest.mark.parametrize("part", range(PARTS))
def test_any_bytes_end_in_a_result_or_in_one_of_our_errors(part: int) -> None:
    bases = [data for data in (file_of(SEED, number) for number in range(300)) if len(data) < 2000]
    for number in range(part * FILES // PARTS, (part + 1) * FILES // PARTS):
        data = mutated(SEED, number, bases)
        try:
            _go_through(data, STANZAS[number % len(STANZAS)])
        except Exception as error:
            pytest.fail(f"seed {SEED} number {number}: {type(error).__name__}: {error}\n  {data!r}")


TEXTS = ("", "EMSMTA", "Disable", "1", " x", "x\n", "]", "=", ";x", "[x", "\0", "\xe9", "\ud800", '"1"', "x" * 70000)
NUMBERS = (0, 1, -1, 1.5, float("nan"), float("inf"), 10**30, 10**5000, True, False)
OTHERS: tuple[Any, ...] = (
    None,
    b"x",
    b"\xff",
    [],
    {},
    ["Disable"],
    {"Disable": 1},
    (),
    object(),
    {1: 2},
    {None: None},
    set(),
)


def _any_value(random: Random, depth: int = 0) -> Any:
    kind = random.random()
    if kind < 0.15 and depth < 2:
        return {_any_key(random): _any_value(random, depth + 1) for _item in range(random.randint(0, 3))}
    if kind < 0.2 and depth < 2:
        return [_any_value(random, depth + 1) for _item in range(random.randint(0, 3))]
    if kind < 0.4:
        return "".join(chr(random.choice((random.randrange(32, 127), random.randrange(0x300)))) for _char in range(5))
    return random.choice(random.choice((TEXTS, TEXTS, NUMBERS, OTHERS)))


def _any_key(random: Random) -> Any:
    return random.choice((*TEXTS, *NUMBERS, None, b"x", ("a", 1), "disable", "A"))


def _any_options(random: Random) -> dict[str, Any]:
    """Give options as they stand behind the argument spec: settings and their values may be anything."""
    settings = {_any_key(random): _any_value(random) for _item in range(random.randint(0, 3))}
    return {
        "path": random.choice(("", "/x", "C:\\x", "\0", "\ud800")),
        "section": random.choice((*TEXTS, "EMSMTA", "emsmta", "store")),
        "settings": random.choice((None, settings, settings, settings)),
        "state": random.choice(("present", "present", "absent", "restored")),
        "backup_file": random.choice((None, None, "", "/x.12345678.bak")),
        "create": random.random() < 0.5,
        "backup": random.random() < 0.5,
    }


def test_any_option_values_end_in_a_request_or_in_one_of_our_errors() -> None:
    made = 0
    for number in range(OPTIONS):
        options = _any_options(Random(f"{SEED}/options/{number}"))
        try:
            made += _asked(options)
        except Exception as error:
            pytest.fail(f"seed {SEED} number {number}: {type(error).__name__}: {error}\n  {_shown(options)}")
    assert made > OPTIONS / 100


def _asked(options: dict[str, Any]) -> bool:
    """Ask for a request; when there is one, an empty file and a full one must obey it."""
    try:
        request = edit_request_from(options)
    except OptionError:
        return False
    for data in (b"", b"[EMSMTA]\r\nDisable=0\r\n[store]\r\nA=1\r\n"):
        if request.present:
            edited = ensure(parse(data), request.stanza).profile
            assert inspect(parse(edited.render()), request.stanza) == dict(request.stanza.settings)
    return True


def _shown(options: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {_short(value)}" for name, value in options.items())


def _short(value: Any) -> str:
    try:
        return repr(value)[:200]
    except ValueError:  # a number of more digits than Python writes
        return f"a {type(value).__name__} that Python does not write out"
