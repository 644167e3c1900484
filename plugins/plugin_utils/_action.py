# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the action plugins share: where the code runs, and how errors reach the user.

PRIVATE to the collection: no part of this file is a public interface.

The controller loads an action plugin before it forks. So the SMB library and the connection
plugin, with its documentation, are loaded here once, and not in each worker.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader, filter_loader, test_loader

from ..module_utils._errors import UserError
from ..module_utils._server.errors import ConnectionLost, Written
from ..module_utils._server.text import gated, message
from ._smb import connect as _connect
from ._smb.server import SmbServer
from ._smb.wire import Refused

# Ansible loads this file once, in the process that makes one of its own for each task of each server: what is loaded
# here is not loaded there. For filters and tests, asking for one loads all of Ansible's.
connection_loader.get("legacy_exchange.winsock_proxy.smb", class_only=True)
filter_loader.get("ansible.builtin.bool")
test_loader.get("ansible.builtin.changed")
PRELOADED = (_connect,)
NO_PYTHON_THERE = ("winrm", "psrp")


class ServerAction(ActionBase):
    """An action that works in process where it can, and runs the module elsewhere.

    In process: over a connection that offers the server's files, and on the controller
    itself, under its own Python, which saves nine tenths of what a module costs.
    """

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = True
    module: ClassVar[str]
    #: The lists of the result that the gate leaves whole.
    whole: ClassVar[tuple[str, ...]] = ()

    def spec(self) -> dict[str, dict[str, Any]]:
        """Give the module's argument spec."""
        raise NotImplementedError

    def over_smb(self, server: SmbServer, options: Mapping[str, Any]) -> Any:
        """Give what `work` needs of a server behind SMB."""
        raise NotImplementedError

    def here(self, options: Mapping[str, Any]) -> Any:
        """Give what `work` needs of drives that are visible on the controller."""
        raise NotImplementedError

    def work(self, files: Any, options: Mapping[str, Any]) -> dict[str, Any]:
        """Do the work and give the result."""
        raise NotImplementedError

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run in process or as a module: the same options, results and errors."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        connect = getattr(self._connection, "smb_server", None)
        if connect is None and not self._is_here(task_vars or {}):
            self._refuse_powershell()
            result.update(self._execute_module(self.module, task_vars=task_vars, wrap_async=bool(self._task.async_val)))
            return result
        if self._connection.become is not None:
            raise AnsibleActionFail(
                "become does nothing over SMB: log on as an administrator of the server instead, and set "
                "'ansible_become: false' for this host (ansible.cfg or -b may have turned it on)"
            )
        if self._task.async_val:
            raise AnsibleActionFail(
                "async does nothing over SMB, where no program runs on the server: leave async out, and raise 'forks' "
                "to work on more servers at once"
            )
        try:
            _validation, options = self.validate_argument_spec(self.spec())
        except AnsibleError as error:
            # Ansible names the file of the plugin, which nobody has written.
            result.update(failed=True, msg=message(error).replace(self._load_name, self._task.action))
            return result
        result.update(self._in_process(connect, options))
        return result

    def _is_here(self, task_vars: dict[str, Any]) -> bool:
        """Tell whether the module would run on the controller, as this user, under this Python."""
        task, connection = self._task, self._connection
        if connection.transport != "local" or connection.become is not None or task.async_val or any(task.environment):
            return False
        return bool(self._templar.template(task_vars.get("ansible_python_interpreter")) == sys.executable)

    def _in_process(self, connect: Callable[[], SmbServer] | None, options: Mapping[str, Any]) -> dict[str, Any]:
        """Give the result; what a user may want to retry is a failure, not an exception."""
        try:
            files = self.over_smb(connect(), options) if connect else self.here(options)
            return gated(self.work(files, options), self.whole)
        except (ConnectionLost, Refused) as error:
            # Without its cause, whose text would be told once more.
            raise AnsibleConnectionFailure(message(f"{self._connection.get_option('host')}: {error}")) from None
        except UserError as error:
            return {"failed": True, "changed": isinstance(error, Written), "msg": message(error)}
        finally:
            if connect:
                self._connection.close()

    def _refuse_powershell(self) -> None:
        transport = self._connection.transport.rpartition(".")[2]
        if transport in NO_PYTHON_THERE:
            raise AnsibleActionFail(
                f"{self.module} does not run over {transport}: reach a Windows NT 4.0, 2000 or 2003 server with "
                "'ansible_connection: legacy_exchange.winsock_proxy.smb', or mount its drives on a machine with Python"
            )


__all__ = ("ServerAction",)
