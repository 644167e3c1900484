# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.children import NOBODY


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder of the user nobody, which nobody can reach (pytest's own are root's)."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)
