# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root works on a drive that somebody else owns, who swaps files and folders for links that lead outside.

Nothing outside is read, shown, made or changed, at whatever moment it is done.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._errors import UserError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_from,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import EditRequest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Stanza

from tests.faults.fault_tracer import doing, run
from tests.faults.swapper import OLD, WINDOWS_PATH, Trap, exchange
from tests.lab.servers import FILES_ONLY

DISABLE = Stanza(b"EMSMTA", ((b"Disable", b"1"),))
FIXED = OLD.replace(b"Disable=0", b"Disable=1")
SHORT_SECONDS, LONG_SECONDS = 1, 30
ENOUGH = 5
LONG_SWEEPS = ("in_place", "check_mode", "create", "audit")

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can work on what another user owns")


@pytest.fixture
def trap() -> Iterator[Trap]:
    base = Path(tempfile.mkdtemp(prefix="swapped-"))
    yield Trap(base)
    shutil.rmtree(base)


def audit(trap: Trap) -> Any:
    request = look_request_from({**FILES_ONLY, "drives": {"C": str(trap.drive)}, "drives_complete": True})
    return inform(DriveFiles(request.drives), request, False)


def search(trap: Trap) -> Any:
    return DriveFiles({"C": str(trap.drive)}).search("EMSMTA.EXE")


def edit(trap: Trap, present: bool, check: bool = False, in_place: bool | None = None) -> Any:
    request = EditRequest(WINDOWS_PATH, DISABLE, present, False, True)
    with closing(LocalEditor(in_place, {"C": str(trap.drive)})) as editor:
        return apply(editor, request, check=check, diff=True)


def present(trap: Trap) -> Any:
    return edit(trap, present=True)


def absent(trap: Trap) -> Any:
    return edit(trap, present=False)


def in_place(trap: Trap) -> Any:
    return edit(trap, present=True, in_place=True)


def check_mode(trap: Trap) -> Any:
    return edit(trap, present=True, check=True)


def create(trap: Trap) -> Any:
    request = EditRequest("C:\\Mspclnt\\New.ini", DISABLE, True, True, True)
    with closing(LocalEditor(None, {"C": str(trap.drive)})) as editor:
        return apply(editor, request, check=False, diff=True)


WORK: dict[str, Callable[[Trap], Any]] = {
    function.__name__: function for function in (audit, search, present, absent, in_place, check_mode, create)
}


def told(function: Callable[[], Any]) -> tuple[bool, str]:
    """Give whether it went well, and all that was told; what is no error for a user comes out."""
    try:
        return True, repr(function())
    except UserError as error:
        return False, str(error)


@pytest.mark.parametrize("seconds", [SHORT_SECONDS, pytest.param(LONG_SECONDS, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", WORK)
def test_nothing_outside_is_reached_while_the_owner_swaps(trap: Trap, name: str, seconds: float) -> None:
    done: Counter[bool] = Counter()
    with trap.swapping() as flips:
        end = time.monotonic() + seconds
        while time.monotonic() < end or done[True] < ENOUGH:
            good, text = told(lambda: WORK[name](trap))
            done[good] += 1
            assert "SECRET" not in text
            for file in (*trap.folder.parent.glob("Mspclnt/New.ini"), trap.file):
                reset(trap, file)
    assert trap.untouched(), done
    assert flips.count > 1000, flips.count


def reset(trap: Trap, file: Path) -> None:
    """Put the old bytes back, below the drive only."""
    for folder in (trap.folder, trap.drive / "folder-link"):
        try:
            opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            if file.name == "New.ini":
                os.unlink(file.name, dir_fd=opened)
            else:
                made = os.open(file.name, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW, dir_fd=opened)
                os.write(made, OLD)
                os.close(made)
        except OSError:
            pass
        finally:
            os.close(opened)


@pytest.mark.parametrize("back", [False, pytest.param(True, marks=pytest.mark.long)], ids=["once", "and-back"])
@pytest.mark.parametrize("swap", [0, 1], ids=["folder", "file"])
@pytest.mark.parametrize(
    "name",
    [
        "present",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("in_place", "check_mode", "create", "audit")),
    ],
)
def test_nothing_outside_is_reached_by_one_swap_at_any_call(trap: Trap, name: str, swap: int, back: bool) -> None:
    calls = run(lambda: repr(WORK[name](trap))).calls
    one, other = trap.swaps[swap]
    for index in range(len(calls)):
        for file in (trap.folder / "New.ini", trap.file):
            reset(trap, file)

        def meddle(call: Any, index: int = index) -> None:
            if call.number == index or (back and call.number == index + 1):
                exchange(one, other)

        outcome = run(lambda: repr(WORK[name](trap)), meddle)
        assert not outcome.error or "UserError" in outcome.error, (index, outcome)
        assert "SECRET" not in f"{outcome.result} {outcome.text}"
        trap.restore()
    assert trap.untouched()


@pytest.mark.parametrize("swap", [0, 1], ids=["folder", "file"])
def test_a_posix_path_is_not_led_elsewhere_after_the_look(trap: Trap, swap: int) -> None:
    """Which file it is, is settled by the look: links are followed then, and never again."""

    def fix() -> Any:
        with closing(LocalEditor()) as editor:
            return apply(editor, EditRequest(str(trap.file), DISABLE, True, False, True), check=False, diff=True)

    calls = run(fix).calls
    for index in range(calls.index("read"), len(calls)):
        reset(trap, trap.file)
        run(fix, doing(index, lambda: exchange(*trap.swaps[swap])))
        trap.restore()
    assert trap.untouched()


def test_an_edit_that_nobody_disturbs_is_made(trap: Trap) -> None:
    result = present(trap)
    assert result["changed"]
    assert trap.file.read_bytes() == FIXED
    assert result["backup_file"].startswith(f"{WINDOWS_PATH}.")
