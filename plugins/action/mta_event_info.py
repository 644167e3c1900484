# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..module_utils._event_info import WHOLE, event_info, log_on_drives
from ..module_utils._events.source import EventSource
from ..module_utils._options.mta_event_info import (
    EventRequest,
    event_request_from,
    event_request_over_smb,
    mta_event_info_spec,
)
from ..module_utils._server.protocols import Registry
from ..plugin_utils._action import ServerAction
from ..plugin_utils._smb.event_log import SmbEventLog
from ..plugin_utils._smb.registry import SmbRegistry
from ..plugin_utils._smb.server import SmbServer


class Wanted(NamedTuple):
    """An event log, the registry beside it, and the events that were asked for."""

    source: EventSource
    registry: Registry
    request: EventRequest


class ActionModule(ServerAction):
    """Run `mta_event_info` in process, or as a module."""

    module = "legacy_exchange.winsock_proxy.mta_event_info"
    whole = WHOLE

    def spec(self) -> dict[str, dict[str, Any]]:
        """Give the module's argument spec."""
        return mta_event_info_spec()

    def over_smb(self, server: SmbServer, options: Mapping[str, Any]) -> Wanted:
        """Read a log that a server behind SMB gives."""
        request = event_request_over_smb(options)
        return Wanted(SmbEventLog(server, request.log), SmbRegistry(server), request)

    def here(self, options: Mapping[str, Any]) -> Wanted:
        """Read a log on drives that are visible on the controller."""
        request = event_request_from(options)
        return Wanted(*log_on_drives(request), request)

    def work(self, files: Wanted, options: Mapping[str, Any]) -> dict[str, Any]:
        """Read, and tell."""
        source, registry, request = files
        return event_info(source, request, registry)
