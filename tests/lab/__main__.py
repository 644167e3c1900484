# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make lab` and `make lab-down`: NT servers on loopback, with the drives of the demo's fleet, for trying by hand."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".build" / "lab"
PID = FOLDER / "lab.pid"
sys.path[:0] = [str(ROOT), str(ROOT / "examples" / "demo")]

from fleet import MSPCLNT, SERVERS  # noqa: E402

from tests.lab.lab import PASSWORD, USER, Lab  # noqa: E402


def up() -> None:
    """Start the servers, and say how to reach them."""
    down()
    lab = Lab(FOLDER, len(SERVERS) + 1)
    lab.__enter__()
    PID.write_text(str(lab.pid))
    (FOLDER / "master.ini").write_bytes(MSPCLNT)
    for address, server in zip(lab.addresses[:-1], SERVERS, strict=True):
        for letter, files in server.drives.items():
            for path, data in files.items():
                target = lab.drive(address, letter) / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
    hosts = {server.name: {"ansible_host": lab.addresses[at]} for at, server in enumerate(SERVERS)}
    variables = {
        "ansible_connection": "legacy_exchange.winsock_proxy.smb",
        "ansible_port": lab.port,
        "ansible_user": USER,
        "ansible_password": PASSWORD,
        "ansible_facts_modules": [],
    }
    inventory = FOLDER / "inventory.json"
    found = {"exchange": {"hosts": hosts, "vars": variables | {"spare_address": lab.addresses[-1]}}}
    inventory.write_text(json.dumps(found, indent=2) + "\n")
    print(f"{len(SERVERS)} servers listen on port {lab.port} of {lab.addresses[0]} and so on. For example:\n")
    print(f"  ansible -i {inventory} exchange -m legacy_exchange.winsock_proxy.emsmta_info\n\nmake lab-down ends them.")


def down() -> None:
    """End the servers, by the process id that was recorded, and remove their drives."""
    if PID.exists():
        try:
            os.killpg(int(PID.read_text()), signal.SIGTERM)
        except ProcessLookupError:
            pass
    shutil.rmtree(FOLDER, ignore_errors=True)


if __name__ == "__main__":
    {"up": up, "down": down}[sys.argv[1]]()
