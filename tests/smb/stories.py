# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet with event logs: a server that was called, two behind one proxy, and one behind another."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

from tests.lab.event_pipe import EventPipe
from tests.lab.lab import Lab
from tests.lab.mta_events import failed, refused, started, stopped
from tests.smb.fleets import OLD, Fleet
from tests.smb.furnish import furnish_exposed

CALLED, ONE, TWO, OTHER = NAMES = ("called", "one", "two", "other")
BEHIND_PROXIES = NAMES[1:]
PROXY_ADDRESS, OTHER_ADDRESS = "192.0.2.9", "198.51.100.7"
HOUR = 3600


def client_of(address: str) -> bytes:
    """Give the client's file where its proxy is named by an address."""
    return OLD.replace(b"Name=PROXY\r\n", b"Addr1=" + address.encode() + b"\r\n")


class Story:
    """The fleet, and the logs of its servers, which grow as a test has the servers do things.

    The three exposed ones were started 30 hours ago, 10 hours after their files were written. The one that was
    called refused the first proxy twice since, and the first server logged one of these calls.
    """

    def __init__(self, lab: Lab, fleet: Fleet, pipe: EventPipe) -> None:
        self.fleet = fleet
        #: What the servers' clocks show.
        self.now = time.time()
        self._pipe = pipe
        self._addresses = dict(zip(NAMES, lab.addresses, strict=False))
        self._drives = {name: lab.drive(address, "C") for name, address in self._addresses.items()}
        furnish_exposed(lab)
        # Exchange alone.
        shutil.rmtree(self._drives[CALLED] / "mspclnt")
        (self._drives[CALLED] / "WINNT" / "SYSTEM.INI").write_bytes(b"[drivers]\r\n")
        for name, proxy in ((ONE, PROXY_ADDRESS), (TWO, PROXY_ADDRESS), (OTHER, OTHER_ADDRESS)):
            self.file(name).write_bytes(client_of(proxy))
            self.written(name, self.now - 40 * HOUR)
        hosts = {name: {"ansible_host": address} for name, address in self._addresses.items()}
        fleet.groups = {"all": {**fleet.groups["all"], "hosts": hosts}}
        first = self.now - 30 * HOUR
        for name in NAMES:
            self.log(name).write(started(first))
        for hours in (1, 2):
            self.log(CALLED).write(*refused(first + hours * HOUR, PROXY_ADDRESS))
        self.log(ONE).write(*failed(first + HOUR + 2))

    def restart(self) -> None:
        """Have the three MTAs stopped and started by hand, behind all that was written until now."""
        self.now = time.time() + 2
        for name in BEHIND_PROXIES:
            self.log(name).write(stopped(self.now), started(self.now + 1))

    def refresh(self) -> None:
        """Have the three clients write the same again, later than that."""
        self.now += HOUR
        for name in BEHIND_PROXIES:
            self.written(name, self.now)

    def file(self, name: str) -> Path:
        """Give the Mspclnt.ini of a server."""
        return self._drives[name] / "mspclnt" / "Mspclnt.ini"

    def written(self, name: str, at: float) -> None:
        """Have the file of a server last written at a time."""
        os.utime(self.file(name), (at, at))

    def log(self, name: str) -> Any:
        """Give the log of a server, to write events to it."""
        return self._pipe.logs[self._addresses[name]]

    def run(self, playbook: str, *options: str, **variables: Any) -> tuple[str, dict[str, Any]]:
        """Run a playbook with events; give its output, and report.json."""
        asked = {"emsmta_audit_events": True, "emsmta_audit_proxy_addresses": [PROXY_ADDRESS]}
        done = self.fleet.run(playbook, *options, **{**asked, **variables})
        return done.stdout + done.stderr, self.fleet.report()
