# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the forge: its own schemas take them, and the workflow gives nothing away. Nothing is asked online."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FORGE = Path(__file__).resolve().parents[2] / ".github"
CONFIG = FORGE / "ISSUE_TEMPLATE" / "config.yml"
# Each kind of file by the name of its schema.
KINDS = {
    "github-workflows": sorted((FORGE / "workflows").iterdir()),
    "github-issue-forms": sorted(set(CONFIG.parent.iterdir()) - {CONFIG}),
    "github-issue-config": [CONFIG],
}
PROGRAMS = Path(sys.executable).parent


def main() -> int:
    """Check each kind by its schema, then the workflows for holes."""
    commands: list[list[str | Path]] = [
        [PROGRAMS / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files]
        for schema, files in KINDS.items()
    ]
    commands.append([PROGRAMS / "zizmor", "--offline", "--no-progress", "--quiet", FORGE])
    codes = [subprocess.run(command, check=False).returncode for command in commands]
    return max(codes, key=abs)


if __name__ == "__main__":
    sys.exit(main())
