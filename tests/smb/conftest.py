# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the lab, and sessions with them as the connection plugin makes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.event_pipe import EventPipe, HeldLog
from tests.lab.lab import SMALL_BUFFERS, Lab
from tests.lab.proxy import FaultProxy, as_nt4
from tests.smb.callers import Caller
from tests.smb.fleets import Fleet


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Two servers with drives C and D."""
    # A server may wait before it says that a file is in use, which only takes time.
    with Lab(tmp_path_factory.mktemp("lab"), 2, "defer sharing violations = no") as started:
        yield started


@pytest.fixture
def caller(lab: Lab) -> Caller:
    """A caller of the first server."""
    return Caller(lab.addresses[0], lab.port)


@pytest.fixture
def ini(lab: Lab) -> Path:
    """Mspclnt.ini on the first server's C: drive; not there yet."""
    folder = lab.drive(lab.addresses[0], "C") / "mspclnt"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.chmod(0o644)
        path.unlink()
    return folder / "Mspclnt.ini"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Five servers."""
    with Lab(tmp_path_factory.mktemp("servers"), 5, drives="C") as lab:
        yield lab


@pytest.fixture
def fleet(servers: Lab, tmp_path: Path) -> Fleet:
    """The servers and their inventory, in a folder of its own."""
    return Fleet(servers, tmp_path)


@pytest.fixture(scope="module", params=[False, True], ids=["windows-2000", "nt4"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Caller, EventPipe]]:
    """A server with an event log, also one with the logon and the buffers of NT 4.0; and who calls it."""
    base = tmp_path_factory.mktemp("served")
    with Lab(base, 1, SMALL_BUFFERS if request.param else "") as lab:
        address = lab.addresses[0]
        with (
            EventPipe(base, {address: HeldLog(())}) as pipe,
            FaultProxy((address, lab.port), as_nt4 if request.param else None) as proxy,
        ):
            yield Caller("127.0.0.1", proxy.port), pipe
