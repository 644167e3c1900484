# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that only a file or the registry names is reported, and never connected to."""

from __future__ import annotations

import copy
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.lab.lab import Lab, free_addresses
from tests.lab.servers import Sample, samples
from tests.lab.winreg import WinReg
from tests.smb.notes import Notes
from tests.smb.plays import LOOK, ROLE, play

ORDINARY = next(each for each in samples() if each.name == "ex01-exposed")
# ansible-core looks this one up when it starts, to see whether Python does that well.
LOOPBACK = "127.0.0.1"
# Detect, then run the whole role.
TELL = {"ansible.builtin.debug": {"var": "emsmta_bypass_result.next_steps"}}
BOTH = {**ROLE, "pre_tasks": [LOOK], "post_tasks": [TELL]}


class Case(NamedTuple):
    """A server that names another one, whether the role fixes it, and what is said of the other."""

    server: Callable[[str], Sample]
    fixed: bool
    says: str


def with_file(path: str, text: str) -> Sample:
    """Give the ordinary server with this text in a file of drive C."""
    drives = {**ORDINARY.drives, "C": {**ORDINARY.drives["C"], path: text.encode()}}
    return ORDINARY._replace(drives=drives)


def pointing(other: str) -> Sample:
    pointer = f"[Microsoft Proxy Service]\r\nIni File Path=\\\\{other}\\C$\\mspclnt\\mspclnt.ini\r\n"
    return with_file("WINNT/SYSTEM.INI", pointer)


def fetching(other: str) -> Sample:
    return with_file(
        "mspclnt/MSPCLNT.INI",
        f"[Internal]\r\nBuild=2.0.400.12\r\n[Master Config]\r\nPath1=\\\\{other}\\C$\\\r\n"
        f"[Servers Ip Addresses]\r\nAddr1={other}\r\n[Common]\r\nWWW-Proxy={other}\r\n"
        f"Configuration Url=http://{other}:80/array.dll\r\n",
    )


def serving(other: str) -> Sample:
    registry: dict[str, Any] = copy.deepcopy(dict(ORDINARY.registry or {}))
    service = registry["SYSTEM"]["CurrentControlSet"]["Services"]["MSExchangeMTA"]
    service["=ImagePath"] = f"\\\\{other}\\D$\\exchsrvr\\bin\\emsmta.exe"
    return ORDINARY._replace(registry=registry)


CASES = {
    "System.ini": Case(pointing, False, "it lies on another server, {}, which is not logged on to"),
    "Master Config": Case(fetching, True, "run the role's entry point master on {}."),
    "service": Case(serving, False, "it lies on another server, {}, which is not logged on to"),
}


class Other:
    """A computer that waits for connections on the port of the lab; a context manager."""

    def __init__(self, address: str, port: int) -> None:
        self.address = address
        self._listener = socket.create_server((address, port))
        self._listener.setblocking(False)

    def __enter__(self) -> Other:
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()

    def connections(self) -> int:
        """Count the connections that came."""
        count = 0
        while True:
            try:
                self._listener.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1


@contextmanager
def two_computers(folder: Path, server: Callable[[str], Sample]) -> Iterator[tuple[Lab, Other]]:
    """Start a server that names another computer, and that computer."""
    with Lab(folder, 1) as lab, Other(free_addresses(2)[1], lab.port) as other:
        sample = server(other.address)
        sample.furnish(folder / "hosts" / lab.addresses[0])
        with WinReg(folder, {lab.addresses[0]: sample.registry or {}}):
            yield lab, other


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_a_host_that_is_only_named_is_never_connected_to(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with two_computers(tmp_path / "lab", case.server) as (lab, other):
        notes = Notes(tmp_path, monkeypatch)
        done = play(lab, tmp_path, BOTH)
        assert other.connections() == 0
    assert (done.returncode == 0) == case.fixed, done.stdout
    assert case.says.format(other.address) in done.stdout
    assert notes.hosts() - {LOOPBACK} == {lab.addresses[0]}
