# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..module_utils._detect.events import OpenLog
from ..module_utils._detect.gather import OpenRegistry
from ..module_utils._inform import inform
from ..module_utils._local.event_log import DriveEventLog
from ..module_utils._local.files import DriveFiles
from ..module_utils._local.registry import DriveRegistry
from ..module_utils._options.emsmta_info import (
    LookRequest,
    emsmta_info_spec,
    look_request_from,
    look_request_over_smb,
)
from ..module_utils._server.protocols import Files
from ..module_utils._verdict import in_force as _in_force
from ..module_utils._verdict import logged as _logged
from ..plugin_utils._action import ServerAction
from ..plugin_utils._smb.event_log import SmbEventLog
from ..plugin_utils._smb.files import SmbFiles
from ..plugin_utils._smb.registry import SmbRegistry
from ..plugin_utils._smb.server import SmbServer

# What only some looks need is loaded here once, and not in each of the processes that Ansible makes.
PRELOADED = (_in_force, _logged)


class Wanted(NamedTuple):
    """A server, and the look at it that was asked for."""

    files: Files
    open_registry: OpenRegistry
    open_log: OpenLog
    request: LookRequest


class ActionModule(ServerAction):
    """Run `emsmta_info` in process, or as a module."""

    module = "legacy_exchange.winsock_proxy.emsmta_info"

    def spec(self) -> dict[str, dict[str, Any]]:
        """Give the module's argument spec."""
        return emsmta_info_spec()

    def over_smb(self, server: SmbServer, options: Mapping[str, Any]) -> Wanted:
        """Look at the drives that a server behind SMB has."""
        return Wanted(
            SmbFiles(server),
            lambda _root: SmbRegistry(server),
            lambda _root, _registry: SmbEventLog(server),
            look_request_over_smb(options),
        )

    def here(self, options: Mapping[str, Any]) -> Wanted:
        """Look at drives that are visible on the controller."""
        request = look_request_from(options)
        files = DriveFiles(request.drives)
        return Wanted(
            files,
            lambda root: DriveRegistry(files, root),
            lambda root, registry: DriveEventLog(files, root, registry),
            request,
        )

    def work(self, files: Wanted, options: Mapping[str, Any]) -> dict[str, Any]:
        """Detect and judge."""
        server, open_registry, open_log, request = files
        return inform(server, request, self._task.check_mode, open_registry, open_log)
