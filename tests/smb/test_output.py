# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the role prints: one message for each server."""

from __future__ import annotations

import pytest

from tests.cases.samples import sample
from tests.lab.lab import Lab
from tests.smb.furnish import furnish_exposed
from tests.smb.plays import ROLE, play

MSPCLNT = sample("Q231878.mspclnt.ini")
FIX = b"[EMSMTA]\r\nDisable=1\r\n"
SERVERS = {
    "right": (MSPCLNT + FIX, "protected (inferred): "),
    "changed": (MSPCLNT, "exposed -> protected (inferred): "),
    "refused": (MSPCLNT + b"[EMSMTA]\r\nServerBindTcpPorts=102\r\n", "Left alone, status exposed: "),
    "not applicable": (None, "not_applicable (inferred): "),
}


@pytest.fixture(scope="module", params=["check", "run"])
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is printed for a server of each kind, line by line."""
    folder = tmp_path_factory.mktemp("output")
    with Lab(folder / "lab", len(SERVERS), drives="C") as lab:
        furnish_exposed(lab)
        hosts = dict(zip(SERVERS, lab.addresses, strict=True))
        for name, (mspclnt, _message) in SERVERS.items():
            drive = lab.drive(hosts[name], "C")
            (drive / "mspclnt/Mspclnt.ini").write_bytes(mspclnt or b"")
            if mspclnt is None:
                (drive / "mspclnt/Mspclnt.ini").unlink()
                (drive / "WINNT/SYSTEM.INI").write_bytes(b"[drivers]\r\n")
        done = play(lab, folder, ROLE, *(["--check"] if request.param == "check" else []))
    lines = done.stdout.splitlines()
    return {name: [line for line in lines if f"[{address}]" in line] for name, address in hosts.items()}


@pytest.mark.parametrize("kind", SERVERS)
def test_one_message_for_each_server(kind: str, printed: dict[str, list[str]]) -> None:
    told = [line for line in printed[kind] if SERVERS[kind][1] in line]
    assert len(told) == 1, told
