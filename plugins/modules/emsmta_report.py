# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: emsmta_report
short_description: Report a fleet of Exchange servers on the controller
version_added: 1.0.0
author:
  - The legacy_exchange.winsock_proxy authors (@legacy-exchange)
description:
  - Writes C(report.html), C(report.csv), C(report.json) and C(report.xml) (JUnit) about all hosts of the play, also
    about those that could not be reached, and prints the totals, what is not right, and what to do.
  - The playbooks C(legacy_exchange.winsock_proxy.audit) and C(legacy_exchange.winsock_proxy.remediate) use it. A play
    of your own does as they do, see the example.
  - Compares each server with its last verdict in the report that lies in O(folder), and keeps what that knew of servers
    that were not in this play. What check mode predicts is no verdict. A C(report.json) that cannot be understood is
    warned of, and replaced.
  - C(report.json) lists the MTAs that have to be restarted, and under C(going_back) the last copy of each file that a
    run changed; later reports keep both.
  - Where events were gathered, joins the event logs of all hosts. For each server it says which remote MTAs refused
    calls with the proxy's address, what the server logged itself at those moments, which others behind the same proxy
    fit as well, and whether any was refused since the MTA started with the fix. This is evidence, and no proof.
  - Remembers the starts of each MTA from report to report, so that RV(ignore:in_force) of a server may become V(no) in
    the report where a look alone does not know, and no MTA that has read the fix is asked to be restarted because
    its client wrote the same file again.
  - Runs once for a play, as with C(run_once), and looks at no server. Only what was registered counts.
extends_documentation_fragment:
  - legacy_exchange.winsock_proxy._attributes
attributes:
  check_mode:
    support: none
    details:
      - The files are written in check mode too, since a report of what would be done is wanted most of all then. They
        say that they are a prediction.
  diff_mode:
    support: none
    details:
      - The report itself says what changed.
  idempotent:
    support: none
    details:
      - Each report has the time at which it was made. The task is never changed.
  platform:
    support: full
    platforms: posix
    details:
      - Runs on the controller alone.
options:
  results:
    description:
      - Name of the variable that holds what M(legacy_exchange.winsock_proxy.emsmta_info) or the role
        C(emsmta_bypass) found on each host. A loop of one item is taken for its item.
      - Left out, nothing is reported, and the task only sees that the options are right and the folder can be written,
        as is wanted before a run that takes its time, or changes servers.
    type: str
  folder:
    description:
      - Where to write, on the controller. Made when missing. A relative path begins in the current folder.
      - Files of these names are overwritten, once all of them are written beside their names; their mode is C(0640).
    type: path
    required: true
  fail_on:
    description:
      - Statuses and outcomes that make the task fail once all hosts of the play were looked at, V(exposed), V(unknown),
        V(unreachable), V(failed), V(not_looked_at), V(protected), V(not_applicable), V(refused), V(not_verified).
      - V(failed) stands for a look and for an edit that failed.
      - Left empty, the task fails for no server.
    type: list
    elements: str
    default: []
  masters:
    description:
      - Hosts on which the role's entry point C(master) ran in this run, its result under the name O(results). Where the
        copy of one holds the fix, the risk C(overwritten_on_refresh) of a server that names it counts as mitigated,
        inferred from the name. What was changed on them is listed for going back too.
      - They are told apart from the servers; one that is as O(fail_on) says makes the task fail as well.
    type: list
    elements: str
    default: []
  proxy_addresses:
    description:
      - IPv4 addresses or host names under which remote MTAs know the proxy server, those on their side of it. An event
        9301 that they logged with one of these is evidence that something behind the proxy called them.
      - What the files of the clients name is taken for it too, and called a guess, since it is mostly the address on
        the inner side.
      - Only used where the events of some hosts were gathered, see
        O(legacy_exchange.winsock_proxy.emsmta_info#module:gather).
    type: list
    elements: str
    default: []
    version_added: 1.1.0
notes:
  - Strategies other than C(linear) do not run such a task; set C(strategy) to V(ansible.builtin.linear) in the play.
  - With C(serial), the report is written behind each batch, and fails behind the last.
seealso:
  - module: legacy_exchange.winsock_proxy.emsmta_info
"""

EXAMPLES = r"""
- name: Look at all servers, and go on where one cannot be had
  legacy_exchange.winsock_proxy.emsmta_info:
  register: found
  ignore_errors: true
  ignore_unreachable: true

- name: Report
  legacy_exchange.winsock_proxy.emsmta_report:
    results: found
    folder: emsmta-audit
    fail_on: [exposed, unreachable, failed]
  check_mode: false
  # So that a variable of the first server that cannot be made out does not keep the report from the others.
  delegate_to: localhost
"""

RETURN = r"""
totals:
  description: How many servers have each status.
  returned: with O(results)
  type: dict
  sample: {exposed: 3, unknown: 0, unreachable: 1, failed: 0, not_looked_at: 0, protected: 12, not_applicable: 4}
complete:
  description: Whether every host of the play was looked at, or could not be reached.
  returned: with O(results)
  type: bool
folder:
  description: Where the report lies, or without O(results), would lie.
  returned: always
  type: str
  sample: /home/audit/emsmta-audit
msg:
  description: The totals and the folder in one line; where the task fails, the servers that made it fail come first.
  returned: with O(results)
  type: str
  sample: 3 exposed, 12 protected; the report is in /home/audit/emsmta-audit
ansible_stats:
  description: The totals for callbacks and AWX, which show such data beside a job.
  returned: with O(results)
  type: dict
"""
