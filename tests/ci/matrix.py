# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of `make test-matrix`: each supported ansible-core, under a Python that it supports.

The scenario `default` and plays over SMB run on the controller's Python, but for what
`make test` runs with that core, and on each such Python once the unit tests; the integration
playbooks run with the oldest target Python that the core supports. On the oldest and the
newest core they run with the newest one too, and the artifact is built, installed and used.
The oldest core has the oldest impacket. What is not found on this machine is named at the end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.ci.home import environment
from tests.ci.steps import Step
from tests.ci.venvs import BUILD, ROOT, venv


class Core(NamedTuple):
    """A version of ansible-core: which Pythons it runs under, and which targets it has."""

    version: str
    controllers: tuple[str, ...]
    targets: tuple[str, str]


CORES = (
    Core("2.17.14", ("3.10", "3.11", "3.12"), ("3.7", "3.12")),
    Core("2.18.19", ("3.11", "3.12", "3.13"), ("3.8", "3.13")),
    Core("2.19.14", ("3.11", "3.12", "3.13"), ("3.8", "3.13")),
    Core("2.20.10", ("3.12", "3.13"), ("3.9", "3.14")),
    Core("2.21.5", ("3.12", "3.13"), ("3.9", "3.14")),
)
ENDS = (CORES[0], CORES[-1])
# Each controller Python is used at least once.
PREFERRED = {"2.17.14": "3.10", "2.18.19": "3.11", "2.19.14": "3.12", "2.20.10": "3.13", "2.21.5": "3.13"}
# make test has them under 3.11, and the next core under 3.13.
WITHOUT_UNIT = ("2.18.19", "2.20.10")
# make test runs with it (tests/requirements/test.txt): scenario and short plays are not run again.
OF_MAKE_TEST = "2.19.14" if sys.version_info >= (3, 11) else "2.17.14"
# The newest molecule that takes ansible-core 2.17.
MOLECULE = {"2.17.14": "molecule==26.6.0"}
OTHERS = (
    "hypothesis==6.168.5",
    "pefile==2024.8.26",
    "pytest==9.2.0",
    "pytest-testinfra==10.2.2",
    "pytest-xdist==3.8.0",
    "regipy==6.5.0",
)
# The oldest core runs with the oldest impacket that requirements.txt lets in, the others with the newest.
IMPACKET = "impacket==0.13.1"
# Whole plays over SMB: what is told of hostile servers, in both worlds; logons, errors, and what a user is told. On the
# oldest and the newest core the playbooks too, even those of their tests that are long.
HOSTILE = "tests/smb/test_hostile_text.py"
SHORT = ("tests/smb/test_play.py", "tests/smb/test_errors.py")
PLAYBOOKS = ("tests/smb/test_audit.py", "tests/smb/test_remediate.py")
# With the oldest impacket all kinds of logons and of servers and the registry too; the playbooks edit.
OLDEST = tuple(f"tests/smb/test_{name}.py" for name in ("session", "kinds", "registry"))


def python(version: str) -> str | None:
    """Find a Python in PATH or among those of pyenv, and see that it starts."""
    roots = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    found = [
        str(path) for root in roots for path in sorted(root.glob(f"{version}.*/bin/python{version}"), reverse=True)
    ]
    in_path = shutil.which(f"python{version}")
    for candidate in [*found, *([in_path] if in_path else [])]:
        if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


def controller(core: Core) -> str | None:
    """Give the version of the controller Python for a core, or None when there is none."""
    wanted = [PREFERRED[core.version], *reversed(core.controllers)]
    return next((version for version in wanted if python(version)), None)


def oldest_impacket() -> str:
    """Give the oldest impacket of requirements.txt, as it is given to pip."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return next(line for line in lines if line.startswith("impacket>=")).replace(">=", "==")


def prepared(core: Core, version: str) -> Path:
    """Make the virtual environment for a core."""
    requirements = BUILD / "matrix" / f"{core.version}.txt"
    requirements.parent.mkdir(parents=True, exist_ok=True)
    molecule = MOLECULE.get(core.version, "molecule==26.10.0")
    impacket = oldest_impacket() if core == CORES[0] else IMPACKET
    requirements.write_text("\n".join((f"ansible-core=={core.version}", molecule, impacket, *OTHERS)) + "\n")
    return venv(f"matrix-{core.version}", python(version) or "", requirements)


def targets(core: Core, gaps: list[str]) -> list[str]:
    """Give the target Pythons of a core; for a newest that is missing, the next one."""
    oldest, newest = core.targets
    wanted = core.targets if core in ENDS else (oldest,)
    found = [oldest] if python(oldest) else []
    if newest in wanted:
        below = [version for version in ("3.14", "3.13", "3.12") if int(version[2:]) <= int(newest[2:])]
        found += [version for version in below if python(version)][:1]
    gaps += [f"ansible-core {core.version}: no target Python {version}" for version in wanted if version not in found]
    return found


def over_smb(core: Core) -> tuple[str, ...]:
    """Give the tests of plays over SMB for a core."""
    short = (HOSTILE,) if core.version == OF_MAKE_TEST else (HOSTILE, *SHORT)
    return (*short, *(PLAYBOOKS if core in ENDS else ()), *(OLDEST if core == CORES[0] else ()))


def steps_for(core: Core, gaps: list[str]) -> list[Step]:
    """Give the steps for a core; add what is not found to the gaps."""
    version = controller(core)
    if version is None:
        gaps.append(f"ansible-core {core.version}: no Python {' or '.join(core.controllers)}")
        return []
    folder = BUILD / "venv" / f"matrix-{core.version}"
    env = environment(folder) | {"MOLECULE_EPHEMERAL_DIRECTORY": str(BUILD / "molecule" / core.version)}
    pytest = [str(folder / "bin" / "python"), "-m", "pytest", "-q", "-ra"]
    needs = [partial(prepared, core, version)]
    scenario = ["molecule", "test", "--scenario-name", "default"]
    unit = Step(f"{core.version}-unit", [*pytest, "tests/unit"], env, needs=needs)
    molecule = Step(f"{core.version}-molecule", scenario, env, ROOT / "extensions", needs=needs)
    steps = [
        *([] if core.version in WITHOUT_UNIT else [unit]),
        Step(f"{core.version}-smb", [*pytest, *over_smb(core)], env, needs=needs),
        *([] if core.version == OF_MAKE_TEST else [molecule]),
    ]
    for target in targets(core, gaps):
        command = ["tests/integration/run", python(target) or ""]
        steps.append(Step(f"{core.version}-on-{target}", command, env, needs=needs))
    if core in ENDS:
        command = [str(folder / "bin" / "python"), "-m", "tests.ci.artifact", folder.name]
        steps.append(Step(f"{core.version}-artifact", command, env, needs=needs))
    return steps


def matrix_steps(gaps: list[str]) -> list[Step]:
    """Give the steps of `make test-matrix`; add what is not found on this machine to the gaps."""
    return [step for core in CORES for step in steps_for(core, gaps)]
