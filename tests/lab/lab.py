# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samba as Windows NT servers on loopback: one smbd, many addresses, drives of their own.

It shows SMB1, logons, share modes and errors as Samba has them. It cannot show the timing
of a real NT 4.0 server, nor its small buffers, which Samba announces but does not enforce.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

PASSWORD = "N0t-in-any-output"
USER = "administrator"
# Kinds of servers, for `extra`. What NT 4.0 has by default; see tests/lab/nt4.py for the rest of it.
SMALL_BUFFERS = "max xmit = 4356\n large readwrite = no"
SIGNING = "server signing = mandatory"
PORTS_OF_NT = (445, 139)
# smbd lies there, which not all users have in PATH.
SYSTEM_PROGRAMS = "/usr/sbin"
# smbd makes sockets in these, such as private/msg.sock/4194304, and locks whose paths it keeps in the room for
# that of a socket: at most 107 characters.
SOCKETS = ("private", "ncalrpc", "lock")
LONGEST = 80
FOLDERS = ("state", "cache", "pid", "log")
CONF = """[global]
 workgroup = LAB
 netbios name = NTLAB
 server role = standalone server
 server min protocol = NT1
 server max protocol = NT1
 ntlm auth = yes
 raw NTLMv2 auth = yes
 interfaces = {interfaces}
 bind interfaces only = yes
 hosts allow = 127.
 smb ports = {ports}
 disable netbios = yes
 state directory = {base}/state
 cache directory = {base}/cache
 lock directory = {sockets}/lock
 private dir = {sockets}/private
 ncalrpc dir = {sockets}/ncalrpc
 pid directory = {base}/pid
 log file = {base}/log/smbd.log
 log level = 1 auth_audit:3
 max log size = 0
 passdb backend = tdbsam
 username map = {base}/usermap
 load printers = no
 disable spoolss = yes
 rpc start on demand helpers = no
 {extra}
{shares}"""
SHARE = """[{name}]
 path = {path}
 read only = no
 case sensitive = no
 acl allow execute always = yes
 map readonly = yes
 store dos attributes = no
"""
BAD_LOGON = re.compile(r"Auth: \[SMB,.*?status \[NT_STATUS_(?!OK)", re.IGNORECASE)


class Lab:
    """NT servers at loopback addresses; a context manager. Drives lie in ``base/hosts/ADDRESS/LETTER``.

    extra: more settings of smbd. ports: without them, a free one. first: how many addresses to leave out.
    hidden: drives that are not shared.
    """

    def __init__(
        self,
        base: Path,
        count: int,
        extra: str = "",
        drives: str = "CD",
        ports: Sequence[int] = (),
        first: int = 0,
        hidden: str = "",
    ) -> None:
        self.base = base
        self.addresses = free_addresses(count, first)
        self._ports = ports or (free_port(self.addresses[0]),)
        self.port = self._ports[0]
        self._extra = extra
        self._drives = drives
        self._shared = [letter for letter in drives if letter not in hidden]
        self._sockets = base
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of smbd, which leads a process group of its own."""
        return self._process.pid if self._process else 0

    def drive(self, address: str, letter: str) -> Path:
        """Give the folder of a drive."""
        return self.base / "hosts" / address / letter

    def put_system_root(self, address: str, folder: str) -> None:
        """Say which folder the share ADMIN$ is, as the letter of a drive and the path below it."""
        link = self.base / "hosts" / address / "ADMIN"
        link.unlink(missing_ok=True)
        link.symlink_to(folder)

    def __enter__(self) -> Lab:
        for name in FOLDERS:
            (self.base / name).mkdir(parents=True, exist_ok=True, mode=0o755)
        self._make_sockets()
        for address in self.addresses:
            for letter in self._drives:
                self.drive(address, letter).mkdir(parents=True, exist_ok=True)
            (self.drive(address, "C") / "WINNT").mkdir(exist_ok=True)
            self.put_system_root(address, "C/WINNT")
        (self.base / "usermap").write_text(f"{_own_name()} = {USER}\n")
        (self.base / "smb.conf").write_text(self._conf())
        self._add_user()
        self._process = subprocess.Popen(
            [found("smbd"), "-s", str(self.base / "smb.conf"), "-F", "--no-process-group"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._wait()
        except RuntimeError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()
        remove_sockets(self.base)

    def bad_logons(self) -> int:
        """Count the logons that the servers refused."""
        return len(BAD_LOGON.findall((self.base / "log" / "smbd.log").read_text(errors="replace")))

    def _make_sockets(self) -> None:
        """Make the folders of sockets; when the path is too long for them, elsewhere, and links to there."""
        if len(str(self.base)) > LONGEST:
            places = (tempfile.gettempdir(), "/tmp")
            # The name of the new folder has ten characters.
            self._sockets = Path(tempfile.mkdtemp(dir=next(each for each in places if len(each) + 11 <= LONGEST)))
        for name in SOCKETS:
            (self._sockets / name).mkdir(exist_ok=True, mode=0o755)
            if self._sockets != self.base:
                (self.base / name).symlink_to(self._sockets / name)
        (self._sockets / "lock" / "msg.lock").mkdir(exist_ok=True, mode=0o755)
        (self._sockets / "private").chmod(0o700)

    def _conf(self) -> str:
        hosts = f"{self.base}/hosts/%i"
        shares = [SHARE.format(name=f"{letter}$", path=f"{hosts}/{letter}") for letter in self._shared]
        shares.append(SHARE.format(name="ADMIN$", path=f"{hosts}/ADMIN"))
        interfaces = " ".join(f"{address}/8" for address in self.addresses)
        ports = " ".join(str(port) for port in self._ports)
        return CONF.format(
            base=self.base,
            sockets=self._sockets,
            ports=ports,
            interfaces=interfaces,
            extra=self._extra,
            shares="".join(shares),
        )

    def _add_user(self) -> None:
        # smbpasswd wants root for this.
        command = [found("pdbedit"), "-s", str(self.base / "smb.conf"), "-t", "-a", _own_name()]
        text = f"{PASSWORD}\n{PASSWORD}\n"
        subprocess.run(command, input=text, text=True, check=True, capture_output=True)

    def _wait(self) -> None:
        for _attempt in range(200):
            try:
                socket.create_connection((self.addresses[-1], self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"smbd does not start; see {self.base / 'log'}")


def _own_name() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def remove_sockets(base: Path) -> None:
    """Remove the folders of sockets that a lab has elsewhere, and the links to them."""
    for link in (base / name for name in SOCKETS):
        if link.is_symlink():
            shutil.rmtree(link.readlink().parent, ignore_errors=True)
            link.unlink()


def found(program: str) -> str:
    """Give the path of a program of Samba; raise RuntimeError when it is not installed."""
    path = shutil.which(program) or shutil.which(program, path=SYSTEM_PROGRAMS)
    if path is None:
        raise RuntimeError(f"there is no {program}: install the Debian package samba")
    return path


def free_addresses(count: int, first: int = 0) -> list[str]:
    """Give loopback addresses that this process has to itself, leaving out the first ones."""
    net = f"127.{20 + os.getpid() % 200}"
    third = os.getpid() // 200 % 250
    return [f"{net}.{(third + at // 250) % 250}.{at % 250 + 1}" for at in range(first, first + count)]


def free_port(address: str) -> int:
    """Give a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


def may_listen(addresses: Sequence[str], ports: Sequence[int]) -> bool:
    """Tell whether this user may listen on these ports, and nothing else does."""
    for address in addresses:
        for port in ports:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((address, port))
                except OSError:
                    return False
    return True
