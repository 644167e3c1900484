# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samba as Windows NT servers on loopback: one smbd, many addresses, drives of their own.

It shows SMB1, logons, share modes and errors as Samba has them. It cannot show the timing
of a real NT 4.0 server, nor its small buffers, which Samba does not enforce.
"""

from __future__ import annotations

import getpass
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

PASSWORD = "N0t-in-any-output"
USER = "administrator"
FOLDERS = ("state", "cache", "lock", "lock/msg.lock", "private", "ncalrpc", "pid", "log")
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
 smb ports = {port}
 disable netbios = yes
 state directory = {base}/state
 cache directory = {base}/cache
 lock directory = {base}/lock
 private dir = {base}/private
 ncalrpc dir = {base}/ncalrpc
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
    """NT servers at loopback addresses; a context manager. Drives lie in ``base/hosts/ADDRESS/LETTER``."""

    def __init__(self, base: Path, count: int, extra: str = "", drives: str = "CD") -> None:
        self.base = base
        self.addresses = free_addresses(count)
        self.port = free_port(self.addresses[0])
        self._extra = extra
        self._drives = drives
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of smbd, which leads a process group of its own."""
        return self._process.pid if self._process else 0

    def drive(self, address: str, letter: str) -> Path:
        """Give the folder of a drive."""
        return self.base / "hosts" / address / letter

    def __enter__(self) -> Lab:
        for name in FOLDERS:
            (self.base / name).mkdir(parents=True, exist_ok=True, mode=0o755)
        (self.base / "private").chmod(0o700)
        for address in self.addresses:
            for letter in self._drives:
                self.drive(address, letter).mkdir(parents=True, exist_ok=True)
            (self.drive(address, "C") / "WINNT").mkdir(exist_ok=True)
        (self.base / "usermap").write_text(f"{getpass.getuser()} = {USER}\n")
        (self.base / "smb.conf").write_text(self._conf())
        self._add_user()
        self._process = subprocess.Popen(
            ["smbd", "-s", str(self.base / "smb.conf"), "-F", "--no-process-group"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()

    def bad_logons(self) -> int:
        """Count the logons that the servers refused."""
        return len(BAD_LOGON.findall((self.base / "log" / "smbd.log").read_text(errors="replace")))

    def _conf(self) -> str:
        hosts = f"{self.base}/hosts/%i"
        shares = [SHARE.format(name=f"{letter}$", path=f"{hosts}/{letter}") for letter in self._drives]
        shares.append(SHARE.format(name="ADMIN$", path=f"{hosts}/C/WINNT"))
        interfaces = " ".join(f"{address}/8" for address in self.addresses)
        return CONF.format(
            base=self.base, port=self.port, interfaces=interfaces, extra=self._extra, shares="".join(shares)
        )

    def _add_user(self) -> None:
        command = ["smbpasswd", "-c", str(self.base / "smb.conf"), "-s", "-a", getpass.getuser()]
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


def free_addresses(count: int) -> list[str]:
    """Give loopback addresses that this process has to itself."""
    net = f"127.{20 + os.getpid() % 200}"
    third = os.getpid() // 200 % 250
    return [f"{net}.{(third + at // 250) % 250}.{at % 250 + 1}" for at in range(count)]


def free_port(address: str) -> int:
    """Give a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port
