# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports below plugins/ keep to the order of the rooms, and to what a target and a controller have."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from tests.unit.drive_trees import write
from tests.unit.rooms import LIBRARY, ORDER, USER_OF_LIBRARY, faults_of, imports_below, room_of

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
SERVER, PROFILE, SMB = "module_utils/_server/a.py", "module_utils/_profile/a.py", "plugin_utils/_smb/a.py"


def test_the_rooms_keep_their_order() -> None:
    assert faults_of(PLUGINS) == []


def test_the_order_names_each_room_that_there_is() -> None:
    assert {room_of(path.relative_to(PLUGINS).as_posix()) for path in PLUGINS.rglob("*.py")} == set(ORDER)


def test_the_imports_are_found() -> None:
    found = imports_below(PLUGINS)
    rooms = {(room_of(each.file), room_of(each.target)) for each in found if each.inside}
    assert {("modules", "module_utils/_inform"), ("connection", "plugin_utils/_smb")} <= rooms
    assert {each.file for each in found if each.target.startswith("impacket")} == {USER_OF_LIBRARY}


def test_of_the_library_public_functions_alone_are_imported_by_name() -> None:
    """So that a version without one of them is missed at once, and nothing hangs on what may change unsaid."""
    tree = ast.parse((PLUGINS / USER_OF_LIBRARY).read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level]
    used = {(str(node.module), alias.name) for node in nodes for alias in node.names}
    of_library = {(module, name) for module, name in used if module.startswith(LIBRARY)}
    assert of_library
    for module, name in of_library:
        assert inspect.isfunction(getattr(import_module(module), name)), name
        assert not name.startswith("_")


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        (SERVER, "from .._profile.a import x", "_server imports upward, from module_utils/_profile"),
        (SERVER, "from .._profile import a", "_server imports upward, from module_utils/_profile"),
        (SERVER, "def f():\n    from .._profile.a import x", "_server imports upward, from module_utils/_profile"),
        (PROFILE, "from ...plugin_utils._smb.a import x", "imports upward, from plugin_utils/_smb"),
        ("modules/a.py", "from ..plugin_utils._smb.a import x", "modules imports upward, from plugin_utils/_smb"),
        (PROFILE, "import ansible_collections.a.b.plugins.c", "is not relative"),
        ("action/a.py", "from ansible_collections.a.b import c", "is not relative"),
        (PROFILE, "import yaml", "yaml is not of the standard library"),
        (PROFILE, "from ansible.errors import x", "ansible is not of the standard library"),
        ("plugin_utils/_smb/b.py", "from impacket import smb", f"impacket is for {USER_OF_LIBRARY} alone"),
        (SMB, "import impacket.smb", f"impacket is for {USER_OF_LIBRARY} alone"),
        ("module_utils/_new/a.py", "", "module_utils/_new: a room without a place in the order"),
        ("module_utils/_profile/b.py", "from .c import x\n", "a circle: "),
    ],
)
def test_a_fault_would_be_found(file: str, text: str, fault: str, tmp_path: Path) -> None:
    for path, right in ((SERVER, "import os"), (PROFILE, "from .._server.a import x"), (SMB, "from ansible import y")):
        write(tmp_path / path, right.encode())
    write(tmp_path / "module_utils/_profile/c.py", b"from . import b")
    write(tmp_path / "module_utils/_profile/b.py")
    assert faults_of(tmp_path) == []
    write(tmp_path / file, text.encode())
    assert fault in "\n".join(faults_of(tmp_path))
