# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make lab` and `make lab-down`: NT servers of several kinds on loopback, for trying by hand.

`python -m tests.lab up --fleet 200` adds a fleet of 200 cheap servers. A lab that runs is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".build" / "lab"
sys.path[:0] = [str(ROOT), str(ROOT / "examples" / "demo")]

from fleet import MSPCLNT, SERVERS, Server  # noqa: E402

from tests.lab.lab import (  # noqa: E402
    PASSWORD,
    PORTS_OF_NT,
    SIGNING,
    SMALL_BUFFERS,
    USER,
    Lab,
    free_addresses,
    free_port,
    may_listen,
    remove_sockets,
)
from tests.lab.mta_events import failed, refused, started  # noqa: E402
from tests.lab.programs import MTA_PROGRAM  # noqa: E402
from tests.lab.trees import registry_of, system_root_of  # noqa: E402

Group = dict[str, Any]
COMMON = {
    "ansible_connection": "legacy_exchange.winsock_proxy.smb",
    "ansible_user": USER,
    "ansible_password": PASSWORD,
    "ansible_facts_modules": [],
}
PROXY = Server("proxy-09", "", {"C": {"WINNT/SYSTEM.INI": b"", "Msp/Clients/MSPCLNT.INI": MSPCLNT}}, "", "")
MOST_PRINTED = 20
# The demo's server that has Exchange alone: it was called. As it saw the proxy, and the name in the clients' files.
CALLED, PROXY_SEEN, PROXY_NAME = "ex06-no-client", "192.0.2.9", "PROXY"
# One that logged a call that failed; mostly there is nothing.
CALLER = "ex01-exposed"
NOT_RESTARTED = "ex03-odd-spelling"
HOUR, DAY = 3600, 24 * 3600
STORIES = {
    "exchange": "the fleet of the demo",
    "emsmta_proxies": "their proxy server, with the master copy of Mspclnt.ini; it is not audited",
    "nt4": "as NT 4.0: no extended security, buffers of 4 KB, no port 445",
    "signing": "want signed messages",
    "fleet": "of the demo's kinds by turns",
}


class Servers:
    """Starts servers of several kinds and writes down what was started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used = 0

    def exchange(self) -> Group:
        """Start the servers of the demo, and an address to spare."""
        lab = self._start(self._folder, len(SERVERS) + 1)
        group = self._furnish(lab, {server.name: server for server in SERVERS})
        group["vars"]["spare_address"] = lab.addresses[-1]
        return group

    def proxies(self) -> Group:
        """Start the proxy server that the demo's servers name, with its master copy of Mspclnt.ini."""
        lab = self._start(self._folder / "proxies", 1)
        return self._furnish(lab, {PROXY.name: PROXY})

    def nt4(self) -> Group:
        """Start a server behind a process that takes extended security away."""
        lab = self._start(self._folder / "nt4", 1, SMALL_BUFFERS, ports=())
        address = lab.addresses[0]
        port = PORTS_OF_NT[1] if may_listen([address], PORTS_OF_NT) else free_port(address)
        self._run("tests.lab.nt4", address, str(port), str(lab.port))
        _wait_until(lambda: _listens(address, port), f"nothing listens on port {port} of {address}")
        return self._furnish(lab, {"nt4-small": SERVERS[0]}, port)

    def signing(self) -> Group:
        """Start a server that wants its messages signed."""
        lab = self._start(self._folder / "signing", 1, SIGNING)
        return self._furnish(lab, {"signing-mandatory": SERVERS[0]})

    def fleet(self, count: int) -> Group:
        """Start many servers, of the demo's kinds by turns."""
        lab = self._start(self._folder / "fleet", count)
        return self._furnish(lab, {f"fleet{number + 1:03}": SERVERS[number % len(SERVERS)] for number in range(count)})

    def _start(self, folder: Path, count: int, extra: str = "", ports: Sequence[int] = PORTS_OF_NT) -> Lab:
        allowed = may_listen(free_addresses(count, self._used), ports)
        lab = Lab(folder, count, extra, ports=ports if allowed else (), first=self._used)
        self._used += count
        lab.__enter__()
        self._record(lab.pid)
        return lab

    def _furnish(self, lab: Lab, servers: dict[str, Server], port: int = 0) -> Group:
        """Put the files of servers on their drives and give them registries; give a group of the inventory."""
        hosts = dict(zip(lab.addresses, servers.values(), strict=False))
        for address, server in hosts.items():
            lab.put_system_root(address, system_root_of(server.drives))
            for letter, files in server.drives.items():
                for path, data in files.items():
                    target = lab.drive(address, letter) / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(MTA_PROGRAM if target.suffix.lower() == ".exe" else data)
                    # Before the MTA was started, but on the one server on which it was not since.
                    if server.name != NOT_RESTARTED:
                        os.utime(target, (time.time() - 2 * DAY,) * 2)
        trees = {address: registry_of(server.drives) for address, server in hosts.items()}
        (lab.base / "registries.json").write_text(json.dumps(trees))
        (lab.base / "events.json").write_text(json.dumps({host: _events_of(each) for host, each in hosts.items()}))
        for what, pipe in (("winreg", "winreg"), ("event_pipe", "eventlog")):
            self._run(f"tests.lab.{what}", str(lab.base))
            _wait_until((lab.base / "ncalrpc" / "np" / pipe).exists, f"nothing serves the pipe {pipe}")
        inventory = {name: {"ansible_host": address} for name, address in zip(servers, hosts, strict=True)}
        return {"hosts": inventory, "vars": {**COMMON, "ansible_port": port or lab.port}}

    def _run(self, *command: str) -> None:
        quiet = subprocess.DEVNULL
        started = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, start_new_session=True, stdin=quiet, stdout=quiet, stderr=quiet
        )
        self._record(started.pid)

    def _record(self, pid: int) -> None:
        with (self._folder / "pids").open("a") as file:
            file.write(f"{pid} {_started_at(pid)}\n")


def _events_of(server: Server) -> list[tuple[Any, ...]]:
    """Give what the MTA of a server logged yesterday, without what JSON cannot hold."""
    begin = time.time() - DAY
    events = [started(begin)]
    if server.name == CALLED:
        events += [event for hours in (1, 2, 3) for event in refused(begin + hours * HOUR, PROXY_SEEN, PROXY_NAME)]
    elif server.before == "not_applicable":
        events = []
    elif server.name == CALLER:
        events += failed(begin + HOUR)
    return [(each.event_id, each.time, each.strings, each.kind, each.category) for each in events]


def up(folder: Path, fleet: int) -> None:
    """Start the servers, or keep those that run, and say how to reach them."""
    path = folder / "inventory.json"
    if _runs(folder):
        inventory = json.loads(path.read_text())
        if len(inventory.get("fleet", {"hosts": {}})["hosts"]) != fleet:
            sys.exit("The lab runs with another fleet; end it first: make lab-down")
        print("# The lab runs already, and is kept.")
    else:
        down(folder)
        print("# Starting Samba as Windows NT servers, which takes a while.", flush=True)
        inventory = _started(folder, fleet)
        path.write_text(json.dumps(inventory, indent=2) + "\n")
    _explain(path, inventory)


def _started(folder: Path, fleet: int) -> dict[str, Group]:
    """Start all servers; give the inventory."""
    folder.mkdir(parents=True)
    servers = Servers(folder)
    inventory = {
        "exchange": servers.exchange(),
        "emsmta_proxies": servers.proxies(),
        "nt4": servers.nt4(),
        "signing": servers.signing(),
    }
    if fleet:
        inventory["fleet"] = servers.fleet(fleet)
    return inventory


def _explain(path: Path, inventory: dict[str, Group]) -> None:
    """Print the inventory as a whole, or of a long one the groups; to the user, a command that works as it stands."""
    if max(len(group["hosts"]) for group in inventory.values()) <= MOST_PRINTED:
        print("\n".join(_printed(name, group) for name, group in inventory.items()))
    else:
        for name, group in inventory.items():
            count = len(group["hosts"])
            print(f"# {name}: {count} server{'s' if count != 1 else ''}, {STORIES[name]}")
    collections = f"ANSIBLE_COLLECTIONS_PATH={shlex.quote(str(ROOT / '.build' / 'collections'))}"
    look = "exchange -m legacy_exchange.winsock_proxy.emsmta_info"
    report = shlex.quote(json.dumps({"emsmta_audit_folder": str(path.parent / "audit")}))
    audit = f"legacy_exchange.winsock_proxy.audit -e {report} -e emsmta_audit_events=true "
    audit += f"-e emsmta_audit_proxy_addresses={PROXY_SEEN}"
    # Apart from the inventory, which is to be had alone: make lab > FILE.
    sys.stdout.flush()
    print(f"# All of it is in {path}. For example:", file=sys.stderr)
    for name, rest in (("ansible", look), ("ansible-playbook", audit)):
        program = shlex.quote(str(Path(sys.executable).parent / name))
        print(f"{collections} {program} -i {shlex.quote(str(path))} {rest}", file=sys.stderr)
    print(f"# make lab-down ends the servers, and removes {path.parent} with the report in it.", file=sys.stderr)


def _printed(name: str, group: Group) -> str:
    """Give a group as an inventory has it, in YAML."""
    lines = [f"{name}:  # {STORIES[name]}", "  hosts:"]
    lines += [f"    {host}: {json.dumps(variables)}" for host, variables in group["hosts"].items()]
    lines += ["  vars:"] + [f"    {key}: {json.dumps(value)}" for key, value in group["vars"].items()]
    return "\n".join(lines) + "\n"


def down(folder: Path) -> None:
    """End the servers, by the process ids that were recorded, and remove their drives."""
    pids = [pid for pid, runs in _recorded(folder).items() if runs]
    for pid in pids:
        os.killpg(pid, signal.SIGTERM)
    for _attempt in range(100):
        if not any(_started_at(pid) for pid in pids):
            break
        time.sleep(0.05)
    for lab in (folder, *folder.glob("*")):
        remove_sockets(lab)
    shutil.rmtree(folder, ignore_errors=True)
    if pids:
        print(f"# Ended {len(pids)} processes of the lab, and removed {folder}.")


def _runs(folder: Path) -> bool:
    """Tell whether all of a lab still runs."""
    runs = _recorded(folder).values()
    return (folder / "inventory.json").exists() and bool(runs) and all(runs)


def _recorded(folder: Path) -> dict[int, bool]:
    """Tell of each process that was started whether it still runs."""
    record = folder / "pids"
    lines = record.read_text().splitlines() if record.exists() else []
    pairs = [line.split() for line in lines if len(line.split()) == 2]
    return {int(pid): _started_at(int(pid)) == begin for pid, begin in pairs}


def _started_at(pid: int) -> str:
    """Tell when a process began, which no later process with its id did; empty when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def _listens(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return False
    return True


def _wait_until(done: Callable[[], bool], otherwise: str) -> None:
    for _attempt in range(200):
        if done():
            return
        time.sleep(0.05)
    raise RuntimeError(otherwise)


def main() -> None:
    """Run the command that was given."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab")
    parser.add_argument("command", choices=("up", "down"))
    parser.add_argument("--fleet", type=int, default=0, help="how many cheap servers to add")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where all of it lies")
    given = parser.parse_args()
    folder = given.folder.resolve()
    if given.command == "up":
        up(folder, given.fleet)
    else:
        down(folder)


if __name__ == "__main__":
    main()
