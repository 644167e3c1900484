# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

from tests.unit.drive_trees import write

set_hypothesis_home_dir(Path(__file__).resolve().parents[2] / ".build" / "hypothesis")

# A busy machine is no fault of the code, so there is no deadline; each run tries new inputs
# and prints how to repeat a failure.
settings.register_profile("unit", deadline=None, max_examples=300, database=None, print_blob=True)
settings.load_profile("unit")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder for drive C: that holds one file, and a file outside of it."""
    write(tmp_path / "outside" / "Mspclnt.ini")
    write(tmp_path / "c" / "Mspclnt" / "Mspclnt.ini")
    return tmp_path / "c"
