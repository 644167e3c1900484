#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: emsmta_info
short_description: Tell whether the WinSock Proxy Client gets in the way of an Exchange MTA
version_added: 1.0.0
description:
  - Looks for the message transfer agent (MTA) of Exchange Server 4.0, 5.0 or 5.5 and for the WinSock Proxy Client on
    the drives and in the registry of a Windows server, reads what Windows reads as C(Disable) in section C([EMSMTA]),
    and judges the server by Microsoft KB Q254909.
  - A server is exposed when both are installed and that value is not 1.
  - Says how sure the judgement is, what could not be read, what could undo the fix, and which edits would protect the
    server. Never changes anything.
author:
  - The legacy_exchange.winsock_proxy authors (@legacy-exchange)
extends_documentation_fragment:
  - legacy_exchange.winsock_proxy._attributes
  - legacy_exchange.winsock_proxy._look
attributes:
  check_mode:
    support: full
    details:
      - This module never changes anything.
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
      - Works on servers behind the connection P(legacy_exchange.winsock_proxy.smb#connection), in process on the
        controller, and on drives of a Windows server that are visible as a folder, such as a mounted share, a disk
        image or a restored backup.
notes:
  - Two names that differ only in case, a link that leads out of its drive, a path on a drive that was not given, and a
    pointer in System.ini that leads nowhere make the answer V(unknown), with the reason.
  - Mail that flows through the proxy on purpose needs no line in the files that are read, since the partner's connector
    names the proxy's address (KB Q263046). C(Disable=1) stops it.
  - A client that is switched off is judged as if it were on.
  - The client counts as absent only where nothing of what was read says otherwise, namely System.ini, the default
    places of Mspclnt.ini, also on localized Windows, C(wsock32.dll) and the first 8 entries of the Winsock catalog.
    That is inferred where the registry was not read. A sign of it without its file makes the answer V(unknown).
  - Bytes above 127 of a path in System.ini are read by the server's own code page; where the registry does not tell it,
    as code page 1252.
  - That the client reads its files through the profile functions of Windows is inferred from their form; no document
    says so.
seealso:
  - module: legacy_exchange.winsock_proxy.mspclnt_ini
  - name: Microsoft KB Q254909
    description: The article that describes the fault and its fix.
    link: https://github.com/jeffpar/kbarchive/blob/master/kb/254/Q254909/README.md
"""

EXAMPLES = r"""
- name: Look at a server whose drives are mounted
  legacy_exchange.winsock_proxy.emsmta_info:
    drives:
      C: /mnt/ex01-c
      D: /mnt/ex01-d
    drives_complete: true
  register: ex01

- name: Look at a server over SMB, whose inventory says ansible_connection=legacy_exchange.winsock_proxy.smb
  legacy_exchange.winsock_proxy.emsmta_info:
    remote_mtas: [192.0.2.21, 192.0.2.22]
  register: ex02

- name: Say what was found
  ansible.builtin.debug:
    msg: "{{ ex01.status }} ({{ ex01.certainty }}): {{ ex01.reasons | map(attribute='message') | join('; ') }}"
"""

RETURN = r"""
msg:
  description:
    - The verdict in one sentence, RV(status), RV(certainty) and the reason that decides. It has at most 200 characters
      and no paths.
  returned: success
  type: str
  sample: "exposed (inferred): Windows reads nothing as Disable in [EMSMTA] of Mspclnt.ini"
status:
  description:
    - V(exposed), both are installed and Windows does not read C(Disable=1).
    - V(protected), both are installed and Windows reads it.
    - V(not_applicable), the MTA or the client is not installed, or the MTA is of an Exchange that KB Q254909 does not
      name (2000, 2003). RV(certainty) tells how sure that is.
    - V(unknown), it cannot be told; RV(reasons) say why.
  returned: success
  type: str
  sample: exposed
certainty:
  description: V(documented) when each step of the judgement stands in a document, V(inferred) otherwise.
  returned: success
  type: str
  sample: inferred
reasons:
  description: Why the status is what it is.
  returned: success
  type: list
  elements: dict
  contains:
    code: {description: A stable name., type: str}
    message: {description: The reason in words., type: str}
    source:
      description:
        - The article of Microsoft's Knowledge Base that says so; may be empty.
        - C(CAT8) and C(CAT10) are chapters of the documentation of Proxy Server 1.0, on the client and on its setup.
          C(PQ) is the documentation of the program PortQry, C(cc302546) a page of that number, and
          C(GetPrivateProfileString) the documentation of that function of Windows.
        - The guide C(docs/facts.md) of this collection says what each source is about.
      type: str
    certainty: {description: V(documented) or V(inferred)., type: str}
risks:
  description: What could undo, hide or forbid the fix.
  returned: success
  type: list
  elements: dict
  contains:
    code:
      description: >-
        C(overwritten_on_refresh), C(hidden_by_wspcfg), C(mta_not_restarted), C(proxied_by_default), which is on every
        exposed server, C(proxied_on_purpose), C(proxy_client_1_0), C(proxy_on_this_server), C(cluster),
        C(all_peers_local) or C(rewritten_by_manager).
      type: str
    message: {description: The risk in words., type: str}
    source: {description: The KB article or book that says so., type: str}
    certainty: {description: V(documented) or V(inferred)., type: str}
    mitigated: {description: Whether what was found stands against it already., type: bool}
advice:
  description: What a person should do.
  returned: success
  type: list
  elements: dict
  contains:
    code: {description: A stable name., type: str}
    message: {description: The advice in words., type: str}
    source: {description: The KB article or book that says so; may be empty., type: str}
    certainty: {description: V(documented) or V(inferred)., type: str}
plan:
  description:
    - The edits that protect the server in every documented order of reading, each with what
      M(legacy_exchange.winsock_proxy.mspclnt_ini) takes. Empty when there is nothing to do or nothing may be done.
  returned: success
  type: list
  elements: dict
  contains:
    path: {description: The file by its Windows path., type: str}
    local: {description: 'The file as it is reached here: a POSIX path, or over SMB a UNC path.', type: str}
    section: {description: The section., type: str}
    settings: {description: Keys and values., type: dict}
    reason: {description: Why this file., type: str}
    edit:
      description: >-
        The lines that the edit changes, at most 3, by their numbers afterwards; empty where
        M(legacy_exchange.winsock_proxy.mspclnt_ini) would refuse it, since readers would not agree on the edited file.
      type: list
      elements: dict
      contains:
        line: {description: Number of the line., type: int}
        before: {description: 'Its text, escaped; null for a line that is added.', type: str}
        after: {description: Its text after the edit., type: str}
evidence:
  description: What was found.
  returned: success
  type: dict
  contains:
    mta:
      description:
        - State (V(installed), V(absent), V(unknown)), certainty, reason, source and path of the MTA.
        - "C(facts) has, as far as they are known, C(image_path), C(start), C(account) and C(depends_on) of its service,
          C(dependents), those of MSExchangeIMC and MSExchangeDX that need it, C(version) and C(product), and of
          Exchange's Setup C(services), C(x400), C(internet), C(admin_dest), C(setup_build) and C(setup_newest_build)."
      type: dict
    client:
      description:
        - The same of the client.
        - "C(facts) has, as far as they are known, C(generation) (V(1.0), V(2.0), V(ISA 2000), V(unknown)), C(build),
          C(master), C(refresh_hours), C(proxy_servers), C(address_tables), and C(switched_on) (V(yes), V(unknown))."
      type: dict
    system:
      description:
        - "C(facts) has, as far as they are known, C(version), C(service_pack), C(build), C(system_root), C(cluster),
          C(small_business_server), C(proxy_services), and on Windows NT 4.0 C(rpc_client) and C(rpc_server), the DLLs
          by which RPC uses TCP/IP where it calls and where it is called."
        - Each fact has its C(value), and in C(from) the file or registry value that told it.
      type: dict
    stanzas:
      description: >-
        For each file that was read, its C(path) and C(local) as in RV(plan), C(section_found), whether it has a section
        EMSMTA, C(disable), what Windows reads as C(Disable) there, null for nothing, and C(entries), each with C(key),
        C(value) and C(line). Of more than 50, the one that decides and those with other keys come first, and
        C(left_out) counts the rest.
      type: list
      elements: dict
not_read:
  description: What could not be read, and why. It never counts as absent.
  returned: success
  type: list
  elements: dict
  contains:
    what: {description: The file or part., type: str}
    reason: {description: Why., type: str}
paths:
  description:
    - Where C(mspclnt), C(system_ini), C(emsmta) and C(wspcfg) are, each as Windows path (C(windows)) and as the path
      that M(legacy_exchange.winsock_proxy.mspclnt_ini) takes here (C(local)); null when unknown.
  returned: success
  type: dict
check_mode:
  description: Whether the task ran in check mode, which a play cannot see where only a task or block is in it.
  returned: success
  type: bool
in_force:
  description:
    - Whether the running MTA has read the fix, V(yes), V(no) or V(unknown).
    - V(unknown) for now, since nothing that is gathered tells when the MTA was started.
  returned: success
  type: str
left_out:
  description: The lists that were longer than 100 items, and how many more there are.
  returned: when there is one
  type: list
  elements: str
notes:
  description: What else is worth knowing.
  returned: success
  type: list
  elements: dict
  contains:
    code:
      description: C(small_business_server), C(rpc_passes_winsock_by) or C(no_x400_component).
      type: str
    message: {description: The note in words., type: str}
    source: {description: The KB article that says so., type: str}
    certainty: {description: V(documented) or V(inferred)., type: str}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._errors import UserError
from ..module_utils._inform import inform
from ..module_utils._local.files import DriveFiles
from ..module_utils._local.registry import DriveRegistry
from ..module_utils._options.emsmta_info import (
    emsmta_info_spec,
    look_request_from,
)
from ..module_utils._server.text import gated, message


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=emsmta_info_spec(), supports_check_mode=True)
    try:
        request = look_request_from(module.params)
        files = DriveFiles(request.drives)
        result = inform(files, request, module.check_mode, lambda root: DriveRegistry(files, root))
    except UserError as error:
        module.fail_json(msg=message(error))
    module.exit_json(**gated(result))


if __name__ == "__main__":
    main()
