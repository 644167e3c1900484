# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: emsmta_bypass_info
short_description: Say what the role emsmta_bypass does with a server, or has done
version_added: 1.0.0
author:
  - The legacy_exchange.winsock_proxy authors (@legacy-exchange)
description:
  - Made for the role P(legacy_exchange.winsock_proxy.emsmta_bypass#role), which describes the result key by key. In
    plays of your own, take M(legacy_exchange.winsock_proxy.emsmta_info).
  - Without O(before), looks at the server and decides which files are to be edited, or why it is left alone.
  - With O(before), looks again where one of O(edits) changed a file, and sums up.
  - Without O(state), looks at the server and decides nothing, as the playbook C(audit) wants it.
  - Never changes anything.
extends_documentation_fragment:
  - legacy_exchange.winsock_proxy._attributes
  - legacy_exchange.winsock_proxy._look
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details:
      - This module never changes anything.
  idempotent:
    support: full
  platform:
    support: full
    platforms: posix
    details:
      - As for M(legacy_exchange.winsock_proxy.emsmta_info).
options:
  state:
    description:
      - Whether the stanza is to be there. Needed beside O(before).
      - Left out, nothing is decided, and RV(to_edit) is not returned.
    type: str
    choices: [present, absent]
  override_proxied:
    description: Whether a section that holds other keys may be edited too.
    type: bool
    default: false
  before:
    description: What this module returned before the edits.
    type: dict
  edits:
    description:
      - What M(legacy_exchange.winsock_proxy.mspclnt_ini) returned for each file in RV(to_edit), with that file as
        C(__emsmta_bypass_file).
    type: list
    elements: dict
    default: []
  go_on:
    description:
      - Whether a look that fails, or a server that cannot be reached, leaves the task as it is; RV(no_look) says so
        then. The playbooks report such a server, and Ansible prints one short line for it.
    type: bool
    default: false
  events:
    description:
      - Whether to gather events too, whatever O(gather) says, as the playbooks want it with C(emsmta_audit_events).
      - With O(before) they are never gathered; those of the first look stay in RV(result).
    type: bool
    default: false
    version_added: 1.1.0
seealso:
  - module: legacy_exchange.winsock_proxy.emsmta_info
"""

EXAMPLES = r"""
- name: Which files would the role edit?
  legacy_exchange.winsock_proxy.emsmta_bypass_info:
    state: present
  register: found

- name: Show them
  ansible.builtin.debug:
    var: found.to_edit
"""

RETURN = r"""
to_edit:
  description: The files that are to be edited; empty where the server is left alone, or nothing is to be done.
  returned: with O(state), and without O(before)
  type: list
  elements: dict
  contains:
    path: {description: The Windows path., type: str}
    local: {description: 'The path by which the file is reached here, POSIX or over SMB UNC.', type: str}
  sample: [{path: 'C:\Mspclnt\Mspclnt.ini', local: /mnt/ex01-c/mspclnt/mspclnt.ini}]
result:
  description:
    - What the role sets as C(emsmta_bypass_result).
    - Without O(before), the same keys stand by themselves. Without O(state) too, they are C(status) and those that a
      look tells, as M(legacy_exchange.winsock_proxy.emsmta_info) returns them, with C(stanzas), C(master_copy) and
      C(proxy_servers).
  returned: with O(before)
  type: dict
no_look:
  description: V(unreachable) or V(failed), where the server could not be looked at; why is in RV(ignore:msg).
  returned: with O(go_on), when the look failed
  type: str
  sample: unreachable
"""
