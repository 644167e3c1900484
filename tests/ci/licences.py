# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`reuse lint` on a copy of the project: in the tree, it would look into what other steps write and remove."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.ci.venvs import BUILD, copy_collection


def main() -> int:
    """Copy what git knows or would take, and check that."""
    copy = copy_collection(BUILD / "licences")
    # Else it takes the project's own repository for that of the copy, and all of it as ignored.
    subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)
    return subprocess.run([Path(sys.executable).parent / "reuse", "lint"], cwd=copy, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
