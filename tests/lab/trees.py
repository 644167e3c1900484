# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registries as data: nested mappings, where a name that begins with "=" is a value.

``{"SYSTEM": {"Select": {"=Current": 1}}}``. A text is REG_SZ, a number REG_DWORD, a list of
texts REG_MULTI_SZ, bytes REG_BINARY, and an Expand REG_EXPAND_SZ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Tree = Mapping[str, Any]
SZ, EXPAND_SZ, BINARY, DWORD, MULTI_SZ = 1, 2, 3, 4, 7


class Expand(str):
    """A text in which Windows replaces the names of variables."""


def stored(value: Any) -> tuple[int, bytes]:
    """Give a value as Windows stores it: its type number and its bytes."""
    if isinstance(value, bytes):
        return BINARY, value
    if isinstance(value, int):
        return DWORD, value.to_bytes(4, "little")
    if isinstance(value, str):
        return EXPAND_SZ if isinstance(value, Expand) else SZ, (value + "\0").encode("utf-16-le")
    return MULTI_SZ, "".join(part + "\0" for part in [*value, ""]).encode("utf-16-le")


def system_root_of(drives: Mapping[str, Iterable[str]]) -> str:
    """Give the system folder of a server with these files, where System.ini is, as drive and path below it."""
    files = (f"{letter}/{path}" for letter, paths in drives.items() for path in paths)
    return next((path.rpartition("/")[0] for path in files if path.upper().endswith("/SYSTEM.INI")), "C/WINNT")


def registry_of(drives: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """Give the registry of a Windows NT 4.0 server with these files: with the MTA's service where EMSMTA.EXE is."""
    programs = [f"{letter}:\\{path}".replace("/", "\\") for letter, files in drives.items() for path in files]
    programs = [path for path in programs if path.lower().endswith("emsmta.exe")]
    mta = {"=ImagePath": programs[0], "=Start": 2, "=ObjectName": "LAB\\exchange"} if programs else None
    root = system_root_of(drives).replace("/", ":\\", 1)
    version = {"=CurrentVersion": "4.0", "=CSDVersion": "Service Pack 6", "=SystemRoot": root}
    programs_folder = {"=ProgramFilesDir": f"{root[:2]}\\Program Files"}
    suites = {"=ProductSuite": ["Small Business"]} if root.endswith(".SBS") else {}
    control = {"Services": {"MSExchangeMTA": mta} if mta else {}, "Control": {"ProductOptions": suites}}
    return {
        "SYSTEM": {"CurrentControlSet": control},
        "SOFTWARE": {
            "Microsoft": {"Windows": {"CurrentVersion": programs_folder}, "Windows NT": {"CurrentVersion": version}}
        },
    }


def find(tree: Tree, path: str) -> Tree | None:
    """Give a key by its path, blind to case; None where there is none."""
    for name in filter(None, path.split("\\")):
        found = [tree[key] for key in tree if key.lower() == name.lower()]
        if not found:
            return None
        tree = found[0]
    return tree


def value(tree: Tree, name: str) -> tuple[int, bytes] | None:
    """Give a value of a key; None where there is none."""
    found = [tree[key] for key in tree if key.lower() == "=" + name.lower()]
    return stored(found[0]) if found else None
