# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of the tests: run side by side, show how far they are and what failed, end with one table."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.ci.children import Stop, end, names_of, reap_orphans, wait_until_alone
from tests.ci.home import temporary, within
from tests.ci.venvs import BUILD, ROOT

# Three at work keep two cores busy: the tests over SMB spend much of their time waiting.
ROOM = 3
SECONDS_OF_A_LOOK = 0.1
SECONDS_OF_PROGRESS = 30.0
SECONDS_FOR_DAEMONS = 5.0
NOT_STARTED = 127
PERCENT = re.compile(r"\[ *(\d+)%\]")
CLOSING = re.compile(r"^=* ?((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s", re.MULTILINE)
NOT_RUN = re.compile(r"^(?:SKIPPED|XFAIL|XPASS)\b.*", re.MULTILINE)


@dataclass
class Step:
    """One command of the tests. ``weight``: how many processes it keeps busy. ``needs`` makes what it runs in."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path = ROOT
    weight: int = 1
    needs: Sequence[Callable[[], object]] = ()
    seconds: float = field(default=0.0, init=False)
    code: int | None = field(default=None, init=False)
    stopped: bool = field(default=False, init=False)
    output: str = field(default="", init=False)

    @property
    def failed(self) -> bool:
        """Tell whether it ran to its end, or was ended, with an error."""
        return self.code is not None and self.code != 0

    @property
    def counts(self) -> dict[str, int]:
        """Give how many tests passed, failed, were skipped..., when pytest says it."""
        closing = CLOSING.findall(self.output)
        pairs = [part.split() for part in closing[-1].split(", ")] if closing else []
        return {word: int(number) for number, word in pairs}


class Running:
    """A step that runs; its output goes to a file, its temporary files to a folder of their own."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self._begin = time.monotonic()
        self._folder = temporary(step.name)
        command, folder = within(self._folder, list(step.command))
        places = {name: str(folder) for name in ("TMPDIR", "TMP", "TEMP")}
        self.log = BUILD / "log" / f"{step.name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            # In a session of its own, so that ctrl-C reaches it only through this process.
            self.process = subprocess.Popen(
                command,
                cwd=step.cwd,
                env={**step.env, **places},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ended(self) -> bool:
        """Tell whether it has ended; note how. A failed step's temporary files are kept."""
        self.step.seconds = time.monotonic() - self._begin
        self.step.code = self.process.poll()
        if self.step.code is None:
            return False
        self.step.output = self.text()
        if self.step.code == 0:
            shutil.rmtree(self._folder, ignore_errors=True)
        return True

    def text(self) -> str:
        """Give its output until now."""
        return self.log.read_bytes().decode("utf-8", "replace")

    def progress(self) -> str:
        """Give its name, seconds, and the last percentage that it wrote."""
        percent = PERCENT.findall(self.text())
        return f"{self.step.name} {self.step.seconds:.0f} s{f' {percent[-1]}%' if percent else ''}"


def run_steps(steps: Sequence[Step], checks: Sequence[Callable[[], str]] = (), stop: Stop | None = None) -> int:
    """Run steps side by side as room allows, then checks of what they left; give the exit code for all.

    A check gives what is wrong, in words. A signal ends all steps, and no further one begins.
    """
    begin = time.monotonic()
    stop = stop or Stop()
    _run(steps, stop)
    wrong = "" if stop.number else "\n".join(filter(None, [_still_running(), *(check() for check in checks)]))
    end(())
    _summary(steps, wrong, time.monotonic() - begin)
    if stop.number:
        return 128 + stop.number
    return 1 if wrong or any(step.failed for step in steps) else 0


def _run(steps: Sequence[Step], stop: Stop) -> None:
    waiting, running = list(steps), list[Running]()
    told = time.monotonic()
    while (waiting or running) and not stop.asked():
        while (step := _next(waiting, running)) is not None and not stop.asked():
            waiting.remove(step)
            try:
                running.append(Running(step))
            except OSError as error:
                step.code, step.output = NOT_STARTED, f"Error while starting {step.command[0]}: {error}"
                _show(step)
        time.sleep(SECONDS_OF_A_LOOK)
        for each in [each for each in running if each.ended()]:
            running.remove(each)
            _show(each.step)
        reap_orphans([each.process.pid for each in running])
        if time.monotonic() - told > SECONDS_OF_PROGRESS and running:
            told = time.monotonic()
            print(f".. {', '.join(each.progress() for each in running)}", flush=True)
    if stop.number:
        print(f"Stopping: {signal.Signals(stop.number).name}", flush=True)
        end([each.process.pid for each in running])
        for each in running:
            each.process.wait()
            each.ended()
            each.step.stopped = each.step.failed


def _next(waiting: Sequence[Step], running: Sequence[Running]) -> Step | None:
    """Give the first step for which there is room."""
    room = ROOM - sum(each.step.weight for each in running)
    return next((step for step in waiting if step.weight <= room), None)


def _still_running() -> str:
    """Name the processes that steps left, after some time to end by themselves."""
    left = wait_until_alone(SECONDS_FOR_DAEMONS)
    return f"Processes that steps left running, ended now: {names_of(left)}" if left else ""


def _show(step: Step) -> None:
    """Print one line for a step that passed, with what it skipped; all of its output for one that failed."""
    counts = ", ".join(f"{number} {word}" for word, number in step.counts.items())
    state = f"FAILED, exit code {step.code}" if step.failed else "ok"
    print(f"== {step.name}: {state}, {step.seconds:.0f} s{counts and ', '}{counts}", flush=True)
    shown = step.output.rstrip().splitlines() if step.failed else NOT_RUN.findall(step.output)
    for line in shown:
        print(f"   {line}", flush=True)


def _summary(steps: Sequence[Step], wrong: str, seconds: float) -> None:
    print("\nstep                 seconds  result")
    for step in steps:
        ran = "stopped" if step.stopped else "FAILED" if step.failed else "ok"
        state = "did not run" if step.code is None else ran
        print(f"{step.name:20} {step.seconds:7.0f}  {state}")
    if wrong:
        print(f"{'left behind':20} {'':7}  FAILED\n\n{wrong.rstrip()}")
    failed = sum(1 for step in steps if step.failed)
    missing = sum(1 for step in steps if step.code is None)
    print(f"\n{len(steps)} steps, {failed} of them failed, {missing} did not run, in {seconds:.0f} s")
    print("In tests of pytest, each other step counted as one:")
    print(_total(steps, bool(wrong)), flush=True)


def _total(steps: Sequence[Step], wrong: bool) -> str:
    """Count tests where a step has counts, else the step; a step that failed without a failed test as one."""
    passed = failed = skipped = 0
    for step in steps:
        bad = step.counts.get("failed", 0) + step.counts.get("error", 0) + step.counts.get("errors", 0)
        passed += step.counts.get("passed", 0 if step.counts or step.code != 0 else 1)
        failed += max(bad, 1) if step.failed else 0
        skipped += step.counts.get("skipped", 0)
    return f"{passed} passed, {failed + wrong} failed" + (f", {skipped} skipped" if skipped else "")
