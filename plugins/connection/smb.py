# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: smb
short_description: Reach Windows NT 4.0 and 2000 servers over SMB1, with nothing installed on them
version_added: 0.2.0
author:
  - The legacy_exchange.winsock_proxy authors (@legacy-exchange)
description:
  - Reads and edits files of a Windows NT 4.0, 2000 or 2003 server through its administrative shares (C$, D$, ADMIN$).
  - The code runs on the controller. Nothing is installed or started on the server.
  - Only the modules of this collection work over it. Whatever needs a command on the server fails and says so.
  - Speaks SMB1 alone, since no server in scope speaks anything newer. SMB1 neither encrypts nor proves who the server
    is; use it in a network that you trust.
requirements:
  - impacket >= 0.13.1 on the controller
notes:
  - A refused logon is not tried again in the same run, and a domain account that was refused on one host is not tried
    on another, so that a wrong password does not lock it.
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
      - User name, also as C(DOMAIN\\user). Files behind administrative shares need an administrator.
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
      - How to log on. V(ntlmv2) needs Windows 2000, or NT 4.0 from service pack 4 on.
      - V(ntlmv1) is for older servers. Who records such a logon can find the password, so it is used only when asked
        for.
    type: str
    choices: [ntlmv2, ntlmv1]
    default: ntlmv2
    vars:
      - name: ansible_smb_auth
  netbios_name:
    description: NetBIOS name of the server, which port 139 may want. Without it C(*SMBSERVER) is used.
    type: str
    default: "*SMBSERVER"
    vars:
      - name: ansible_smb_netbios_name
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
    description: Seconds that a whole task may take on one server.
    type: int
    default: 120
    vars:
      - name: ansible_smb_deadline
"""

from typing import Any, NoReturn

from ansible import constants
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.connection import ConnectionBase
from ansible.utils.display import Display
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server import ConnectionLost
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils import _smb
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._logon import LogonRefused, log_on_once
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._netbios import Deadline, Refused, Wire
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb_server import SmbServer
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._status import REFUSED_LOGONS, StatusError

display = Display()
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
        self.wire: Wire | None = None

    def _connect(self) -> Connection:
        # A session is made when an action asks for a file, with the limits of its task.
        self._connected = True
        return self

    def smb_server(self) -> SmbServer:
        """Give the server, connected and logged on; raise AnsibleConnectionFailure when that fails."""
        if _smb.IMPORT_ERROR is not None:
            raise AnsibleError(
                "The connection legacy_exchange.winsock_proxy.smb needs the Python library impacket on the controller: "
                f"pip install impacket ({_smb.IMPORT_ERROR})"
            )
        if self._server is None:
            host = self.get_option("host")
            names = (self._play_context.remote_addr or "", self.get_option("netbios_name"))
            deadline = Deadline(self.get_option("timeout"), self.get_option("deadline"))
            self._server = SmbServer(host, names, lambda: self._log_on(host, deadline))
        try:
            self._server.session  # noqa: B018
        except (ConnectionLost, Refused, StatusError, OSError) as error:
            raise AnsibleConnectionFailure(f"{self.get_option('host')}: {_words(error)}") from error
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

    def close(self) -> None:
        """End the session."""
        if self._server is not None:
            self._server.disconnect()
            self._server = None
        self._connected = False

    def _account(self) -> _smb.Account:
        user, domain = self.get_option("remote_user") or "", self.get_option("domain")
        if "\\" in user:
            domain, user = user.split("\\", 1)
        if not user:
            raise Refused("no user is given: set ansible_user and ansible_password (or -u and -k)")
        auth = self.get_option("auth")
        if auth == "ntlmv1":
            display.warning(
                f"{self.get_option('host')}: logging on by NTLMv1, as asked for; who records it can find the password"
            )
        return _smb.Account(str(user), str(self.get_option("password") or ""), str(domain), auth)

    def _log_on(self, host: str, deadline: Deadline) -> _smb.Session:
        account = self._account()
        session: list[_smb.Session] = []

        def log_on() -> None:
            session.append(self._open_session(host, deadline))
            try:
                session[0].log_on(account)
            except StatusError as error:
                session[0].close()
                if error.status in REFUSED_LOGONS:
                    raise LogonRefused(f"logon of {account.user} refused: {error}") from error
                raise
            except Exception:
                session[0].close()
                raise

        folder = constants.DEFAULT_LOCAL_TMP
        log_on_once(folder, host, account.user, account.domain, log_on)
        return session[0]

    def _open_session(self, host: str, deadline: Deadline) -> _smb.Session:
        port = self.get_option("port")
        called = self.get_option("netbios_name")
        failures = []
        for number in (port,) if port else (445, 139):
            try:
                self.wire = Wire(host, number, deadline, called)
                return _smb.Session(self.wire, called, host)
            except (ConnectionLost, Refused, OSError) as error:
                failures.append(f"port {number}: {_words(error)}")
        raise Refused("; ".join(failures))


def _words(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused: no file service listens there"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
