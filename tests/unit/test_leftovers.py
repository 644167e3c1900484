# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the tests leaves in the tree is named, whatever it is called."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.ci import leftovers


def test_a_new_file_is_named_though_its_name_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    monkeypatch.setattr(leftovers, "ROOT", tmp_path)
    monkeypatch.setattr(leftovers, "TRACES", {})
    before = leftovers.Leftovers()
    assert before.check() == ""
    (tmp_path / ".build").mkdir()
    for name in (b"left\xef.ini", b".build/\xef"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).touch()
    assert before.check() == "New in the tree: left\\xef.ini\n"
