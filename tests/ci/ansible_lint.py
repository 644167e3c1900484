# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`ansible-lint` over the tree, and over what pages and modules show: whoever copies that lints it in a project."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterable

from tests.ci.venvs import BUILD, ROOT
from tests.guide.plays import Block, blocks

PLAY = "- name: Show tasks\n  hosts: all\n  gather_facts: false\n  tasks:\n"


def playbook_of(shown: Iterable[Block]) -> str:
    """Give all plays and tasks that are shown as one playbook; before each stands where it was shown."""
    parts = ["---\n"]
    for block in shown:
        if block.is_list:
            text = block.text if block.is_of_plays else PLAY + textwrap.indent(block.text.strip("\n"), "    ")
            parts.append(f"# {block.where}\n{text.strip()}\n")
    return "".join(parts)


def main() -> int:
    """Lint both at once."""
    path = BUILD / "shown" / "plays.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(playbook_of(blocks()), encoding="utf-8")
    # Given by its name, it is looked at though .build is left out.
    command = ["ansible-lint", "--offline", ".", str(path.relative_to(ROOT))]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
