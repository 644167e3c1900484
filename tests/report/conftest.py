# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One browser for all tests of the folder, and the pages that it looks at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ci.axe import FILE
from tests.report.browser import Browser
from tests.report.fleets import Report, hostile, many, two_weeks, write


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser."""
    with Browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    assert FILE.exists(), "make test STEP=report fetches axe.min.js"
    return FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A report that has some of everything."""
    return two_weeks(tmp_path_factory.mktemp("fleet"))


@pytest.fixture(scope="session")
def page(fleet: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page."""
    return write(tmp_path_factory.mktemp("page"), fleet)


@pytest.fixture(scope="session")
def tricks(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A report of hostile servers."""
    return hostile(tmp_path_factory.mktemp("tricks"))


@pytest.fixture(scope="session")
def tricked(tricks: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page."""
    return write(tmp_path_factory.mktemp("tricked"), tricks)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 400 servers."""
    return write(tmp_path_factory.mktemp("large"), many(tmp_path_factory.mktemp("servers")))
