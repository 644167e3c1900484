# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs over sample servers, and the reports of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import (
    edit_drives_from,
    edit_request_from,
    mspclnt_ini_spec,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.text import gated
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._bypass import (
    LOOP_VARIABLE,
    changed,
    conclude,
    decide,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.files import as_json
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.history import history_of
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.report import Report, Run, report_of

from tests.lab.servers import Sample, samples
from tests.unit.sample_drives import ask, furnish

SAMPLES: Mapping[str, Sample] = {each.name: each for each in samples()}
MONDAY, TUESDAY, WEDNESDAY = "2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z", "2026-11-25T06:00:00Z"
EDIT_OPTIONS: dict[str, Any] = {name: option.get("default") for name, option in mspclnt_ini_spec().items()}


class Fleet:
    """Sample servers as visible drives, below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def looks(self, *names: str) -> dict[str, object]:
        """Give what a look at each of them registers."""
        return {name: self.look(name) for name in names}

    def look(self, name: str) -> dict[str, Any]:
        """Give what a look at a server registers; its files are as the last remedy left them."""
        return gated(ask(self._drives(name), SAMPLES[name]))

    def remedy(self, name: str, present: bool = True, check: bool = False) -> dict[str, Any]:
        """Give the role's result: decide, edit, look again."""
        before = decide(self.look(name), present, override_proxied=False)
        edits = [self._edit(name, file, present, check) for file in before["to_edit"]]
        again = changed(edits) and not check
        return gated(conclude(before, present, check, edits, self.look(name) if again else None))

    def undo(self, name: str) -> None:
        """Put the sample's files back, as a client does that fetches its files again."""
        SAMPLES[name].furnish(self._drives(name))

    def _edit(self, name: str, file: Mapping[str, str], present: bool, check: bool) -> dict[str, Any]:
        drives = {each.name: str(each) for each in self._drives(name).iterdir()}
        state = "present" if present else "absent"
        options = {**EDIT_OPTIONS, "path": file["path"], "drives": drives, "state": state, "backup": True}
        with closing(LocalEditor(drives=edit_drives_from(options))) as editor:
            return {**apply(editor, edit_request_from(options), check=check, diff=False), LOOP_VARIABLE: file}

    def _drives(self, name: str) -> Path:
        if not (self._folder / name).exists():
            furnish(self._folder / name, SAMPLES[name])
            SAMPLES[name].add_log(self._folder / name)
        return self._folder / name


def told(status: str, **more: Any) -> dict[str, Any]:
    """Give the least that a look registers for a status."""
    if status in ("unreachable", "failed"):
        return {status: True, "msg": f"{status}, and why"}
    return {"status": status, "certainty": "documented", "msg": f"{status} (documented): why", **more}


def run_of(
    found: Mapping[str, object],
    when: str = MONDAY,
    name: str = "",
    check: bool = False,
    inventory: Collection[str] = (),
    masters: Mapping[str, Collection[str]] | None = None,
    proxies: Sequence[dict[str, Any]] = (),
) -> Run:
    """Give a run over hosts, each with what is registered for it; None where nothing is."""
    everyone = list(inventory or found)
    return Run(name or when, when, check, list(found), everyone, found.get, masters or {}, proxies)


def reported(run: Run, before: Report | None = None) -> Report:
    """Give the report of a run on top of an older one, which is read back from its file."""
    return report_of(run, history_of(as_json(before) if before else None, run.name))


def server_in(report: Report, name: str) -> dict[str, Any]:
    """Give one server of a report."""
    found: dict[str, Any] = next(server for server in report["servers"] if server["name"] == name)
    return found
