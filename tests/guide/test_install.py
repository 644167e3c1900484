# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clone is installed as the README says, and again by force alone, as docs/releases.md says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ci.venvs import ROOT, copy_collection
from tests.guide.place import Place

INSTALL = "ansible-galaxy collection install --force ./winsock_proxy"
NO_SERVER = "http://127.0.0.1:9/api/"


@pytest.mark.long
def test_a_clone_whose_code_changed_is_installed_again_by_force_alone(tmp_path: Path) -> None:
    clone = copy_collection(tmp_path / "clone").rename(tmp_path / "winsock_proxy")
    place = Place(tmp_path)
    place.begin_empty(NO_SERVER)
    assert INSTALL in (ROOT / "README.md").read_text(encoding="utf-8")
    assert place.typed(INSTALL).returncode == 0
    installed = tmp_path / ".ansible/collections/ansible_collections/legacy_exchange/winsock_proxy"
    assert (installed / "examples").is_dir()
    assert not (installed / "tests").exists()
    (clone / "README.md").write_text("changed")
    for command, said, there in ((INSTALL.replace(" --force", ""), "Nothing to do", False), (INSTALL, "success", True)):
        assert said in place.typed(command).stdout
        assert ((installed / "README.md").read_text() == "changed") == there
