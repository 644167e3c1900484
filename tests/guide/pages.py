# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README and the guide as what they show: commands, outputs, and parts of the examples."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"
EXAMPLES = ROOT / "examples"
PAGES = [ROOT / "README.md", ROOT / "docs" / "releases.md", *sorted(GUIDE.glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Commands for Windows, and what the file of a server holds: nothing here runs or holds them.
NOT_OURS = {"bat", "ini"}


class Shown(NamedTuple):
    """What a page has one after another. kind: shell for a command, text for the output of what stands before."""

    kind: str
    text: str


def shown(page: Path) -> list[Shown]:
    """Give what a page shows; each line of shell is a command of its own."""
    found = [Shown(kind, text) for kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))]
    return [
        Shown(block.kind, text)
        for block in found
        for text in (block.text.splitlines() if block.kind == "shell" else [block.text])
    ]


def name_of(page: Path) -> str:
    """Give the name of a page in the project."""
    return str(page.relative_to(ROOT))
