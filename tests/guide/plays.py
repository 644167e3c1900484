# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays and tasks that pages and modules show."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.guide.pages import ROOT, name_of, shown

MODULES = sorted((ROOT / "plugins" / "modules").glob("*.py"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "roles").rglob("*.md"))]


class Block(NamedTuple):
    """A piece of YAML, and the file that shows it."""

    where: str
    text: str

    @property
    def data(self) -> Any:
        """Give what the text holds."""
        return yaml.safe_load(self.text)

    @property
    def is_of_plays(self) -> bool:
        """Tell whether it holds plays, or playbooks to import."""
        return self.is_list and all("hosts" in each or "ansible.builtin.import_playbook" in each for each in self.data)

    @property
    def is_list(self) -> bool:
        """Tell whether it holds plays or tasks, and not variables."""
        return isinstance(self.data, list)


def examples_of(module: Path) -> Block:
    """Give EXAMPLES of a module."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    (found,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES"
    )
    return Block(name_of(module), found)


def blocks() -> Iterator[Block]:
    """Give all YAML that the pages and the modules show."""
    for page in PAGES:
        yield from (Block(name_of(page), each.text) for each in shown(page) if each.kind == "yaml")
    yield from map(examples_of, MODULES)
