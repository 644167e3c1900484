# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at every system call on files that an edit makes, both ways of writing."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import EditRequest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Stanza

from tests.faults.fault_cases import CASES, WAYS, Edit
from tests.faults.fault_tracer import Call, Cut, Kill, Meddler, Meddling, Refuse

PAGE = 4096
# A file that is replaced as a whole is so whatever the edit.
REPLACED = ("append", "shorter", "backup", "large-insert", "absent", "create")
EDITS = [
    pytest.param(name, way, marks=pytest.mark.long if way == "rename" and name not in REPLACED else ())
    for name in CASES
    for way in WAYS
    if name != "create" or way == "rename"
]
LEAST_KILLS = 200  # of each way

kills: Counter[str] = Counter()
locked: Counter[str] = Counter()


def killed_at(index: int, before: Callable[[Call], Meddling] = lambda call: None) -> Meddler:
    return lambda call: Kill() if call.number == index else before(call)


def kill_everywhere(edit: Edit, way: str, before: Callable[[Call], Meddling] = lambda call: None) -> Iterator[int]:
    """Kill the edit at its first call, then at its second, ..., and yield after each."""
    calls = edit.disturbed(before).calls
    first = calls.index("flock") if "flock" in calls else 0
    for index in range(len(calls)):
        outcome = edit.disturbed(killed_at(index, before))
        assert outcome.killed
        assert len(outcome.calls) == index + 1
        kills[way] += 1
        locked[way] += index > first
        yield index


def check_next_run(edit: Edit) -> None:
    """The next run changes what Windows does not read yet, and cleans up; the run behind it changes nothing."""
    needed = edit.data() is None or not edit.wanted_is_read()
    assert edit.apply()["changed"] is needed
    assert edit.wanted_is_read()
    assert not needed or not edit.ours() or edit.case.old is None, edit.beside()
    assert not edit.apply()["changed"]


@pytest.mark.parametrize(("name", "way"), EDITS)
def test_a_kill_leaves_old_or_new(tmp_path: Path, name: str, way: str) -> None:
    edit = Edit(tmp_path, CASES[name], WAYS[way])
    for index in kill_everywhere(edit, way if edit.case.old is not None else "create"):
        assert edit.is_old_or_new(), (index, edit.data())
        assert edit.backups_are_whole(), (index, edit.beside())
        check_next_run(edit)


def without_links(call: Call) -> Meddling:
    return Refuse(errno.EPERM) if call.name in ("link", "linkat") else None


def test_a_kill_while_creating_where_links_are_refused(tmp_path: Path) -> None:
    edit = Edit(tmp_path, CASES["create"], False)
    for index in kill_everywhere(edit, "create", without_links):
        assert edit.data() in (None, b"", edit.new), (index, edit.data())
        check_next_run(edit)


def cuts(edit: Edit) -> list[int]:
    """Give the lengths after which a kill can cut the first write to the file: at borders of pages."""
    writes: list[Call] = []
    edit.disturbed(lambda call: writes.append(call) if call.name == "pwrite64" else None)
    _descriptor, _buffer, length, offset = writes[0].arguments
    return [border - offset for border in range((offset // PAGE + 1) * PAGE, offset + length, PAGE)]


def cut_after(length: int) -> Meddler:
    return lambda call: Cut(length, kill=True) if call.name == "pwrite64" else None


def other_request(edit: Edit) -> EditRequest:
    """Ask for more than one write once more."""
    return edit.request()._replace(stanza=Stanza(b"Another", ((b"Key", b"x" * 2 * PAGE),)))


@pytest.mark.parametrize("name", ["large-insert", "large-shorter", "large-border"])
def test_a_kill_within_a_write_of_several_pages_leaves_a_copy(tmp_path: Path, name: str) -> None:
    edit = Edit(tmp_path, CASES[name], True)
    assert cuts(edit)
    for length in cuts(edit):
        assert edit.disturbed(cut_after(length)).killed
        assert not edit.is_old_or_new()
        assert edit.copies() == [edit.case.old]
        with closing(LocalEditor(True)) as editor:
            apply(editor, other_request(edit), check=False, diff=False)
        assert edit.case.old in edit.copies(), "the next run removed the only copy of the old bytes"
        edit.apply()
        assert edit.wanted_is_read()
        kills["in_place"] += 1
        locked["in_place"] += 1


@pytest.mark.parametrize("name", ["large-insert", "large-shorter"])
def test_the_next_run_tells_of_the_copy_and_of_the_torn_file(tmp_path: Path, name: str) -> None:
    edit = Edit(tmp_path, CASES[name], True)
    assert edit.disturbed(cut_after(cuts(edit)[0])).killed
    (copy,) = edit.ours()
    for run in (edit.check, edit.apply, edit.apply):
        (note,) = run()["notes"]
        assert note["code"] == "left_copy"
        assert note["message"].startswith(f"{tmp_path / copy} was left by a run that was killed during a change: ")
        assert "this file, which has others, may be half written" in note["message"]
    (tmp_path / copy).unlink()
    assert edit.apply()["notes"] == []


def test_a_copy_of_what_was_not_changed_yet_is_told_as_such(tmp_path: Path) -> None:
    edit = Edit(tmp_path, CASES["large-insert"], True)
    assert edit.disturbed(lambda call: Kill() if call.name == "pwrite64" else None).killed
    (note,) = edit.check()["notes"]
    assert "which this file still held" in note["message"]


@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith("large") and name != "create"])
def test_a_small_change_is_one_write_within_a_page(tmp_path: Path, name: str) -> None:
    edit = Edit(tmp_path, CASES[name], True)
    outcome = edit.disturbed()
    assert outcome.calls.count("pwrite64") == 1
    assert not cuts(edit)


def test_there_were_enough_kills(capsys: pytest.CaptureFixture[str]) -> None:
    """Stands last in this file. Run alone, it has nothing to count and says so."""
    with capsys.disabled():
        print(f"\nkill points: {sum(kills.values())} {dict(kills)}, of them under the lock: {dict(locked)}")
    assert not kills or min(locked["rename"], locked["in_place"]) >= LEAST_KILLS
