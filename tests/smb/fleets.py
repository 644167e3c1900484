# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mixed fleet, over SMB and on visible drives, and the playbooks of the collection over it, with the real program."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.cases.samples import sample
from tests.lab.lab import PASSWORD, USER, Lab
from tests.lab.processes import family
from tests.smb.furnish import furnish_exposed
from tests.smb.plays import ROOT

OLD = sample("Q231878.mspclnt.ini")
FIX = b"[EMSMTA]\r\nDisable=1\r\n"
ON_PURPOSE = OLD + b"[EMSMTA]\r\nServerBindTcpPorts=102\r\n"
CLIENT, MASTER = "mspclnt/Mspclnt.ini", "Msp/Clients/MSPCLNT.INI"
# Legal in a path of Windows, and a template where somebody takes it for one.
HOSTILE = "{{ 'x' ~ 'y' }}/Mspclnt.ini"
# The server that the sample names as that of the master copy.
PROXY = "proxy-09"
SMB_HOSTS = ("exposed", "protected", "purpose")
DRIVE_HOST, DOWN = "mounted", "down"
SERVERS = (*SMB_HOSTS, DRIVE_HOST, DOWN)
SECONDS_BETWEEN_INTERRUPTS = 2.0
KINDS = ("html", "csv", "json", "xml")


class Fleet:
    """Five servers and a proxy server: an exposed one, a protected one, and so on; one cannot be reached."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.folder = folder
        addresses = dict(zip((*SMB_HOSTS, DRIVE_HOST, PROXY), lab.addresses, strict=True))
        self._drives = {name: lab.drive(address, "C") for name, address in addresses.items()}
        for used in (drive / top for drive in self._drives.values() for top in ("mspclnt", "Msp")):
            shutil.rmtree(used, ignore_errors=True)
        furnish_exposed(lab)
        self._give_a_hostile_name(DRIVE_HOST)
        self.file("protected").write_bytes(OLD + FIX)
        self.file("purpose").write_bytes(ON_PURPOSE)
        self.file(PROXY).parent.mkdir(parents=True, exist_ok=True)
        self.file(PROXY).write_bytes(OLD)
        hosts: dict[str, dict[str, Any]] = {name: {"ansible_host": addresses[name]} for name in SMB_HOSTS}
        hosts[DRIVE_HOST] = {
            "ansible_connection": "local",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "emsmta_bypass_drives": {"C": str(self._drives[DRIVE_HOST])},
        }
        hosts[DOWN] = {"ansible_host": lab.addresses[0], "ansible_port": 9}
        self.groups: dict[str, Any] = {
            "exchange": {"hosts": hosts},
            "emsmta_proxies": {"hosts": {PROXY: {"ansible_host": addresses[PROXY]}}},
            "all": {
                "vars": {
                    "ansible_connection": "legacy_exchange.winsock_proxy.smb",
                    "ansible_port": lab.port,
                    "ansible_user": USER,
                    "ansible_password": PASSWORD,
                }
            },
        }

    @property
    def hosts(self) -> dict[str, dict[str, Any]]:
        """The Exchange servers of the inventory, with their variables."""
        hosts: dict[str, dict[str, Any]] = self.groups["exchange"]["hosts"]
        return hosts

    def file(self, name: str) -> Path:
        """Give the Mspclnt.ini of a server, the master copy of the proxy server."""
        return self._drives[name] / {PROXY: MASTER, DRIVE_HOST: HOSTILE}.get(name, CLIENT)

    def _give_a_hostile_name(self, name: str) -> None:
        """Move the client's folder of a server, and its pointer in System.ini."""
        drive, folder = self._drives[name], HOSTILE.partition("/")[0]
        shutil.rmtree(drive / folder, ignore_errors=True)
        (drive / "mspclnt").rename(drive / folder)
        system = drive / "WINNT" / "SYSTEM.INI"
        system.write_bytes(system.read_bytes().replace(b"mspclnt", folder.encode(), 1))

    def contents(self) -> dict[str, tuple[bytes, int]]:
        """Give the bytes and the time of every file of every server."""
        files = [file for drive in self._drives.values() for file in drive.rglob("*") if file.is_file()]
        return {str(file): (file.read_bytes(), file.stat().st_mtime_ns) for file in files}

    def cut_off(self, playbook: str, silent: socket.socket, *options: str) -> None:
        """Run a playbook until it waits for a server that says nothing, and interrupt it all then, as ctrl-C does."""
        command, env = self.command(playbook, *options)
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            command, env=env, cwd=self.folder, stdout=quiet, stderr=quiet, start_new_session=True
        ) as running:
            # Held open, so that it goes on waiting.
            connection, _address = silent.accept()
            workers = family(running.pid) - {running.pid}
            with connection:
                # One may be lost, or Ansible wait for ever for a worker that waits for a lock; a user tries again.
                while running.poll() is None:
                    os.killpg(running.pid, signal.SIGINT)
                    time.sleep(SECONDS_BETWEEN_INTERRUPTS)
        for pid in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert running.returncode != 0

    def command(self, playbook: str, *options: str) -> tuple[list[str], dict[str, str]]:
        """Give the command that runs a playbook over the fleet, and its environment."""
        inventory = self.folder / "inventory.json"
        inventory.write_text(json.dumps(self.groups))
        program = str(Path(sys.executable).parent / "ansible-playbook")
        own = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_STRATEGY")}
        settings = {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"), "ANSIBLE_NOCOLOR": "1"}
        return [program, "-i", str(inventory), "-f", "10", *options, playbook], own | settings

    def run(
        self, playbook: str, *options: str, env: Mapping[str, str] | None = None, **variables: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a playbook of the collection, or of a file, from the fleet's folder."""
        name = playbook if "/" in playbook else f"legacy_exchange.winsock_proxy.{playbook}"
        command, own = self.command(name, "-e", json.dumps(variables), *options)
        return subprocess.run(
            command, env={**own, **(env or {})}, cwd=self.folder, capture_output=True, text=True, check=False
        )

    def report(self, folder: str = "emsmta-audit") -> dict[str, Any]:
        """Give report.json."""
        report: dict[str, Any] = json.loads((self.folder / folder / "report.json").read_text())
        return report

    def statuses(self, folder: str = "emsmta-audit") -> dict[str, str]:
        """Give the status of each server in the report."""
        return {server["name"]: server["status"] for server in self.report(folder)["servers"]}


def lines_of_servers(output: str) -> list[str]:
    """Give the names of the servers in the lines of the look, one for each line."""
    look = output.partition("TASK [Look]")[2].partition("\nTASK [")[0].splitlines()[1:]
    return [(re.findall(r"^ok: \[(\S+?)\] => \(item=\S", line) or [line])[0] for line in look if line]


def server_of(report: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give a server of a report."""
    (server,) = [server for server in report["servers"] if server["name"] == name]
    return dict(server)


def without_history(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the servers of a report without what the report before it knew of them."""
    history = ("last_status", "last_seen", "exposed_at", "exposed_start", "protected_before")
    return [{key: value for key, value in server.items() if key not in history} for server in report["servers"]]
