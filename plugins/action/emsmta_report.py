# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._errors import UserError
from ..module_utils._server.text import message, plain
from ..plugin_utils._report.files import as_csv, as_json, as_junit
from ..plugin_utils._report.folder import read, write
from ..plugin_utils._report.history import history_of
from ..plugin_utils._report.masters import is_fixed, names_of
from ..plugin_utils._report.page import as_html
from ..plugin_utils._report.report import Run, report_of
from ..plugin_utils._report.servers import OUTCOMES, STATUSES, fails_on, server_of
from ..plugin_utils._report.told import told, totals_of

display = Display()

SPEC: dict[str, dict[str, Any]] = {
    "results": {"type": "str", "required": True},
    "folder": {"type": "str", "required": True},
    "fail_on": {"type": "list", "elements": "str", "default": []},
    "masters": {"type": "list", "elements": "str", "default": []},
}
FAIL_WORDS = STATUSES + OUTCOMES
Variables = Mapping[str, Any]


class ActionModule(ActionBase):
    """Write the report of all hosts of the play, once.

    It runs once for a play, also where no host of it can be reached, and reads what is registered as it is:
    nothing that came from a server is ever templated.
    """

    BYPASS_HOST_LOOP = True
    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give the totals, and fail where the report is complete and a server is as it must not be."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(SPEC)
        words = _fail_words(options["fail_on"])
        folder = _folder(options["folder"])
        run = self._run(options, task_vars or {})
        try:
            history = history_of(read(folder / "report.json"), run.name)
            if history.wrong:
                display.warning(message(f"{folder}/report.json is not compared with: {history.wrong}"))
            report = report_of(run, history)
            files = {"html": as_html(report), "csv": as_csv(report, run.hosts), "xml": as_junit(report)}
            # The JSON comes last: what the next run compares with is a report that was written to its end.
            write(folder, {f"report.{kind}": data for kind, data in (files | {"json": as_json(report)}).items()})
        except UserError as error:
            raise AnsibleActionFail(message(error)) from None
        for line in told(report, str(folder)):
            display.display(line)
        bad = [server["name"] for server in report["servers"] if fails_on(server, words)]
        result.update(
            changed=False,
            totals=report["totals"],
            complete=report["complete"],
            folder=str(folder),
            msg=f"{totals_of(report)}; the report is in {folder}",
            ansible_stats={"data": {"emsmta_report": report["totals"]}, "aggregate": False, "per_host": False},
            failed=bool(bad) and report["complete"],
        )
        return result

    def _run(self, options: Variables, variables: Variables) -> Run:
        results, hostvars = options["results"], variables["hostvars"]

        def registered(host: str) -> object:
            return hostvars.raw_get(host).get(results)

        found = {host: server_of(host, registered(host)) for host in options["masters"] if host in hostvars}
        return Run(
            name=str(self._task._uuid),
            generated=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            check_mode=bool(variables.get("ansible_check_mode")),
            hosts=list(variables["ansible_play_hosts_all"]),
            inventory=list(hostvars),
            registered=registered,
            masters={
                host: names_of(host, hostvars.raw_get(host).get("ansible_host"))
                for host, server in found.items()
                if is_fixed(server)
            },
        )


def _fail_words(given: Sequence[str]) -> tuple[str, ...]:
    """Check what a play is to fail on."""
    words = tuple(word.strip() for word in given if word.strip())
    wrong = [word for word in words if word not in FAIL_WORDS]
    if wrong:
        raise AnsibleActionFail(
            message(
                f"fail_on (in the playbooks emsmta_audit_fail_on): {', '.join(map(repr, wrong))} is no status and no "
                f"outcome; the words are {', '.join(FAIL_WORDS)}"
            )
        )
    return words


def _folder(given: str) -> Path:
    if not given.strip() or plain(given) != given:
        raise AnsibleActionFail(message(f"folder (in the playbooks emsmta_audit_folder) is no path: {given!r}"))
    return Path(given).expanduser().absolute()
