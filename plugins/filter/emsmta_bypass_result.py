# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: emsmta_bypass_result
short_description: Sum up what the role emsmta_bypass found and did on a server
version_added: 0.2.0
author:
  - The legacy_exchange.winsock_proxy authors (@legacy-exchange)
description:
  - Made for the role C(emsmta_bypass), whose README describes the result key by key.
positional: _input
options:
  _input:
    description: What M(legacy_exchange.winsock_proxy.emsmta_info) returned before the edits.
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
  edits:
    description:
      - The registered loop of M(legacy_exchange.winsock_proxy.mspclnt_ini) over the C(paths) of
        P(legacy_exchange.winsock_proxy.emsmta_bypass_decision#filter).
    type: dict
    default: {}
  after:
    description: What M(legacy_exchange.winsock_proxy.emsmta_info) returned after the edits.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Sum up what was found
  ansible.builtin.debug:
    msg: "{{ found | legacy_exchange.winsock_proxy.emsmta_bypass_result(state='present') }}"
"""

RETURN = r"""
_value:
  description: What the role sets as C(emsmta_bypass_result).
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ..plugin_utils._bypass import conclude


def emsmta_bypass_result(
    found: Mapping[str, Any],
    state: str,
    override_proxied: bool | str = False,
    edits: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Any:
    """Sum up."""
    return conclude(found, state == "present", boolean(override_proxied), edits or {}, after or {})


class FilterModule:
    """The filter of this name."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Give the filter."""
        return {"emsmta_bypass_result": emsmta_bypass_result}
