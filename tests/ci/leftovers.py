# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run left outside of .build: in the tree, in the user's home, in the folders for temporary files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.ci.venvs import ROOT
from tests.lab.processes import ancestors, family

# What the programs of the steps are known to leave. Other programs use these folders too:
# a name that none of ours makes is no fault of the run.
TRACES = {
    Path.home(): (
        ".ansible/*",
        ".ansible_async",
        ".hypothesis",
        ".mypy_cache",
        ".pki",
        ".ruff_cache",
        ".wine",
        "antsibull*",
    ),
    Path.home() / ".config": ("chromium*", "libreoffice"),
    Path.home() / ".cache": (
        "ansible*",
        "chromium",
        "fontconfig",
        "mesa*",
        "molecule*",
        "mypy*",
        "pip",
        "pylint",
        "ruff",
        "selenium",
    ),
    Path.home() / ".local" / "share": ("applications", "desktop-directories", "icons", "mime"),
    Path("/tmp"): (".org.chromium*", ".wine*", "ansible*", "drive-*", "faults-*", "molecule*", "pytest-of-*", "wine*"),
    Path("/var/tmp"): ("ansible*", "pytest-of-*"),
}
# Where such a program of the same user runs beside the tests, nobody can tell whose a trace is.
MAKERS = ("ansible", "chrom", "molecule", "pytest", "python", "soffice", "wine")


class Leftovers:
    """Remembers what was there before a run."""

    def __init__(self) -> None:
        self._alone = not _others()
        self._tree, self._traces = _in_the_tree(), _traces()

    def check(self) -> str:
        """Say what is new; empty when nothing is, or when it may be another program's, which is printed."""
        tree, traces = _in_the_tree() - self._tree, _traces() - self._traces
        wrong = f"New in the tree: {' '.join(sorted(tree))}\n" if tree else ""
        if traces:
            told = f"New outside of .build: {' '.join(sorted(traces))}\n"
            if self._alone and not _others():
                wrong += told
            else:
                print(f"\n{told}Other programs ran meanwhile, it may be theirs: no failure.")
        return wrong


def _traces() -> set[str]:
    return {str(path) for folder, names in TRACES.items() for name in names for path in folder.glob(name)}


def _in_the_tree() -> set[str]:
    """Give what git does not have, ignored or not; nothing where there is no git."""
    command = ["git", "status", "--porcelain", "--ignored", "--untracked-files=all", "-z"]
    # Some tests make names that are no UTF-8, and what a failed step made is kept.
    done = subprocess.run(command, cwd=ROOT, capture_output=True, errors="backslashreplace", check=False)
    entries = [entry[3:] for entry in done.stdout.split("\0") if entry.startswith(("?? ", "!! "))]
    return {entry for entry in entries if entry.split("/")[0] != ".build"}


def _others() -> bool:
    """Tell whether this user runs such programs that are neither above nor below this process."""
    own = family(os.getpid()) | ancestors(os.getpid())
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            mine = entry.stat().st_uid == os.getuid() and int(entry.name) not in own
            if mine and (entry / "comm").read_text().startswith(MAKERS):
                return True
        except OSError:  # it has ended
            continue
    return False
