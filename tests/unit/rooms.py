# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms below plugins/, what they import, and which of these imports must not be."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

# Lowest first: a room imports from itself and from those before it.
ORDER = (
    "module_utils/_errors",
    "module_utils/_server",
    "module_utils/_profile",
    "module_utils/_windows",
    "module_utils/_events",
    "module_utils/_detect",
    "module_utils/_verdict",
    "module_utils/_options",
    "module_utils/_edit",
    "module_utils/_local",
    "module_utils/_inform",
    "module_utils/_event_info",
    # Before plugin_utils, none of which travels to a target.
    "modules",
    "plugin_utils/_smb",
    "plugin_utils/_role_words",
    "plugin_utils/_bypass",
    "plugin_utils/_report",
    "plugin_utils/_action",
    "action",
    "connection",
    "doc_fragments",
)
# The one file that knows the SMB library.
LIBRARY, USER_OF_LIBRARY = "impacket", "plugin_utils/_smb/session.py"


class Import(NamedTuple):
    """An import of a file: where it stands, and what it names.

    target: a file below the folder, or the dotted name of a module from elsewhere.
    """

    file: str
    line: int
    target: str

    @property
    def inside(self) -> bool:
        """Tell whether it is relative."""
        return "/" in self.target


def imports_below(folder: Path) -> list[Import]:
    """Give all imports of all Python files below a folder, those within functions too."""
    files = sorted(folder.rglob("*.py"))
    return [found for file in files for found in _imports_of(file, folder)]


def _imports_of(file: Path, folder: Path) -> Iterator[Import]:
    name = file.relative_to(folder).as_posix()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(name, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield Import(name, node.lineno, node.module or "")
        elif isinstance(node, ast.ImportFrom):
            base = file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for target in {_file_of(base, alias.name) for alias in node.names}:
                yield Import(name, node.lineno, target.relative_to(folder).as_posix())


def _file_of(base: Path, name: str) -> Path:
    """Give the file that holds a name: one so called in a folder, or the one that defines it."""
    return base / f"{name}.py" if base.is_dir() else base.with_suffix(".py")


def room_of(file: str) -> str:
    """Give the room of a file: a folder or a file of the utils, or the folder of a kind of plugins."""
    first, *rest = file.removesuffix(".py").split("/")
    return f"{first}/{rest[0]}" if first.endswith("_utils") else first


def faults_of(folder: Path) -> list[str]:
    """Give what is wrong with the imports below a folder, each with its place."""
    imports = imports_below(folder)
    unknown = {room_of(file.relative_to(folder).as_posix()) for file in folder.rglob("*.py")} - set(ORDER)
    faults = [f"{room}: a room without a place in the order" for room in sorted(unknown)]
    faults += [f"{each.file}:{each.line}: {fault}" for each in imports if (fault := _fault(each))]
    return faults + _circles(imports)


def _fault(found: Import) -> str:
    if found.inside:
        ours, theirs = room_of(found.file), room_of(found.target)
        upward = {ours, theirs} <= set(ORDER) and ORDER.index(theirs) > ORDER.index(ours)
        return f"{ours} imports upward, from {theirs}" if upward else ""
    top = found.target.partition(".")[0]
    if top == "ansible_collections":
        return f"the import of {found.target} is not relative"
    if top == LIBRARY and found.file != USER_OF_LIBRARY:
        return f"{LIBRARY} is for {USER_OF_LIBRARY} alone"
    if found.file.startswith("module_utils/") and top not in sys.stdlib_module_names:
        return f"{top} is not of the standard library"
    return ""


def _circles(imports: list[Import]) -> list[str]:
    graph: dict[str, set[str]] = {}
    for each in imports:
        if each.inside:
            graph.setdefault(each.file, set()).add(each.target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return ["a circle: " + " - ".join(error.args[1])]
    return []
