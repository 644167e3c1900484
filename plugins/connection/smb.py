# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: smb
short_description: Reach Windows NT 4.0, 2000 and 2003 servers over SMB1, with nothing installed on them
version_added: 1.0.0
author:
  - The legacy_exchange.winsock_proxy authors (@legacy-exchange)
description:
  - Reads and edits files of a Windows NT 4.0, 2000 or 2003 server through its administrative shares (C$, D$, ADMIN$).
  - The code runs on the controller. Nothing is installed or started on the server.
  - Only the modules of this collection work over it. Whatever needs a command on the server fails and says so.
  - Speaks SMB1 alone, since no server in scope speaks anything newer. SMB1 neither encrypts nor proves who the server
    is; use it in a network that you trust.
requirements:
  - impacket >= 0.10.0 on the controller
notes:
  - A refused logon is not tried again on that host in the same run. Of a domain account (C(DOMAIN\user) or
    C(user@domain)) no more logons are under way at once than hosts have accepted it so far, and the first refusal ends
    it for all hosts, so that a wrong password does not lock it. A logon that the server does not answer may have been
    a bad one, and counts as such. Another password is tried.
  - A guest session that a server grants in place of a real one is refused.
options:
  host:
    description: Name or address of the server.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
      - name: ansible_smb_host
  port:
    description:
      - TCP port. Without it, 445 is tried, and then 139 with the NetBIOS session service, which is all that NT 4.0 has.
    type: int
    keyword:
      - name: port
    vars:
      - name: ansible_port
      - name: ansible_smb_port
  remote_user:
    description:
      - User name, also as C(DOMAIN\user). Files behind administrative shares need an administrator.
    type: str
    keyword:
      - name: remote_user
    cli:
      - name: user
        option: --user
    vars:
      - name: ansible_user
      - name: ansible_smb_user
  password:
    description: Password of the user.
    type: str
    vars:
      - name: ansible_password
      - name: ansible_smb_pass
      - name: ansible_smb_password
  domain:
    description: Domain of the user; empty for an account of the server itself.
    type: str
    default: ""
    vars:
      - name: ansible_smb_domain
  auth:
    description:
      - How to log on. V(ntlmv2) needs Windows 2000, or NT 4.0 from service pack 4 on, and a clock there that is right
        to half an hour (KB Q147706).
      - V(ntlmv1) is for older servers. Anyone who records such a logon can find the password, so it is used only when
        asked for.
    type: str
    choices: [ntlmv2, ntlmv1]
    default: ntlmv2
    vars:
      - name: ansible_smb_auth
  netbios_name:
    description:
      - NetBIOS name of the server, which port 139 may want. Without it C(*SMBSERVER) is used.
      - UNC paths may name the server by it as well.
    type: str
    default: "*SMBSERVER"
    vars:
      - name: ansible_smb_netbios_name
  inventory_name:
    description: Name of the host in the inventory, by which UNC paths may name the server as well.
    type: str
    default: ""
    vars:
      - name: inventory_hostname
  timeout:
    description: Seconds that the connection, and each request, may take.
    type: int
    default: 10
    env:
      - name: ANSIBLE_TIMEOUT
    ini:
      - section: defaults
        key: timeout
    cli:
      - name: timeout
    vars:
      - name: ansible_timeout
      - name: ansible_smb_timeout
  deadline:
    description:
      - Seconds that a whole task may take on one server.
      - It does not count the wait for logons to other servers, which has the same limit.
    type: int
    default: 120
    vars:
      - name: ansible_smb_deadline
"""

from typing import TYPE_CHECKING, Any, NoReturn

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.connection import ConnectionBase

from ..module_utils._server.text import message

if TYPE_CHECKING:
    from ..plugin_utils._smb.server import SmbServer

NO_COMMANDS = (
    "The connection legacy_exchange.winsock_proxy.smb runs no commands and no modules on the server: use this "
    "collection's mspclnt_ini, emsmta_info and role emsmta_bypass, and set 'gather_facts: false' or "
    "'ansible_facts_modules: []'"
)


class Connection(ConnectionBase):
    """Files of a server behind SMB1. The action plugins ask it for ``smb_server``."""

    transport = "legacy_exchange.winsock_proxy.smb"
    has_pipelining = False
    has_tty = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._server: SmbServer | None = None

    def _connect(self) -> Connection:
        # A session is made when an action asks for a file, with the limits of its task.
        self._connected = True
        return self

    def smb_server(self) -> SmbServer:
        """Give the server, connected and logged on; raise AnsibleConnectionFailure when that fails."""
        # Not at the top: tasks that only pass by, such as debug, would load the SMB library in each worker.
        from ..plugin_utils._smb.connect import connect

        if self._server is None:
            try:
                self._server = connect(self.get_option)
            except AnsibleConnectionFailure as error:
                raise AnsibleConnectionFailure(message(error)) from None
        return self._server

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> NoReturn:
        """Refuse: nothing is run on the server."""
        raise AnsibleError(NO_COMMANDS)

    def put_file(self, in_path: str, out_path: str) -> NoReturn:
        """Refuse: files are edited by the modules of this collection only."""
        raise AnsibleError(NO_COMMANDS)

    def fetch_file(self, in_path: str, out_path: str) -> NoReturn:
        """Refuse: files are read by the modules of this collection only."""
        raise AnsibleError(NO_COMMANDS)

    def reset(self) -> None:
        """End the session; the next task makes a new one."""
        self.close()

    def close(self) -> None:
        """End the session."""
        if self._server is not None:
            self._server.disconnect()
            self._server = None
        self._connected = False
