# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils._detect.gather import OpenRegistry
from ..module_utils._inform import inform
from ..module_utils._local.files import DriveFiles, drives_from
from ..module_utils._local.registry import DriveRegistry
from ..module_utils._options import (
    OptionError,
    emsmta_info_spec,
)
from ..module_utils._server.protocols import Files
from ..plugin_utils._action import ServerAction
from ..plugin_utils._smb.files import SmbFiles
from ..plugin_utils._smb.registry import SmbRegistry
from ..plugin_utils._smb.server import SmbServer

Machine = tuple[Files, OpenRegistry]


class ActionModule(ServerAction):
    """Run `emsmta_info` in process, or as a module."""

    module = "legacy_exchange.winsock_proxy.emsmta_info"

    def spec(self) -> dict[str, dict[str, Any]]:
        """Give the module's argument spec."""
        return emsmta_info_spec()

    def over_smb(self, server: SmbServer, options: Mapping[str, Any]) -> Machine:
        """Look at the drives that a server behind SMB has."""
        if options["drives"] or options["drives_complete"]:
            raise OptionError(
                "drives: over SMB the server's own drives are looked at; leave drives and drives_complete out"
            )
        return SmbFiles(server), lambda _root: SmbRegistry(server)

    def here(self, options: Mapping[str, Any]) -> Machine:
        """Look at drives that are visible on the controller."""
        files = DriveFiles(drives_from(options["drives"]))
        return files, lambda root: DriveRegistry(files, root)

    def work(self, files: Machine, options: Mapping[str, Any]) -> dict[str, Any]:
        """Detect and judge."""
        return inform(files[0], options, self._task.check_mode, files[1])
