# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An action group is called by an option, and has the modules that take it: no default of it can be refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import emsmta_info_spec
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import mspclnt_ini_spec
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mta_event_info import (
    mta_event_info_spec,
)

ROOT = Path(__file__).resolve().parents[2]
GROUPS: dict[str, list[str]] = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["action_groups"]
SPECS: dict[str, dict[str, Any]] = {
    "emsmta_bypass_info": emsmta_info_spec(),
    "emsmta_info": emsmta_info_spec(),
    "mspclnt_ini": mspclnt_ini_spec(),
    "mta_event_info": mta_event_info_spec(),
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_has_the_modules_that_share_its_option(group: str) -> None:
    sharing = [f"legacy_exchange.winsock_proxy.{module}" for module, spec in SPECS.items() if group in spec]
    assert sorted(GROUPS[group]) == sorted(sharing)
    assert len(sharing) > 1
