# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types: mypy over all Python of the project, below the name that Ansible gives it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TREE = Path("ansible_collections", "legacy_exchange", "winsock_proxy")


def main() -> int:
    """Check the plugins under their full names, then the rest."""
    config = f"--config-file={ROOT / 'pyproject.toml'}"
    mypy = [sys.executable, "-m", "mypy", config]
    plugins = subprocess.run([*mypy, str(TREE / "plugins")], cwd=ROOT / ".build" / "collections", check=False)
    rest = subprocess.run([*mypy, "tests", "examples"], cwd=ROOT, check=False)
    return plugins.returncode or rest.returncode


if __name__ == "__main__":
    sys.exit(main())
