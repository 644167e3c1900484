# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample server as visible drives, and a look at it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.event_log import DriveEventLog
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.registry import DriveRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_from,
)

from tests.lab.servers import Sample


def ask(folder: Path, sample: Sample, **options: Any) -> dict[str, Any]:
    drives = {each.name: str(each) for each in folder.iterdir()}
    request = look_request_from({**sample.options, "drives": drives, **options})
    files = DriveFiles(request.drives)
    return inform(
        files,
        request,
        False,
        lambda root: DriveRegistry(files, root),
        lambda root, registry: DriveEventLog(files, root, registry),
    )


def furnish(folder: Path, sample: Sample) -> Path:
    sample.furnish(folder)
    sample.add_hives(folder)
    return folder / "C" / "mspclnt"
