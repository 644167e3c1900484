# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make test` and `make test-long`: prepare, then run the steps. `prepare` runs none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.ci.steps import Step, run_steps
from tests.ci.venvs import BUILD, REQUIREMENTS, ROOT, environment, link_collection, venv

# Runs under the Python of the target, with a floor of its own.
TARGET_CODE = ["plugins/module_utils", "plugins/modules"]


def missing_packages() -> list[str]:
    """Give the Debian packages that the tests need and that are not installed."""
    lines = (REQUIREMENTS / "debian.txt").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *wanted]
    found = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    return [name for name in wanted if f"{name} installed" not in found.splitlines()]


def install_packages() -> None:
    """Install missing system packages when root; else say which, and end."""
    if shutil.which("dpkg-query") is None:
        sys.exit("The tests install Debian packages; on another system see tests/requirements/debian.txt")
    missing = missing_packages()
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        sys.exit(f"These system packages are missing; run as root: {' '.join(install)}")
    noninteractive = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {' '.join(missing)}", flush=True)
    subprocess.run(["apt-get", "update", "--quiet=2"], check=True, env=noninteractive)
    subprocess.run([*install, "--quiet=2"], check=True, env=noninteractive, stdout=subprocess.DEVNULL)


def pytest(name: str, *arguments: str, weight: int = 1) -> Step:
    """Give a step that runs pytest in the tests' virtual environment."""
    folder = BUILD / "venv" / "test"
    command = [str(folder / "bin" / "python"), "-m", "pytest", "-q", "-ra", *arguments]
    return Step(name, command, environment(folder), weight=weight)


def lint_steps() -> list[Step]:
    """Give the steps that look at the text of the project."""
    folder = BUILD / "venv" / "lint"
    env = environment(folder)
    tree = BUILD / "collections" / "ansible_collections" / "legacy_exchange" / "winsock_proxy"
    docs = ["antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self", str(tree)]
    target = ["vermin", "--quiet", "--no-tips", "--target=3.7-"]
    target += ["--violations", *TARGET_CODE]
    return [
        Step("ruff", ["ruff", "check", "."], env),
        Step("ruff, target", ["ruff", "check", "--config=ruff-target.toml", *TARGET_CODE], env),
        Step("ruff format", ["ruff", "format", "--check", ".", *TARGET_CODE], env),
        Step("mypy", [str(folder / "bin" / "python"), "tests/ci/check_types.py"], env),
        Step("target syntax", target, env),
        Step("yamllint", ["yamllint", "--strict", "."], env),
        Step("ansible-lint", ["ansible-lint", "--offline"], env),
        Step("documentation", docs, env),
        Step("changelog", ["antsibull-changelog", "lint"], env),
    ]


def test_steps() -> list[Step]:
    """Give the steps of `make test`."""
    venv("lint")
    folder = venv("test")
    venv("importer")
    venv("demo")
    env = environment(folder)
    python = str(folder / "bin" / "python")
    return [
        # The longest first, so that nothing is left to run alone at the end.
        pytest("smb", "tests/smb", "-m", "not long"),
        *lint_steps(),
        pytest("unit", "tests/unit"),
        pytest("judge", "tests/judge", "-m", "not long"),
        pytest("faults", "tests/faults", "-m", "not long"),
        Step("demo", [str(BUILD / "venv" / "demo" / "bin" / "python"), "examples/demo/run.py"], env),
        Step("artifact", [python, "-m", "tests.ci.artifact"], env),
        Step("integration", ["tests/integration/run"], env),
        Step("molecule default", ["molecule", "test", "--scenario-name", "default"], env, ROOT / "extensions"),
        Step("molecule fleet", ["molecule", "test", "--scenario-name", "fleet"], env, ROOT / "extensions"),
        Step("sanity", [python, "-m", "tests.ci.sanity"], env, weight=2),
    ]


def long_steps() -> list[Step]:
    """Give the steps of `make test-long`."""
    venv("test")
    return [pytest(name, f"tests/{name}", "-m", "long") for name in ("judge", "faults", "smb")]


def main() -> int:
    """Prepare and run."""
    os.chdir(ROOT)
    Path(BUILD).mkdir(exist_ok=True)
    install_packages()
    link_collection()
    kinds = {"test": test_steps, "long": long_steps, "prepare": list}
    steps: list[Step] = kinds[sys.argv[1]]()
    return run_steps(steps) if steps else 0


if __name__ == "__main__":
    sys.exit(main())
