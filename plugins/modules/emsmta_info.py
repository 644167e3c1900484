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
  - legacy_exchange.winsock_proxy._attributes.info_module
  - legacy_exchange.winsock_proxy._look
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
  - With V(events) in O(gather), a look says whether the MTA has read the fix (RV(in_force)), and what its application
    log tells of connections that it refused, or that were refused to it (RV(events)).
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

- name: Read the event log of a server over SMB, too
  legacy_exchange.winsock_proxy.emsmta_info:
    gather: [files, registry, events]
  register: ex02

- name: Say whether the MTA has read the fix, and when it was started
  ansible.builtin.debug:
    msg: "in force: {{ ex02.in_force }}, started {{ ex02.events.started.time | default('at no known time') }}"
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
    - Whether the running MTA has read the fix, V(yes) or V(unknown). A look alone cannot tell V(no), since a refresh
      may have written the same again; the role tells it after an edit.
    - V(yes) only over SMB, with V(events) in O(gather), on a protected server where the newest start of the MTA
      (event 9298) is later than the last change of the file that decides, both by the server's own clock, and no stop
      (9299) follows. On a volume that is not surely NTFS it must be more than an hour later, since FAT keeps local
      time. Never on a node of a cluster, where the start may be that of another node.
    - Why is among RV(reasons), as C(mta_read_fix), C(mta_stopped) or C(in_force_unknown). They make no judgement less
      sure.
  returned: success
  type: str
events:
  description:
    - What the application log tells of the MTA; null where it was not gathered, or the MTA is surely absent.
    - Times are UTC, by the server's own clock, as V(2003-03-01T08:00:00Z). Ids and insertion strings of the records
      decide, never texts, which are translated.
    - It is read from the newest record back, on to the newest start of the MTA and for at least 30 days before the
      newest record, and no further than 20000 records.
  returned: success
  type: dict
  version_added: 1.1.0
  contains:
    started: {description: 'The newest start of the MTA (9298), C(record) and C(time); null for none.', type: dict}
    stopped: {description: 'The newest stop (9299), where it is newer than that.', type: dict}
    build:
      description: >-
        The build that this start names, as V(2653.23), or else that of C(EMSMTA.EXE) by its file version (inferred).
      type: str
    refused:
      description:
        - Events of an MTA that was called and refused, 9301, 9202, 1293 and 9322, those of one kind counted together.
          Of one kind are events with the same C(id), C(about) and address.
        - It is evidence, not proof, that a caller's MTA goes through the proxy. 9301 has other causes too.
      type: list
      elements: dict
      contains:
        id: {description: The event., type: int}
        about: {description: 'The connector or transport stack by its distinguished name; null for none.', type: str}
        hex: {description: 'The address of the caller as 9301 has it, in hexadecimal digits.', type: str}
        ipv4: {description: 'It, or that of 9322, as an IPv4 address.', type: str}
        name: {description: 'It as a name. Eight digits may be an address or a name of four letters.', type: str}
        count: {description: How many were read., type: int}
        first: {description: When the oldest of them was logged., type: str}
        last: {description: When the newest was., type: str}
        record: {description: The number of the newest., type: int}
        times: {description: 'When the newest were logged, at most 20, newest first.', type: list, elements: str}
    seen:
      description: >-
        Events of an MTA that called, 289, 301, 1290, 1294 and 9318, with the same keys as RV(events.refused). A caller
        may log nothing.
      type: list
      elements: dict
    log:
      description: >-
        How far the log reaches, as far as it is known, C(records), C(oldest) and C(newest) (numbers of records),
        C(oldest_time), C(wrapped) (those from number 1 on are gone), C(clean) (the file was closed in good order) and
        C(lost) (records that cannot be read).
      type: dict
    newest: {description: 'The newest record, C(record) and C(time); null where the log is empty.', type: dict}
    read_to: {description: The oldest record that was read., type: dict}
    whole: {description: Whether the log was read to its oldest record., type: bool}
    levels:
      description: >-
        What the MTA is set to log, 0 to 5, by its categories C(1 X.400 Service), C(4 Interface), C(7 Configuration) and
        C(9 Operating System), as far as the registry tells; null where it tells none. Which events pass at 0 is not
        documented.
      type: dict
    clock: {description: 'By how many seconds the server''s clock is ahead, over SMB; null where not known.', type: int}
    fault: {description: 'Why the log could not be read, or not on; null for nothing.', type: str}
    kinds_left_out:
      description: Events of more kinds than are kept, which are 100 in RV(events.refused) and 100 in RV(events.seen).
      type: int
    set_back:
      description: >-
        By how many seconds the server's clock was set back just before or after the newest start, by the times in the
        log. More than a minute, and that start proves nothing.
      type: int
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

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from ..module_utils._events.source import EventSource
    from ..module_utils._server.protocols import Registry


def _event_log(files: DriveFiles, system_root: str | None, registry: Registry | None) -> EventSource:
    # Loaded only where events are asked for.
    from ..module_utils._local.event_log import DriveEventLog

    return DriveEventLog(files, system_root, registry)


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=emsmta_info_spec(), supports_check_mode=True)
    try:
        request = look_request_from(module.params)
        files = DriveFiles(request.drives)
        result = inform(
            files,
            request,
            module.check_mode,
            lambda root: DriveRegistry(files, root),
            lambda root, registry: _event_log(files, root, registry),
        )
    except UserError as error:
        module.fail_json(msg=message(error))
    module.exit_json(**gated(result))


if __name__ == "__main__":
    main()
