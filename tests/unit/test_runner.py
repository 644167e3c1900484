# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make test` promises: a signal ends all that it started, its lines are true, it writes below .build alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.ci.home import HOME, TEMPORARY, environment, within
from tests.ci.packages import run_apt
from tests.ci.run import chosen, locked
from tests.ci.steps import Step
from tests.ci.venvs import BUILD
from tests.lab.processes import is_zombie

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_END = 10.0
# What began this may ignore a hangup, as nohup does, and a run would go on then.
RUN = """
import os, signal, sys
from pathlib import Path
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from tests.ci.steps import Step, run_steps
here, scripts = Path(sys.argv[1]), sys.argv[2:]
steps = [
    Step(f"runner-{number}", ["bash", "-c", script], {**os.environ, "here": str(here)}, here)
    for number, script in enumerate(scripts)
]
sys.exit(run_steps(steps))
"""
# A daemon in a session of its own, whose parent ends, and the step itself; both write down their ids.
WRITER = "echo $$ >> $here/pids; sleep 300 & echo $! >> $here/pids; wait"
DAEMON = f"(here=$here setsid bash -c '{WRITER}' &); {WRITER}"
# These end at no request.
STUBBORN = DAEMON.replace("echo $$", 'trap "" INT TERM; echo $$')
TEST = Step("smb", ["true"], {})


def command(folder: Path, *scripts: str) -> list[str]:
    return [sys.executable, "-c", RUN, str(folder), *scripts]


def started(folder: Path, command: list[str], count: int) -> tuple[subprocess.Popen[str], list[int]]:
    """Start a run; give it when its steps wrote down so many process ids, and these."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    for _attempt in range(600):
        text = (folder / "pids").read_text() if (folder / "pids").exists() else ""
        if text.count("\n") == count:
            break
        time.sleep(0.05)
    return process, [int(line) for line in text.split()]


def ran(folder: Path, *scripts: str) -> tuple[int, list[str]]:
    done = subprocess.run(command(folder, *scripts), cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize(
    ("number", "script"), [(signal.SIGINT, DAEMON), (signal.SIGTERM, STUBBORN), (signal.SIGHUP, DAEMON)]
)
def test_a_signal_ends_all_and_begins_nothing(number: int, script: str, tmp_path: Path) -> None:
    scripts = (script, script, "sleep 300", "touch $here/begun")
    process, pids = started(tmp_path, command(tmp_path, *scripts), 8)
    begin = time.monotonic()
    process.send_signal(number)
    output, _errors = process.communicate(timeout=60)
    assert time.monotonic() - begin < SECONDS_TO_END
    assert process.returncode == 128 + number
    assert len(pids) == 8
    assert all(is_zombie(pid) for pid in pids)
    assert not (tmp_path / "begun").exists()
    assert "1 did not run" in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_make_is_one_to_the_run(number: int, tmp_path: Path) -> None:
    script = WRITER.replace("$", "$$")
    (tmp_path / "run.py").write_text(RUN)
    (tmp_path / "Makefile").write_text(f"all:\n\t@PYTHONPATH={ROOT} {sys.executable} run.py . '{script}'\n")
    process, pids = started(tmp_path, ["make", "--silent", "--directory", str(tmp_path)], 2)
    begin = time.monotonic()
    process.send_signal(number)
    process.communicate(timeout=60)
    assert time.monotonic() - begin < SECONDS_TO_END
    assert len(pids) == 2
    assert all(is_zombie(pid) for pid in pids)


PREPARE = """
import subprocess, sys
from tests.ci.children import Stop, run_in_child
sys.exit(run_in_child(lambda: subprocess.run(["bash", "-c", sys.argv[1]], cwd=sys.argv[2], check=True), Stop()))
"""


def test_a_signal_ends_the_preparation_too(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PREPARE, WRITER.replace("$here", "."), str(tmp_path)]
    process, pids = started(tmp_path, command, 2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT
    assert len(pids) == 2
    assert all(is_zombie(pid) for pid in pids)


def test_a_daemon_that_a_step_leaves_is_a_failure_and_ended(tmp_path: Path) -> None:
    code, lines = ran(tmp_path, "setsid sleep 300 & echo $! > $here/pids")
    assert code == 1
    assert any(line.startswith("Processes that steps left running, ended now: sleep (") for line in lines)
    assert is_zombie(int((tmp_path / "pids").read_text()))
    assert lines[-1] == "1 passed, 1 failed"


def test_a_step_that_passes_is_one_line_and_one_that_fails_shows_all(tmp_path: Path) -> None:
    said = "echo first; echo 'SKIPPED [1] a.py:1: no wine'; echo '7 passed, 1 skipped in 0.10s'"
    code, lines = ran(tmp_path, said, "echo one; echo two >&2; exit 3")
    assert code == 1
    shown = {line for line in lines if line.startswith(("==", "   "))}
    assert shown == {
        "== runner-0: ok, 0 s, 7 passed, 1 skipped",
        "   SKIPPED [1] a.py:1: no wine",
        "== runner-1: FAILED, exit code 3, 0 s",
        "   one",
        "   two",
    }
    assert lines[-1] == "7 passed, 1 failed, 1 skipped"


def test_a_step_that_cannot_start_fails_in_words(tmp_path: Path) -> None:
    script = RUN.replace('"bash", "-c", script', "script")
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), "no-such-program"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert not done.stderr
    assert "   Error while starting no-such-program: " in done.stdout


def test_a_wrong_name_is_refused_with_the_right_ones() -> None:
    assert chosen([TEST], ["smb"]) == chosen([TEST], []) == [TEST]
    with pytest.raises(SystemExit, match="There is no step smv here; the steps are: smb"):
        chosen([TEST], ["smv"])


def test_help_and_list_are_in_words() -> None:
    for argument, words in (("--help", "ends all steps within ten seconds"), ("list", "make test STEP=")):
        run = [sys.executable, "-m", "tests.ci.run", argument]
        done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
        assert words in done.stdout


def test_programs_of_steps_find_a_home_and_caches_below_build(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANSIBLE_LOCAL_TEMP", "XDG_CACHE_HOME", "MOLECULE_EPHEMERAL_DIRECTORY", "WINEPREFIX"):
        monkeypatch.setenv(name, "/elsewhere")
    env = environment(BUILD / "venv" / "test")
    assert env["HOME"] == str(HOME)
    assert "/elsewhere" not in env.values()
    places = {name: value for name, value in env.items() if name.endswith(("_HOME", "_DIR", "_DIRECTORY"))}
    outside = {name for name, value in places.items() if not Path(value).is_relative_to(BUILD)}
    assert not outside - {name for name in outside if os.environ.get(name) == places[name]}


def test_temporary_files_of_a_step_lie_below_build_and_go_when_it_passed(tmp_path: Path) -> None:
    code, _lines = ran(tmp_path, "touch $TMPDIR/x", "touch $TMPDIR/y; false")
    assert code == 1
    assert not (TEMPORARY / "runner-0").exists()
    assert (TEMPORARY / "runner-1" / "y").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_folder_that_others_cannot_reach_is_mounted_where_they_can(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    folder = tmp_path / "own"
    folder.mkdir(mode=0o755)
    command, place = within(folder, ["sh", "-c", "echo here > $0/file", "PLACE"])
    if place == folder:
        pytest.skip("this machine allows no mount")
    subprocess.run([*command[:-1], str(place)], check=True)
    assert (folder / "file").read_text() == "here\n"
    assert not (place / "file").exists()


def test_a_second_run_in_the_same_tree_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.ci.run.BUILD", tmp_path)
    with locked(), pytest.raises(SystemExit, match="Another run"):
        locked()


# Fails as apt does while another program has its lock, then as told.
APT = """#!/bin/sh
[ -e "$0.tried" ] || { touch "$0.tried"; echo "E: Could not get lock /var/lib/apt/lists/lock." >&2; exit 100; }
echo "$2"; echo "E: no such package" >&2; exit RESULT
"""


@pytest.mark.parametrize("result", [0, 100])
def test_apt_waits_for_its_lock_and_fails_in_words(
    result: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "apt-get"
    program.write_text(APT.replace("RESULT", str(result)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("tests.ci.packages.SECONDS_BETWEEN_TRIES", 0)
    if result == 0:
        run_apt("update")
    else:
        with pytest.raises(SystemExit, match=r"(?s)DPkg::Lock::Timeout=300 .*update.*E: no such package"):
            run_apt("update")
    assert (tmp_path / "apt-get.tried").exists()
