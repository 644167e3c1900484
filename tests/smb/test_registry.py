# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The remote registry: against Samba's own, and against one that denies, is stopped, loops, lies or is silent."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_over_smb,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ConnectionLost,
    RegistryClosed,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.files import SmbFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.registry import SmbRegistry

from tests.lab.lab import Lab
from tests.lab.servers import Sample, samples
from tests.lab.winreg import WinReg
from tests.smb.callers import Caller

SERVICE = "SYSTEM\\CurrentControlSet\\Services\\MSExchangeMTA"
# The last line counts only where an empty one follows.
REG = r"""Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchangeMTA]
"ImagePath"=hex(2):64,00,3a,00,5c,00,78,00,00,00
"Start"=dword:00000002
"ObjectName"="OFFICE\\exchange"
"DependOnService"=hex(7):41,00,00,00,42,00,00,00,00,00
"Raw"=hex:01,02,03

"""


@pytest.fixture
def samba(tmp_path: Path) -> Iterator[SmbRegistry]:
    """The registry of Samba itself, with a service in it."""
    # smbd starts the process that answers; it must not outlive the test.
    with Lab(tmp_path, 1, extra="rpc start on demand helpers = yes") as lab:
        (tmp_path / "seed.reg").write_text(REG)
        command = ["net", "-s", str(tmp_path / "smb.conf"), "registry", "import", str(tmp_path / "seed.reg")]
        subprocess.run(command, check=True, capture_output=True)
        try:
            yield SmbRegistry(Caller(lab.addresses[0], lab.port).server())
        finally:
            file = tmp_path / "pid" / "samba-dcerpcd.pid"
            if file.exists():
                os.killpg(int(file.read_text()), signal.SIGTERM)


def test_sambas_own_registry(samba: SmbRegistry) -> None:
    assert samba.value(SERVICE, "imagepath") == (2, "d:\\x\0".encode("utf-16-le"))
    assert samba.value(SERVICE, "Start") == (4, b"\x02\0\0\0")
    assert samba.value(SERVICE, "ObjectName") == (1, "OFFICE\\exchange\0".encode("utf-16-le"))
    assert samba.value(SERVICE, "DependOnService") == (7, "A\0B\0\0".encode("utf-16-le"))
    assert samba.value(SERVICE, "Raw") == (3, b"\x01\x02\x03")
    assert samba.value(SERVICE, "nothing") is None
    assert samba.value(SERVICE + "\\nothing", "Start") is None
    assert samba.has(SERVICE.lower())
    assert not samba.has(SERVICE + "\\nothing")


@pytest.fixture(scope="module")
def exposed() -> Sample:
    """The ordinary server."""
    return next(sample for sample in samples() if sample.name == "ex01-exposed")


@pytest.fixture
def server(tmp_path: Path, exposed: Sample) -> Iterator[tuple[Caller, WinReg]]:
    """That server behind SMB."""
    with Lab(tmp_path, 1) as lab:
        address = lab.addresses[0]
        exposed.furnish(tmp_path / "hosts" / address)
        with WinReg(tmp_path, {address: exposed.registry or {}}) as registry:
            yield Caller(address, lab.port, timeout=1.0, deadline=5), registry


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("denied", "access is denied: this needs an administrator"),
        ("denied service", "access is denied: this needs an administrator"),
        ("more", "the value is longer than 3000 bytes"),
        ("unknown call", "does not let its registry be read over the network"),
        ("no bind", "does not let its registry be read over the network"),
    ],
)
def test_what_a_registry_refuses_is_not_read(
    fault: str, says: str, server: tuple[Caller, WinReg], exposed: Sample
) -> None:
    caller, registry = server
    registry.faults[caller.host] = fault
    smb = caller.server()
    result = inform(SmbFiles(smb), look_request_over_smb(exposed.options), False, lambda _root: SmbRegistry(smb))
    assert any(says in gap["reason"] for gap in result["not_read"])
    assert result["status"] in ("exposed", "unknown")
    assert caller.requests <= 65


@pytest.mark.parametrize("fault", ["lies", "silent", "garbage"])
def test_a_registry_that_cannot_be_believed_ends_the_look_in_time(
    fault: str, server: tuple[Caller, WinReg], exposed: Sample
) -> None:
    caller, registry = server
    registry.faults[caller.host] = fault
    smb = caller.server()
    begin = time.monotonic()
    with pytest.raises(ConnectionLost):
        inform(SmbFiles(smb), look_request_over_smb(exposed.options), False, lambda _root: SmbRegistry(smb))
    assert time.monotonic() - begin < 5


def test_an_empty_value_is_one(server: tuple[Caller, WinReg]) -> None:
    caller, registry = server
    registry.registries[caller.host] = {"SYSTEM": {"=Empty": b""}}
    assert SmbRegistry(caller.server()).value("SYSTEM", "Empty") == (3, b"")


def test_a_service_that_is_stopped(tmp_path: Path) -> None:
    with Lab(tmp_path, 1) as lab:
        caller = Caller(lab.addresses[0], lab.port)
        registry = SmbRegistry(caller.server())
        for _time in range(3):
            with pytest.raises(RegistryClosed, match="its service for that is stopped"):
                registry.has(SERVICE)
        # The first refusal stands for the others: logon, share and pipe.
        assert caller.requests == 5


def test_a_key_that_is_denied_is_asked_for_once(server: tuple[Caller, WinReg]) -> None:
    caller, registry = server
    registry.faults[caller.host] = "denied service"
    ours = SmbRegistry(caller.server())
    for _time in range(3):
        with pytest.raises(ServerError, match="access is denied"):
            ours.value(SERVICE, "Start")
    assert caller.requests == 8


@pytest.mark.parametrize("hidden", ["C", "CD"])
def test_drives_that_are_not_shared_are_not_taken_for_missing(hidden: str, tmp_path: Path, exposed: Sample) -> None:
    with Lab(tmp_path, 1, hidden=hidden) as lab:
        address = lab.addresses[0]
        exposed.furnish(tmp_path / "hosts" / address)
        # Without a pointer the client's file is looked for on all drives.
        (tmp_path / "hosts" / address / "C/WINNT/SYSTEM.INI").write_bytes(b"[drivers]\r\n")
        smb = Caller(address, lab.port).server()
        result = inform(SmbFiles(smb), look_request_over_smb(exposed.options), False, lambda _root: SmbRegistry(smb))
    assert result["status"] == "unknown"
    assert result["evidence"]["client"]["state"] == "unknown"
    assert any("does not share drive C" in gap["reason"] for gap in result["not_read"])
