# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError
from ansible.utils.display import Display

from ..module_utils._options.emsmta_info import BY_DEFAULT, EVENTS
from ..module_utils._server.text import gated, message
from ..plugin_utils._bypass import changed, conclude, decide, tell
from ..plugin_utils._role_words import in_role_words, misspelt
from .emsmta_info import ActionModule as EmsmtaInfo

display = Display()

OWN_SPEC: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"]},
    "override_proxied": {"type": "bool", "default": False},
    "before": {"type": "dict"},
    "edits": {"type": "list", "elements": "dict", "default": []},
    "go_on": {"type": "bool", "default": False},
    "events": {"type": "bool", "default": False},
}
# What only a decision needs, or the result tells under another name.
NOT_TOLD = ("check_mode", "evidence", "notes", "paths", "status")


class ActionModule(EmsmtaInfo):
    """Run `emsmta_info` for the role, and decide what follows; after the edits, look again and conclude."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give `emsmta_bypass_result`: as it is before any edit, or in `result` as it is after them."""
        own = self._own_options()
        self._choose_events(own)
        present, check = own["state"] == "present", self._task.check_mode
        if own["before"] is None:
            for told in misspelt(task_vars or {}):
                display.warning(told)
            found = self._look(tmp, task_vars, own["go_on"])
            if "no_look" in found or found.get("failed"):
                return found
            decided = decide(found, present, own["override_proxied"]) if own["state"] else tell(found)
            return gated(_without(found) | decided)
        if own["state"] is None:
            raise AnsibleActionFail("state: required with 'before'; give the state that the edits were made for")
        found, lost = {}, ""
        if changed(own["edits"]) and not check:
            found, lost = self._look_again(tmp, task_vars)
        result = conclude(own["before"], present, check, own["edits"], found or None, lost)
        return gated({**_without(found), "result": result})

    def _look(self, tmp: str | None, task_vars: dict[str, Any] | None, go_on: bool) -> dict[str, Any]:
        """Look; with go_on, a look that fails is no failure of the task, and `no_look` says of which kind it is."""
        try:
            found = super().run(tmp, task_vars)
        except AnsibleError as error:
            if not go_on:
                raise
            kind = "unreachable" if isinstance(error, AnsibleConnectionFailure) else "failed"
            return {"no_look": kind, "msg": in_role_words(message(error))}
        failed = _failed(found)
        return {"no_look": "failed", "msg": message(failed["msg"])} if failed and go_on else failed or found

    def _look_again(self, tmp: str | None, task_vars: dict[str, Any] | None) -> tuple[dict[str, Any], str]:
        """Give what a look after the edits found, or why it failed: what they changed is told all the same."""
        try:
            found = super().run(tmp, task_vars)
        except AnsibleConnectionFailure as error:
            return {}, str(error)
        return ({}, str(_failed(found)["msg"])) if found.get("failed") else (found, "")

    def _own_options(self) -> dict[str, Any]:
        """Take the options that `emsmta_info` does not have out of the task."""
        given = self._task.args
        self._task.args = {name: value for name, value in given.items() if name in OWN_SPEC}
        options: dict[str, Any] = self.validate_argument_spec(OWN_SPEC)[1]
        self._task.args = {name: value for name, value in given.items() if name not in OWN_SPEC}
        return options

    def _choose_events(self, own: dict[str, Any]) -> None:
        """Have events gathered or not: those of the first look stay in the result, so they are read once."""
        given = self._task.args.get("gather", list(BY_DEFAULT))
        if not isinstance(given, (str, list)):
            return
        words = [word.strip() for word in given.split(",")] if isinstance(given, str) else list(given)
        others = [word for word in words if word != EVENTS]
        wanted = own["before"] is None and (own["events"] or len(others) < len(words))
        self._task.args["gather"] = [*others, EVENTS] if wanted else others


def _without(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in NOT_TOLD}


def _failed(found: dict[str, Any]) -> dict[str, Any]:
    """Give a look that failed, in the words of the role; nothing where it did not."""
    return {**found, "msg": in_role_words(str(found.get("msg", "")))} if found.get("failed") else {}
