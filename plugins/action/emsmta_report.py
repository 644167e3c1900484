# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._detect.wording import moment
from ..module_utils._errors import UserError
from ..module_utils._server.text import few, message, plain
from ..plugin_utils._report.files import as_csv, as_json, as_junit
from ..plugin_utils._report.folder import read, try_to_write, write
from ..plugin_utils._report.history import history_of
from ..plugin_utils._report.masters import is_fixed, names_of
from ..plugin_utils._report.page import as_html
from ..plugin_utils._report.proxies import is_address
from ..plugin_utils._report.report import Report, Run, report_of
from ..plugin_utils._report.servers import OUTCOMES, STATUSES, fails_on, server_of
from ..plugin_utils._report.told import told, totals_of

display = Display()

SPEC: dict[str, dict[str, Any]] = {
    "results": {"type": "str"},
    "folder": {"type": "str", "required": True},
    "fail_on": {"type": "list", "elements": "str", "default": []},
    "masters": {"type": "list", "elements": "str", "default": []},
    "proxy_addresses": {"type": "list", "elements": "str", "default": []},
}
FAIL_WORDS = STATUSES + OUTCOMES
PREFIX = "emsmta_audit_"
# What the playbooks take, and what they set themselves.
OF_PLAYBOOKS = tuple(
    f"{PREFIX}{name}"
    for name in (
        "events",
        "fail_on",
        "folder",
        "found",
        "hosts",
        "if_present",
        "not_wanted",
        "proxy_addresses",
        "serial",
        "step",
    )
)
EVENTS = f"{PREFIX}events"
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
        variables = task_vars or {}
        for name in _misspelt(variables):
            display.warning(f"{name} is no variable of the playbooks audit and remediate; it changes nothing")
        folder = _folder(options["folder"])
        try:
            if options["results"] is None:
                _fail_words(options["fail_on"])
                _addresses(options["proxy_addresses"])
                _true_or_false(self._templar.template(variables.get(EVENTS, False)))
                try_to_write(folder)
                return {**result, "changed": False, "folder": str(folder)}
            report = _written(self._run(options, variables), folder)
        except UserError as error:
            raise AnsibleActionFail(message(error)) from None
        for line in told(report, str(folder)):
            display.display(line)
        # Only now, where nobody asked before: a wrong word must not cost the report of a run that changed servers.
        words = _fail_words(options["fail_on"])
        _addresses(options["proxy_addresses"])
        bad = [server["name"] for server in [*report["servers"], *report["masters"]] if fails_on(server, words)]
        failed = bool(bad) and report["complete"]
        head = f"{few(bad)} must not be left so (fail_on: {', '.join(words)}): " if failed else ""
        result.update(
            changed=False,
            totals=report["totals"],
            complete=report["complete"],
            folder=str(folder),
            msg=f"{head}{totals_of(report)}; the report is in {folder}",
            ansible_stats={"data": {"emsmta_report": report["totals"]}, "aggregate": False, "per_host": False},
            failed=failed,
        )
        return result

    def _run(self, options: Variables, variables: Variables) -> Run:
        results, hostvars = options["results"], variables["hostvars"]

        def registered(host: str) -> object:
            return hostvars.raw_get(host).get(results)

        hosts = list(variables["ansible_play_hosts_all"])
        masters = [host for host in options["masters"] if host in hostvars and registered(host)]
        found = {host: server_of(host, registered(host)) for host in masters if host not in hosts}
        return Run(
            name=str(self._task._uuid),
            generated=moment(int(time.time())),
            # A look is the same in check mode. What the role tells is a prediction then.
            check_mode=bool(variables.get("ansible_check_mode")) and any(map(_is_of_role, map(registered, hosts))),
            hosts=hosts,
            inventory=list(hostvars),
            registered=registered,
            masters={
                host: names_of(host, hostvars.raw_get(host).get("ansible_host"))
                for host, server in found.items()
                if is_fixed(server)
            },
            proxies=list(found.values()),
            proxy_addresses=[text for text in _stripped(options["proxy_addresses"]) if is_address(text)],
        )


def _written(run: Run, folder: Path) -> Report:
    """Write the four files, and give what they hold."""
    history = history_of(read(folder / "report.json"), run.name)
    if history.wrong:
        display.warning(message(f"{folder}/report.json is not compared with, and is replaced: {history.wrong}"))
    report = report_of(run, history)
    files = {"html": as_html(report), "csv": as_csv(report, run.hosts), "xml": as_junit(report)}
    # The JSON comes last: what the next run compares with is a report that was written to its end.
    write(folder, {f"report.{kind}": data for kind, data in (files | {"json": as_json(report)}).items()})
    return report


def _is_of_role(registered: object) -> bool:
    return isinstance(registered, Mapping) and "outcome" in registered


def _misspelt(variables: Variables) -> list[str]:
    return sorted(name for name in variables if name.startswith(PREFIX) and name not in OF_PLAYBOOKS)


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


def _stripped(given: Sequence[str]) -> list[str]:
    return [text.strip() for text in given if text.strip()]


def _addresses(given: Sequence[str]) -> None:
    """Check the addresses under which remote MTAs know the proxy."""
    wrong = [text for text in _stripped(given) if not is_address(text)]
    if wrong:
        raise AnsibleActionFail(
            message(
                f"proxy_addresses (in the playbooks emsmta_audit_proxy_addresses): {', '.join(map(repr, wrong))} is no "
                "IPv4 address and no name of a host; give those under which remote MTAs know the proxy, as 192.0.2.1"
            )
        )


def _true_or_false(given: object) -> None:
    """Refuse a word that would count as no, and so have no events read without a word."""
    try:
        boolean(given)
    except TypeError:
        raise AnsibleActionFail(message(f"{EVENTS}: {given!r} is neither true nor false")) from None


def _folder(given: str) -> Path:
    if not given.strip() or plain(given) != given:
        raise AnsibleActionFail(
            message(
                f"folder (in the playbooks emsmta_audit_folder): {given!r} is no path; name the folder for the report"
            )
        )
    return Path(given).expanduser().absolute()
