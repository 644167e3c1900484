# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian packages that the tests need. `python -m tests.ci.packages lab` installs those of the lab."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.ci.venvs import REQUIREMENTS, ROOT

ALWAYS, LONG, LAB = (REQUIREMENTS / name for name in ("debian.txt", "debian-long.txt", "debian-lab.txt"))

SECONDS_FOR_THE_LOCK = 300  # other programs that install have it for minutes
SECONDS_BETWEEN_TRIES = 10
APT = ("apt-get", "-o", f"DPkg::Lock::Timeout={SECONDS_FOR_THE_LOCK}", "--quiet=2")


def missing_packages(source: Path) -> list[str]:
    """Give the Debian packages of a list that are not installed."""
    lines = source.read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *wanted]
    found = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    return [name for name in wanted if f"{name} installed" not in found.splitlines()]


def install_packages(source: Path = ALWAYS) -> None:
    """Install missing system packages when root; else say which, and end."""
    if shutil.which("dpkg-query") is None:
        sys.exit(f"Debian packages are installed for this; on another system see {source.relative_to(ROOT)}")
    missing = missing_packages(source)
    if not missing:
        return
    install = ["install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        sys.exit(f"These system packages are missing; run as root: apt-get {' '.join(install)}")
    print(f"Installing {' '.join(missing)}", flush=True)
    run_apt("update")
    run_apt(*install)


def run_apt(*arguments: str) -> None:
    """Run apt-get; end with its own words when it fails.

    It waits for the lock on packages by itself, for the one on their lists it does not.
    """
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    command = [*APT, *arguments]
    until = time.monotonic() + SECONDS_FOR_THE_LOCK
    while True:
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        said = (done.stdout + done.stderr).strip()
        if "Could not get lock" not in said or time.monotonic() > until:
            sys.exit(f"Error while installing system packages: {' '.join(command)} ended with:\n{said}")
        print("Waiting for another program that installs packages", flush=True)
        time.sleep(SECONDS_BETWEEN_TRIES)


if __name__ == "__main__":
    install_packages({"lab": LAB}[sys.argv[1]])
