# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make test`, `make test-matrix`, `make test-long`: prepare, then run the steps."""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import BinaryIO

from tests.ci.axe import axe
from tests.ci.children import Stop, run_in_child
from tests.ci.home import environment, make_home
from tests.ci.leftovers import Leftovers
from tests.ci.matrix import matrix_steps
from tests.ci.packages import LONG, install_packages
from tests.ci.prerelease import prerelease_steps
from tests.ci.steps import Step, run_steps
from tests.ci.venvs import BUILD, ROOT, link_collection, venv

# Runs under the Python of the target, with a floor of its own.
TARGET_CODE = ["plugins/module_utils", "plugins/modules"]
# Two at once. By test, not by file: a worker that is done takes over from the other.
TWO_WORKERS = ("-n", "2", "--dist", "worksteal")
LINT, TEST, IMPORTER, DEMO = (partial(venv, name) for name in ("lint", "test", "importer", "demo"))
ANNOUNCED = {
    "test": "about 12 minutes on two cores, and 1.6 GB in .build; the first time some 3 minutes more, to install",
    "matrix": "a virtual environment of 150 MB in .build for each ansible-core, and many minutes",
    "long": "many minutes",
}
HELP = {
    "test": "everything that a change needs",
    "matrix": "unit tests, scenario, plays and modules on each supported ansible-core and Python",
    "long": "the tests that take minutes",
    "prerelease": "unit tests, plays and modules on the newest pre-release of ansible-core",
    "prepare": "install system packages, run nothing",
    "list": "name all steps",
}
# What make calls those with steps.
MAKE = {"test": "test", "matrix": "test-matrix", "long": "test-long", "prerelease": "test-prerelease"}
# These name what they do not find on this machine.
SEEKERS = {"matrix": matrix_steps, "prerelease": prerelease_steps}


def pytest(name: str, *arguments: str, weight: int = 1, needs: Sequence[Callable[[], object]] = ()) -> Step:
    """Give a step that runs pytest in the tests' virtual environment, and what else it needs."""
    folder = BUILD / "venv" / "test"
    command = [str(folder / "bin" / "python"), "-m", "pytest", "-q", "-ra", *arguments]
    return Step(name, command, environment(folder), weight=weight, needs=[TEST, *needs])


def lint_steps() -> list[Step]:
    """Give the steps that look at the text of the project."""
    folder = BUILD / "venv" / "lint"
    env = environment(folder)
    tree = BUILD / "collections" / "ansible_collections" / "legacy_exchange" / "winsock_proxy"
    docs = ["antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self", str(tree)]
    target = ["vermin", "--quiet", "--no-tips", "--target=3.7-"]
    target += ["--violations", *TARGET_CODE]
    lint = partial(Step, env=env, needs=[LINT])
    python = str(folder / "bin" / "python")
    return [
        lint("ansible-lint", [python, "-m", "tests.ci.ansible_lint"]),
        lint("mypy", [python, "tests/ci/check_types.py"]),
        lint("documentation", docs),
        lint("ruff", ["ruff", "check", "."]),
        lint("ruff-target", ["ruff", "check", "--config=ruff-target.toml", *TARGET_CODE]),
        lint("ruff-format", ["ruff", "format", "--check", ".", *TARGET_CODE]),
        lint("target-syntax", target),
        lint("yamllint", ["yamllint", "--strict", "."]),
        lint("changelog", ["antsibull-changelog", "lint"]),
        lint("licences", [python, "-m", "tests.ci.licences"]),
        lint("editorconfig", [python, "-m", "tests.ci.editors"]),
        lint("forge", [python, "-m", "tests.ci.forge"]),
    ]


def test_steps() -> list[Step]:
    """Give the steps of `make test`."""
    folder = BUILD / "venv" / "test"
    env = environment(folder)
    python = str(folder / "bin" / "python")
    demo = [str(BUILD / "venv" / "demo" / "bin" / "python"), "examples/demo/run.py"]
    molecule = ["molecule", "test", "--scenario-name"]
    return [
        # The longest first, so that nothing is left to run alone at the end.
        pytest("smb", "tests/smb", "-m", "not long", *TWO_WORKERS, weight=2),
        # pylint, which make test-long has, takes half of its time, and ruff sees nearly all of that.
        Step("sanity", [python, "-m", "tests.ci.sanity", "--skip-test", "pylint"], env, needs=[TEST]),
        pytest("judge", "tests/judge", "-m", "not long"),
        Step("integration", ["tests/integration/run"], env, needs=[TEST]),
        Step("molecule-default", [*molecule, "default"], env, ROOT / "extensions", needs=[TEST]),
        Step("artifact", [python, "-m", "tests.ci.artifact"], env, needs=[TEST, IMPORTER]),
        pytest("faults", "tests/faults", "-m", "not long"),
        pytest("guide", "tests/guide", "-m", "not long"),
        *lint_steps(),
        Step("demo", demo, env, needs=[TEST, DEMO]),
        pytest("report", "tests/report", "-m", "not long", needs=[axe]),
        pytest("unit", "tests/unit", *TWO_WORKERS, weight=2),
    ]


def long_steps() -> list[Step]:
    """Give the steps of `make test-long`."""
    folder = BUILD / "venv" / "test"
    env = environment(folder)
    molecule = ["molecule", "test", "--scenario-name", "fleet"]
    python = str(folder / "bin" / "python")
    docsite = [str(BUILD / "venv" / "lint" / "bin" / "python"), "-m", "tests.docsite.build"]
    return [
        # The matrix has the hostile texts, on each core.
        pytest("smb", "tests/smb", "-m", "long", "--ignore", "tests/smb/test_hostile_text.py"),
        *(pytest(name, f"tests/{name}", "-m", "long") for name in ("judge", "faults", "guide")),
        Step("pylint", [python, "-m", "tests.ci.sanity", "--test", "pylint"], env, needs=[TEST]),
        Step("molecule-fleet", molecule, env, ROOT / "extensions", needs=[TEST]),
        Step("docsite", docsite, env, needs=[LINT]),
        pytest("report", "tests/report", "-m", "long", needs=[partial(install_packages, LONG)]),
    ]


def steps_of(target: str, gaps: list[str]) -> list[Step]:
    """Give the steps of a target; add what it cannot find here to the gaps."""
    if target in SEEKERS:
        return SEEKERS[target](gaps)
    return {"test": test_steps, "long": long_steps, "prepare": list[Step]}[target]()


def chosen(steps: Sequence[Step], names: Sequence[str]) -> list[Step]:
    """Give the steps of these names, or all without a name; end when one is wrong."""
    wrong = set(names) - {step.name for step in steps}
    if wrong:
        known = " ".join(step.name for step in steps)
        sys.exit(f"There is no step {', '.join(sorted(wrong))} here; the steps are: {known}")
    return [step for step in steps if not names or step.name in names]


def show_list() -> None:
    """Name all steps, as they are given to make."""
    for target, make in MAKE.items():
        print(f"make {make} STEP=..., {HELP[target]}:")
        for step in steps_of(target, []):
            print(f"  {step.name}")


def locked() -> BinaryIO:
    """Keep the build folder for this run; end when another run has it."""
    lock = (BUILD / "run.lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("Another run of the tests uses this tree; wait for its end")
    return lock


def prepare(steps: Sequence[Step] = ()) -> None:
    """Install and make what steps need."""
    # Linters need none, so that they can run before each commit.
    if not steps or any(step.needs != [LINT] for step in steps):
        install_packages()
    link_collection()
    make_home()
    for need in dict.fromkeys(need for step in steps for need in step.needs):
        need()


def run(target: str, names: Sequence[str]) -> int:
    """Prepare and run; look at what was left."""
    gaps: list[str] = []
    steps = chosen(steps_of(target, gaps), names)
    BUILD.mkdir(exist_ok=True)
    with locked():
        if not names and target in ANNOUNCED:
            print(f"make test{'' if target == 'test' else f'-{target}'}: {ANNOUNCED[target]}", flush=True)
        stop = Stop()
        code = run_in_child(partial(prepare, steps), stop) or run_steps(steps, [Leftovers().check], stop)
    for gap in gaps:
        print(f"not found: {gap}")
    return code


def main() -> int:
    """Do what was asked."""
    words = "\n".join(f"  {name:11} {text}" for name, text in HELP.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.ci.run",
        description=f"Runs the tests. Targets:\n{words}",
        epilog="A signal (ctrl-C) ends all steps within ten seconds. Everything lies in .build.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", choices=HELP, metavar="TARGET", help="what to run")
    parser.add_argument("step", nargs="*", metavar="STEP", help="these steps alone")
    given = parser.parse_args()
    os.chdir(ROOT)
    if given.target == "list":
        show_list()
        return 0
    if given.target == "prepare":
        prepare()
        return 0
    return run(given.target, given.step)


if __name__ == "__main__":
    sys.exit(main())
