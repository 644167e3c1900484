# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much the MTA logs, as a hive of its server tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._detect.levels import levels_of
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.registry import DriveRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError

from tests.lab.hives import hive
from tests.unit.drive_trees import build


def registry(folder: Path, services: dict[str, Any]) -> DriveRegistry:
    tree = {"Select": {"=Current": 1}, "ControlSet001": {"Services": services}}
    return DriveRegistry(DriveFiles(build(folder, {"C/WINNT/system32/config/system": hive(tree)})), "C:\\WINNT")


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        ({}, None),
        ({"=2 Resource": 5}, None),
        ({"=7 Configuration": 0}, {"7 Configuration": 0}),
        ({"=7 Configuration": "5", "=1 X.400 Service": 3}, {"1 X.400 Service": 3}),
        (
            {"=1 X.400 Service": 0, "=4 Interface": 1, "=7 configuration": 3, "=9 Operating System": 5, "=12 APDU": 4},
            {"1 X.400 Service": 0, "4 Interface": 1, "7 Configuration": 3, "9 Operating System": 5},
        ),
    ],
)
def test_the_levels_that_are_told(values: dict[str, Any], levels: dict[str, int] | None, tmp_path: Path) -> None:
    assert levels_of(registry(tmp_path, {"MSExchangeMTA": {"Diagnostics": values}})) == levels


def test_a_server_without_an_mta(tmp_path: Path) -> None:
    assert levels_of(registry(tmp_path, {})) is None


def test_a_registry_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ServerError):
        levels_of(DriveRegistry(DriveFiles(build(tmp_path, {"C/x": b""})), "C:\\WINNT"))
