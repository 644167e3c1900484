# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from ansible.utils.display import Display

from ..module_utils._edit.procedure import apply
from ..module_utils._local.editor import LocalEditor
from ..module_utils._options.mspclnt_ini import (
    edit_drives_from,
    edit_request_from,
    mspclnt_ini_spec,
    refuse_drives_over_smb,
)
from ..module_utils._server.text import message
from ..plugin_utils._action import ServerAction
from ..plugin_utils._smb.editor import SmbEditor
from ..plugin_utils._smb.server import SmbServer

if TYPE_CHECKING:
    from ..module_utils._server.editor import Editor

display = Display()


class ActionModule(ServerAction):
    """Run `mspclnt_ini` in process, or as a module."""

    module = "legacy_exchange.winsock_proxy.mspclnt_ini"

    def spec(self) -> dict[str, dict[str, Any]]:
        """Give the module's argument spec."""
        return mspclnt_ini_spec()

    def over_smb(self, server: SmbServer, options: Mapping[str, Any]) -> Editor:
        """Edit files of a server behind SMB."""
        refuse_drives_over_smb(options)
        return SmbEditor(server)

    def here(self, options: Mapping[str, Any]) -> Editor:
        """Edit files of the controller."""
        return LocalEditor(drives=edit_drives_from(options))

    def work(self, files: Editor, options: Mapping[str, Any]) -> dict[str, Any]:
        """Ensure the stanza."""
        request = edit_request_from(options)
        with closing(files):
            result = apply(files, request, check=self._task.check_mode, diff=self._task.diff)
        for note in result["notes"]:
            display.warning(message(f"{request.path}: {note['message']}"))
        return result
