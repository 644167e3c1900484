# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of the connection to a session that is logged on.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from ansible import constants
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.utils.display import Display

from ...module_utils._server.errors import ConnectionLost, ServerError
from .logons import (
    ACCOUNT,
    HOST,
    PASSWORD,
    LogonRefused,
    Logons,
)
from .ntlm import Account
from .server import SmbServer
from .session import IMPORT_ERROR, Session
from .status import (
    BAD_ACCOUNT,
    NOT_LOOKED_AT,
    NOT_ON_THIS_HOST,
    REFUSED_LOGONS,
    StatusError,
)
from .wire import (
    Deadline,
    NotProved,
    Refused,
    Wire,
)

display = Display()
# Windows 2000 listens on the first, NT 4.0 on the second only.
PORTS = (445, 139)

Options = Callable[[str], Any]


def connect(option: Options) -> SmbServer:
    """Give the server that the options name, with a session.

    Raises AnsibleConnectionFailure when it cannot be had, AnsibleError without the library.
    """
    if IMPORT_ERROR is not None:
        raise AnsibleError(
            "The connection legacy_exchange.winsock_proxy.smb needs the Python library impacket on the controller: "
            f"pip install --upgrade impacket ({IMPORT_ERROR})"
        )
    host = option("host")
    deadline = Deadline(option("timeout"), option("deadline"))
    names = (option("inventory_name"), option("netbios_name"))
    server = SmbServer(host, names, lambda: _log_on(option, host, deadline))
    try:
        server.reconnect()
    except (ConnectionLost, ServerError, Refused, StatusError, OSError) as error:
        # Without its cause, whose text would be told once more.
        raise AnsibleConnectionFailure(f"{host}: {_sentence(error)}") from None
    return server


def _account(option: Options) -> Account:
    user, domain = option("remote_user") or "", option("domain")
    if "\\" in user:
        domain, user = user.split("\\", 1)
    password = option("password")
    if not user:
        raise Refused("no user is given: set ansible_user and ansible_password (or -u and -k)")
    if password is None:
        raise Refused("no password is given: set ansible_password (or -k)")
    _refuse_unwritable(str(user), str(password), str(domain))
    auth = option("auth")
    if auth == "ntlmv1":
        display.warning(
            f"{option('host')}: logging on by NTLMv1, as asked for; anyone who records it can find the password"
        )
    return Account(str(user), str(password), str(domain), auth)


def _refuse_unwritable(*texts: str) -> None:
    """Refuse what is no text, as bytes of another code page are that came in by the environment."""
    try:
        "".join(texts).encode("utf-16-le")
    except UnicodeEncodeError:
        raise Refused("user, domain or password holds bytes that are no UTF-8: write them in UTF-8") from None


def _log_on(option: Options, host: str, deadline: Deadline) -> Session:
    account = _account(option)
    name = f"{account.domain}\\{account.user}".lstrip("\\")
    logons = Logons(constants.DEFAULT_LOCAL_TMP, host, account, option("deadline"))
    logons.check()
    session = _open_session(option, host, deadline)

    def log_on(waited: float) -> None:
        deadline.extend(waited)
        try:
            session.log_on(account)
        except StatusError as error:
            if error.status in REFUSED_LOGONS:
                raise LogonRefused(f"logon of {name} refused: {error}", _about(error)) from error
            if error.status in NOT_LOOKED_AT:
                raise
            raise ConnectionLost(f"logon of {name} neither taken nor refused: {error}") from error
        except NotProved as error:
            raise LogonRefused(f"logon of {name} not proved: {error}") from error

    try:
        # Before others are waited for: what does not answer must not hold them up.
        session.prepare(account)
        logons.log_on_once(log_on)
    except BaseException:
        session.close()
        raise
    return session


def _about(error: StatusError) -> str:
    return HOST if error.status in NOT_ON_THIS_HOST else ACCOUNT if error.status in BAD_ACCOUNT else PASSWORD


def _open_session(option: Options, host: str, deadline: Deadline) -> Session:
    port, called = option("port"), option("netbios_name")
    failures = []
    for each in (port,) if port else PORTS:
        try:
            return Session(Wire(host, each, deadline, called))
        except (ConnectionLost, Refused, OSError) as error:
            failures.append(f"port {each}: {_sentence(error)}")
    raise Refused("; ".join(failures))


def _sentence(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return (
            "connection refused: no file service listens there, or a firewall is in between; check ansible_host and "
            "ansible_port"
        )
    if isinstance(error, socket.gaierror):
        return f"{error.strerror}: check ansible_host"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)


__all__ = ("connect",)
