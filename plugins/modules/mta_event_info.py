#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mta_event_info
short_description: Read what an Exchange MTA has written into the event log
version_added: 1.1.0
description:
  - Reads the application log of a Windows NT, 2000 or 2003 server, or another of its event logs, from the newest record
    back, and gives the events of the message transfer agent (MTA) of Exchange.
  - The events that tell of the fault of Microsoft KB Q254909 are chosen by default. An MTA logs 9301 and 9202 where it
    was called from an address that none of its connectors has, such as that of a proxy. So they stand on the server
    that was called, and not on the one that needs the fix.
  - Tells when the MTA was started, which build it is, and which addresses were refused.
  - Ids and insertion strings decide; texts, which are translated, are neither read nor given. Never changes anything.
author:
  - The legacy_exchange.winsock_proxy authors (@legacy-exchange)
extends_documentation_fragment:
  - legacy_exchange.winsock_proxy._attributes
  - legacy_exchange.winsock_proxy._attributes.info_module
options:
  drives:
    description:
      - The visible drives of the server, as drive letters and the folders where they are found.
      - The registry in the system folder tells where the file of the log is (KB Q175386). Where it cannot be read,
        the file is looked for in C(System32\Config). Nothing outside of the folders is read.
      - "Required for visible drives, for example C({C: /mnt/ex01-c, D: /mnt/ex01-d}). Refused over SMB, where the
        server itself gives its log."
    type: dict
  system_root:
    description:
      - Windows path of the system folder on O(drives), for example V(C:\\WINNT), when it is known.
      - Without it, C(\WINNT), C(\WINNT.SBS), C(\WINNT35) and C(\WINDOWS) of all drives are looked at. Refused over
        SMB.
    type: str
  log:
    description:
      - The name of the log, blind to case.
      - On visible drives, only V(Application), V(System) and V(Security) have a place where they are looked for
        without a registry.
    type: str
    default: Application
  source:
    description:
      - Who logged the events, blind to case. With another source, give O(ids) too.
      - RV(started), RV(stopped) and RV(build) are always those of C(MSExchangeMTA).
    type: str
    default: MSExchangeMTA
  ids:
    description:
      - The ids of the events, as the Event Viewer shows them.
      - By default 9298 and 9299, a start and a stop of the MTA; 9301, 9202, 1293 and 9322, by which one says that it
        has refused a caller; 289, 301, 1290, 1294 and 9318 of a caller; and others that are logged about the same
        connections.
    type: list
    elements: int
    default:
      [37, 51, 57, 289, 290, 301, 1290, 1293, 1294, 9156, 9202, 9215, 9221, 9224, 9298, 9299, 9301, 9316, 9318, 9322]
  since:
    description:
      - No event before this. Reading stops where 16 records in a row are before it, so that a long log costs no more
        than a short one, and some records of a wrong time hide none. Without it, the whole log is read, over SMB with a
        request for about 4 KB of it.
      - A time in UTC by the server's own clock, such as V(2003-03-01T08:00:00Z) or V(2003-03-01).
      - Or a span back from the newest record of the log, such as V(1 hour), V(90 minutes), V(7 days), V(1h), V(90m)
        or V(7d). It does not depend on any clock's being right.
    type: str
  limit:
    description:
      - The most events to give, from 1 to 100000. Reading stops there; RV(left_out) then tells that older records were
        left.
    type: int
    default: 1000
notes:
  - All times are those of the server that logged them, in UTC. Nothing tells whether its clock was right; of a
    clock that was set back, records that are newer but of an earlier time may tell.
  - No event is not no fault. The log may not reach back so far, RV(levels) may keep the MTA from logging, and some
    builds from 2354 to 2620, among them that of Exchange 5.5 SP2, do not log 9301 (KB Q234962). The build is told by
    9298.
  - A 9301 has other causes too, such as names in connectors without a reverse lookup (KB Q193380), a caller with
    several addresses (KB Q197378) or a cluster (KB Q169113).
  - A file that was copied while the server ran was not closed, and what the service had not written yet is not in it.
    RV(log.clean) tells that. Its newest records are found all the same.
  - What damage or overwriting has left of older records is no part of the log, and is not given.
  - A Windows NT server gives its application log in the place of one that it does not have. So over SMB its registry is
    asked first whether there is a log of this name; for V(Application) it need not be.
  - On Windows NT 4.0, a log of 2 MB or more may not be readable from its oldest record on (KB Q177199). It is read from
    its newest record back.
  - Only logs of Windows before Vista are read, C(.evt) and not C(.evtx).
seealso:
  - module: legacy_exchange.winsock_proxy.emsmta_info
  - name: Microsoft KB Q254909
    description: The article that describes the fault and its fix.
    link: https://github.com/jeffpar/kbarchive/blob/master/kb/254/Q254909/README.md
"""

EXAMPLES = r"""
- name: Read the events of the MTA on a server whose drives are mounted
  legacy_exchange.winsock_proxy.mta_event_info:
    drives:
      C: /mnt/ex01-c
      D: /mnt/ex01-d
  register: ex01

- name: Say when the MTA was started, and whom it has refused
  ansible.builtin.debug:
    msg: >-
      started {{ ex01.started.time | default('at an unknown time', true) }}, refused
      {% for each in ex01.addresses %}{{ each.ipv4 or each.name or each.hex }} {% else %}nobody{% endfor %}

- name: Who was refused in the last hour, on a server over SMB?
  legacy_exchange.winsock_proxy.mta_event_info:
    ids: [9301, 9202]
    since: 1 hour
"""

RETURN = r"""
msg:
  description: What was found in one sentence of at most 200 characters.
  returned: success
  type: str
  sample: 3 events of MSExchangeMTA among 412 records of Application, back to 2003-02-26T08:00:00Z
events:
  description: The events, the newest first; up to O(limit).
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: The id as the Event Viewer shows it., type: int}
    time: {description: 'When it was logged, such as V(2003-03-01T08:00:00Z).', type: str}
    type:
      description: V(error), V(warning), V(information), V(success), V(success audit), V(failure audit), or a number.
      type: str
    category: {description: The number of the category., type: int}
    computer: {description: The server that logged it., type: str}
    strings:
      description: The insertion strings, in their order. They are what the source filled into its text.
      type: list
      elements: str
    record: {description: The number of the record., type: int}
started:
  description:
    - C(record) and C(time) of the newest 9298 of the MTA that was read, whatever O(ids) and O(source) say; null where
      none was. O(since) and O(limit) end the search, so null does not say that there was none.
  returned: success
  type: dict
  sample: {record: 412, time: '2003-03-01T08:00:00Z'}
stopped:
  description:
    - The same of the newest 9299, where none of the MTA's starts follows it. An MTA that crashed has logged none.
  returned: success
  type: dict
build:
  description: The build of the MTA, as the event of RV(started) tells it; null where it is not known.
  returned: success
  type: str
  sample: '2653.23'
addresses:
  description: The addresses of the callers that RV(events) with the id 9301 name, each once.
  returned: success
  type: list
  elements: dict
  contains:
    hex: {description: 'The address as it was logged, in hexadecimal digits.', type: str}
    ipv4: {description: The digits read as an IPv4 address; null where they are none., type: str}
    name:
      description:
        - The digits read as a name; null where they are none. Four letters have eight digits, and so both readings.
      type: str
    count: {description: How many of the events name it., type: int}
  sample: [{hex: 0A000005, ipv4: 10.0.0.5, name: null, count: 3}]
log:
  description: How far the log reaches. What is not known is null.
  returned: success
  type: dict
  contains:
    records: {description: How many records it holds., type: int}
    oldest: {description: C(record) and C(time) of its oldest record., type: dict}
    newest: {description: C(record) and C(time) of its newest record., type: dict}
    wrapped:
      description:
        - Whether its records from number 1 on are gone, as where newer ones were written over them.
      type: bool
    clean: {description: 'Whether its file was closed in good order, on visible drives.', type: bool}
    lost: {description: How many records it must hold that cannot be given., type: int}
read_to:
  description:
    - C(record) and C(time) of the oldest record that was read, of whatever source; null for an empty log. Of what lies
      before it nothing is known.
  returned: success
  type: dict
levels:
  description:
    - How much the MTA was told to log, by category, V(0) for none, V(1), V(3) and V(5) for the most (KB Q157660). Which
      events a level lets pass is not told there.
    - Only asked for where RV(events) has none of 9301, 9202, 1293 and 9322, which say that a caller was refused, though
      O(ids) has one of them; and where it is empty. Null where it was not asked for, or is not known.
  returned: success
  type: dict
  sample: {'1 X.400 Service': 0, '4 Interface': 0, '7 Configuration': 0, '9 Operating System': 0}
not_read:
  description:
    - What could not be read, and why. It never counts as absent. A log of which nothing can be read is an error.
  returned: success
  type: list
  elements: dict
  contains:
    what: {description: The log or part., type: str}
    reason: {description: Why., type: str}
left_out:
  description:
    - That reading stopped at O(limit), and the lists that were longer than 100 items with how many more there are.
  returned: when something was left out
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._errors import UserError
from ..module_utils._event_info import WHOLE, event_info, log_on_drives
from ..module_utils._options.mta_event_info import (
    event_request_from,
    mta_event_info_spec,
)
from ..module_utils._server.text import gated, message


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=mta_event_info_spec(), supports_check_mode=True)
    try:
        request = event_request_from(module.params)
        source, registry = log_on_drives(request)
        result = event_info(source, request, registry)
    except UserError as error:
        module.fail_json(msg=message(error))
    module.exit_json(**gated(result, WHOLE))


if __name__ == "__main__":
    main()
