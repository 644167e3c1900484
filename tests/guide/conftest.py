# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the lab, and a folder to work through the guide in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guide.galaxy import Galaxy
from tests.guide.place import ADDRESSES, PROXY_SEEN, Place, furnish
from tests.lab import mta_events
from tests.lab.event_pipe import EventPipe
from tests.lab.lab import Lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The servers ex01, ex02, ex07 and px01 of the examples."""
    with Lab(tmp_path_factory.mktemp("lab"), len(ADDRESSES), drives="C") as started:
        yield started


@pytest.fixture(scope="session", autouse=True)
def event_logs(lab: Lab) -> Iterator[EventPipe]:
    """The logs of ex01, and of ex02, which was called by way of the proxy."""
    ex01, ex02, *_others = lab.addresses
    yesterday = time.time() - 24 * 3600
    start = mta_events.started(yesterday)
    refused = mta_events.refused(yesterday + 3600, PROXY_SEEN)
    with EventPipe(lab.base, {ex01: [start], ex02: [start, *refused]}) as pipe:
        yield pipe


@pytest.fixture(scope="session")
def galaxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Galaxy]:
    """Where the collection is to be had, in two versions."""
    with Galaxy(tmp_path_factory.mktemp("galaxy")) as started:
        yield started


@pytest.fixture
def place(tmp_path: Path, lab: Lab) -> Place:
    """A folder beside servers as they were before anything was fixed."""
    furnish(lab)
    made = Place(tmp_path)
    made.give_editor(lab)
    return made
