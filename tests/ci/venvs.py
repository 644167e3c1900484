# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments and the collection tree, all below .build."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
REQUIREMENTS = ROOT / "tests" / "requirements"
COLLECTIONS = BUILD / "collections"
NAMESPACE, NAME = "legacy_exchange", "winsock_proxy"

# The Python below this one, should this one be that of a virtual environment.
BASE_PYTHON: str = getattr(sys, "_base_executable", sys.executable)


def venv(name: str, python: str = BASE_PYTHON, requirements: Path | None = None) -> Path:
    """Make a virtual environment, or keep the one whose requirements are the same; give its folder."""
    source = requirements or REQUIREMENTS / f"{name}.txt"
    folder = BUILD / "venv" / name
    stamp = folder / "stamp"
    # One Python may have several names.
    wanted = hashlib.sha256(source.read_bytes() + os.path.realpath(python).encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*pip, "--requirement", str(source)], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"Error while installing {source}:\n{done.stdout}{done.stderr}")
        stamp.write_text(wanted)
    return folder


def link_collection(tree: Path = COLLECTIONS) -> Path:
    """Let Ansible, pytest and mypy see the work tree as an installed collection."""
    link = tree / "ansible_collections" / NAMESPACE / NAME
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(os.path.relpath(ROOT, link.parent), target_is_directory=True)
    return tree


def copy_collection(tree: Path) -> Path:
    """Copy what git knows or would take; ansible-test wants no link and no build folder."""
    target = tree / "ansible_collections" / NAMESPACE / NAME
    shutil.rmtree(tree, ignore_errors=True)
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
    return target


def main() -> None:
    """Make the virtual environments that are named."""
    link_collection()
    for name in sys.argv[1:]:
        venv(name)


if __name__ == "__main__":
    main()
