# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's words: its own variables in messages, and variables that it does not have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import emsmta_info_spec
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._role_words import (
    VARIABLES,
    in_role_words,
    misspelt,
)

ROLE = Path(__file__).resolve().parents[2] / "roles" / "emsmta_bypass"
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults/main.yml").read_text())


def test_the_variables_are_those_of_the_role() -> None:
    assert sorted(VARIABLES) == sorted(DEFAULTS)
    assert {f"emsmta_bypass_{option}" for option in emsmta_info_spec()} <= set(DEFAULTS)


@pytest.mark.parametrize(
    ("told", "in_the_role"),
    [
        ("drives: it is empty; name the visible drives", "emsmta_bypass_drives: it is empty; name the visible drives"),
        ("gather: 'files' cannot", "emsmta_bypass_gather: 'files' cannot"),
        ("value of gather must be one or more of", "value of emsmta_bypass_gather must be one or more of"),
        ("set 'exchange_bin', or give all drives", "set 'emsmta_bypass_exchange_bin', or give all drives"),
        ("drives and 'drives_complete'", "drives and 'emsmta_bypass_drives_complete'"),
        ("leave 'drives' out", "leave 'emsmta_bypass_drives' out"),
        ("Give (system_root, exchange_bin).", "Give (emsmta_bypass_system_root, emsmta_bypass_exchange_bin)."),
        (
            "C:\\exchange_bin\\x, /mnt/system_root, exchange_binary",
            "C:\\exchange_bin\\x, /mnt/system_root, exchange_binary",
        ),
        ("emsmta_bypass_exchange_bin", "emsmta_bypass_exchange_bin"),
        ("there is no such file; set 'create: true' if it is to be made", "there is no such file"),
    ],
)
def test_messages_name_variables_of_the_role(told: str, in_the_role: str) -> None:
    assert in_role_words(told) == in_the_role


def test_a_result_keeps_what_is_no_message() -> None:
    result = {
        "status": "drives: x",
        "reasons": [{"code": "exchange_bin", "message": "set 'exchange_bin'"}],
        "not_read": ({"what": "system_root", "reason": "give system_root"},),
        "evidence": {"facts": {"value": ["exchange_bin"], "system_root": 1}},
    }
    assert in_role_words(result) == {
        "status": "drives: x",
        "reasons": [{"code": "exchange_bin", "message": "set 'emsmta_bypass_exchange_bin'"}],
        "not_read": [{"what": "system_root", "reason": "give emsmta_bypass_system_root"}],
        "evidence": {"facts": {"value": ["exchange_bin"], "system_root": 1}},
    }
    assert in_role_words(None) is None


def test_misspelt_variables() -> None:
    right = [*VARIABLES, "emsmta_bypass_result", "emsmta_audit_folder", "__emsmta_bypass_master", "EMSMTA_bypass_x"]
    assert misspelt(right) == []
    assert misspelt([*right, "emsmta_bypass_overide_proxied", "emsmta_bypass_zzz"]) == [
        "emsmta_bypass_overide_proxied is no variable of the role emsmta_bypass (perhaps "
        "emsmta_bypass_override_proxied is meant); it changes nothing",
        "emsmta_bypass_zzz is no variable of the role emsmta_bypass; it changes nothing",
    ]


def test_every_boolean_is_used_as_one() -> None:
    text = "".join(path.read_text() for path in (ROLE / "tasks").iterdir())
    for name in [name for name, value in DEFAULTS.items() if isinstance(value, bool)]:
        uses = re.findall(rf"\b{name}\b(.*)", text)
        assert uses
        assert all(use.startswith(" | bool") for use in uses), name


def test_a_server_that_was_not_looked_at_has_all_keys_of_a_result() -> None:
    (task,) = yaml.safe_load((ROLE / "tasks/not_looked_at.yml").read_text())
    result = task["ansible.builtin.set_fact"]["emsmta_bypass_result"]
    keys = re.findall(r"^\| `(\w+)` \|", (ROLE / "README.md").read_text().partition("## Result")[2], re.MULTILINE)
    assert sorted(result) == sorted([*keys, "unreachable"])
