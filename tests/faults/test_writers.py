# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several writers at once: ours take turns, a foreign one is noticed."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local import posix
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import EditRequest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import parse, read_value
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Stanza
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ChangedByOther,
    ServerError,
)

from tests.faults.children import Outcome, run_all, running
from tests.faults.fault_cases import CASES, NAME, WAYS, Edit
from tests.faults.fault_tracer import Call, doing

# Which writers go in place: none, all, every other one.
MIXES: dict[str, Callable[[int], bool]] = {
    "rename": lambda writer: False,
    "in_place": lambda writer: True,
    "mixed": lambda writer: bool(writer % 2),
}
SHORT, LONG = 20, 200


def write(path: Path, in_place: bool, writer: int, rounds: int, create: bool) -> dict[str, list[int]]:
    """Add a key in each round to a section of this writer's own; tell which were done and which refused."""
    done, told = [], []
    for number in range(rounds):
        stanza = Stanza(b"Writer%d" % writer, ((b"Key%d" % number, b"%d" % number),))
        try:
            with closing(LocalEditor(in_place)) as editor:
                apply(editor, EditRequest(str(path), stanza, True, create, False), check=False, diff=False)
            done.append(number)
        except ChangedByOther:
            told.append(number)
    return {"done": done, "told": told}


def check_nothing_lost(path: Path, outcomes: list[Outcome]) -> None:
    profile = parse(path.read_bytes())
    for writer, outcome in enumerate(outcomes):
        assert not outcome.error, outcome
        assert not outcome.leaked
        for number in outcome.result["done"]:
            assert read_value(profile, b"Writer%d" % writer, b"Key%d" % number) == b"%d" % number


def run_writers(path: Path, writers: int, mix: str, rounds: int, create: bool = False) -> list[Outcome]:
    outcomes = run_all([partial(write, path, MIXES[mix](writer), writer, rounds, create) for writer in range(writers)])
    check_nothing_lost(path, outcomes)
    assert [entry.name for entry in path.parent.iterdir()] == [NAME]
    return outcomes


@pytest.mark.parametrize("rounds", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])
@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("writers", [2, 8])
def test_our_own_writers_take_turns(tmp_path: Path, writers: int, mix: str, rounds: int) -> None:
    path = tmp_path / NAME
    path.write_bytes(CASES["insert"].old or b"")
    outcomes = run_writers(path, writers, mix, rounds)
    assert all(outcome.result == {"done": list(range(rounds)), "told": []} for outcome in outcomes), outcomes


@pytest.mark.parametrize("rounds", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])
@pytest.mark.parametrize("writers", [2, 8])
def test_of_several_that_create_one_does(tmp_path: Path, writers: int, rounds: int) -> None:
    path = tmp_path / NAME
    for _round in range(rounds):
        outcomes = run_writers(path, writers, "rename", 1, create=True)
        assert any(outcome.result["done"] for outcome in outcomes)
        path.unlink()


def foreign(path: Path) -> None:
    with open(path, "ab") as file:
        file.write(b"[Foreign]\r\nKey=1\r\n")


def foreign_by_rename(path: Path) -> None:
    other = path.with_name("foreign.tmp")
    other.write_bytes(path.read_bytes() + b"[Foreign]\r\nKey=1\r\n")
    os.replace(other, path)


def moment_that_is_documented(calls: tuple[str, ...], way: str) -> range:
    """Give the calls from the last comparison on to the write, and in place on to its check."""
    write = calls.index("rename" if way == "rename" else "pwrite64")
    begin = max(index for index in range(write) if calls[index] == "read")
    end = write if way == "rename" else max(index for index, name in enumerate(calls) if name == "read")
    return range(begin, end + 1)


@pytest.mark.parametrize("how", [foreign, foreign_by_rename])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["insert", "shorter"])
def test_a_foreign_change_at_any_call_is_kept(tmp_path: Path, name: str, way: str, how: Callable[[Path], None]) -> None:
    edit = Edit(tmp_path, CASES[name], WAYS[way])
    calls = edit.disturbed().calls
    told = 0
    for index in range(len(calls)):
        outcome = edit.disturbed(doing(index, partial(how, edit.path)))
        kept = read_value(parse(edit.data() or b""), b"Foreign", b"Key") == b"1"
        assert kept or index in moment_that_is_documented(calls, way), (index, calls[index], outcome)
        assert outcome.error or edit.wanted_is_read(), outcome
        assert not edit.ours()
        told += "ChangedByOther" in outcome.error
    assert told >= 5


def test_one_that_holds_the_lock_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posix, "LOCK_SECONDS", 0.1)
    edit = Edit(tmp_path, CASES["equal"], None)
    edit.reset()
    with open(edit.path, "rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ServerError, match="another program has locked it for"):
            edit.apply()
    assert edit.data() == edit.case.old
    assert edit.apply()["changed"]


def hold_lease(path: Path, ready: int) -> Any:
    file = os.open(path, os.O_RDWR)
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    os.write(ready, b"1")
    time.sleep(60)


def test_a_file_that_a_file_server_has_leased_is_told_to_be_in_use(tmp_path: Path) -> None:
    edit = Edit(tmp_path, CASES["equal"], None)
    edit.reset()
    ready, writable = os.pipe()
    with running(partial(hold_lease, edit.path, writable)):
        os.read(ready, 1)
        with pytest.raises(ServerError, match="it is in use by another program"):
            edit.apply()
    os.close(ready)
    os.close(writable)
    assert edit.data() == edit.case.old


def test_a_second_link_that_appears_under_the_lock_is_kept(tmp_path: Path) -> None:
    (tmp_path / "edit").mkdir()
    edit = Edit(tmp_path / "edit", CASES["equal"], None)
    second = tmp_path / "second.ini"

    def link(call: Call) -> None:
        if call.name == "write":
            os.link(edit.path, second)

    outcome = edit.disturbed(link)
    assert outcome.result["changed"]
    assert second.samefile(edit.path)
    assert second.read_bytes() == edit.new
