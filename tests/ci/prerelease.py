# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of `make test-prerelease`: a look at ansible-core's newest pre-release, which is sought once a day.

Unit tests, plays over SMB, and the integration playbooks with the newest Python of a target. It is no part of
`.ci/run`: what others publish overnight is no fault of a change.
"""

from __future__ import annotations

import subprocess
from datetime import date
from functools import partial
from pathlib import Path

from tests.ci.home import environment
from tests.ci.matrix import CORES, HOSTILE, IMPACKET, OTHERS, PLAYBOOKS, SHORT, python, targets
from tests.ci.steps import Step
from tests.ci.venvs import BUILD, venv

NAME = "prerelease"
# Newer ones may want a newer Python than the newest core does.
CONTROLLERS = ("3.14", *reversed(CORES[-1].controllers))
SHOW_VERSION = "from ansible.release import __version__; print('ansible-core', __version__, flush=True)"


def prepared(version: str) -> Path:
    """Make the virtual environment, and say which ansible-core is in it."""
    requirements = BUILD / "matrix" / f"{NAME}.txt"
    requirements.parent.mkdir(parents=True, exist_ok=True)
    # A pre-release as the bound lets pip take those of this package, and of no other.
    core = f"ansible-core>={CORES[-1].version}.dev0"
    requirements.write_text("\n".join((f"# {date.today()}", core, IMPACKET, *OTHERS)) + "\n")
    folder = venv(NAME, python(version) or "", requirements)
    subprocess.run([str(folder / "bin" / "python"), "-c", SHOW_VERSION], check=True)
    return folder


def prerelease_steps(gaps: list[str]) -> list[Step]:
    """Give the steps; add what is not found on this machine to the gaps."""
    version = next((each for each in CONTROLLERS if python(each)), None)
    if version is None:
        gaps.append(f"a pre-release of ansible-core: no Python {' or '.join(CONTROLLERS)}")
        return []
    folder = BUILD / "venv" / NAME
    step = partial(Step, env=environment(folder), needs=[partial(prepared, version)])
    pytest = [str(folder / "bin" / "python"), "-m", "pytest", "-q", "-ra"]
    return [
        step(f"{NAME}-smb", [*pytest, HOSTILE, *SHORT, *PLAYBOOKS]),
        step(f"{NAME}-unit", [*pytest, "tests/unit"]),
        *(
            step(f"{NAME}-on-{target}", ["tests/integration/run", python(target) or ""])
            for target in targets(CORES[-1], gaps)[-1:]
        ),
    ]
