# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: emsmta_bypass_decision
short_description: Decide which files the role emsmta_bypass edits on a server
version_added: 0.2.0
author:
  - The legacy_exchange.winsock_proxy authors (@legacy-exchange)
description:
  - Made for the role C(emsmta_bypass), whose README says what it does with each server.
positional: _input
options:
  _input:
    description: What M(legacy_exchange.winsock_proxy.emsmta_info) returned.
    type: dict
    required: true
  state:
    description: Whether the stanza is to be there.
    type: str
    choices: [present, absent]
    required: true
  override_proxied:
    description: Whether a section that holds other keys may be edited too.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Which files would be edited?
  ansible.builtin.debug:
    msg: "{{ found | legacy_exchange.winsock_proxy.emsmta_bypass_decision(state='present') }}"
"""

RETURN = r"""
_value:
  description:
    - C(paths), the files to edit, and C(refusal), why the server is left alone, empty when nothing stands against it.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ..plugin_utils._bypass import decide


def emsmta_bypass_decision(found: Mapping[str, Any], state: str, override_proxied: bool | str = False) -> Any:
    """Decide, with booleans as users write them."""
    return decide(found, state == "present", boolean(override_proxied))


class FilterModule:
    """The filter of this name."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Give the filter."""
        return {"emsmta_bypass_decision": emsmta_bypass_decision}
