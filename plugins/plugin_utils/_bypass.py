# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role emsmta_bypass decides and reports. Pure: results of modules in, plain data out.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import ntpath
from collections.abc import Mapping, Sequence
from typing import Any

from ..module_utils._server.text import cut, few
from ..module_utils._verdict.risks import meaning_of

OK, REFUSED, FAILED, NOT_VERIFIED = "ok", "refused", "failed", "not_verified"
TO_TAKE_EFFECT = ("restart_mta", "fetch_again")
# Of the loop over the files, in the role.
LOOP_VARIABLE = "__emsmta_bypass_path"
# A message quotes no more of a name than this.
QUOTED_NAME = 40
CHANGE_KEYS = ("path", "before", "after", "backup_file")
# What a look tells that the role's result tells as well.
TOLD = ("msg", "certainty", "risks", "advice", "plan", "in_force", "not_read")

Found = Mapping[str, Any]


def decide(found: Found, present: bool, override_proxied: bool) -> dict[str, Any]:
    """Decide what to do with a server, or why it is left alone.

    Args:
        found: the result of `emsmta_info`.
        present: whether the stanza is to be there, or to be taken away.
        override_proxied: whether a section with other keys may be edited too.

    Returns:
        `emsmta_bypass_result` as it is before any edit, and in `to_edit` the paths of the files to edit.
    """
    paths, refusal = _decision(found, present, override_proxied)
    result = {
        **{key: found[key] for key in TOLD},
        "outcome": REFUSED if refusal else OK,
        "status_before": found["status"],
        "status_after": found["status"],
        "changed": False,
        "changes": [],
        "reasons": found["reasons"],
        "next_steps": [refusal] if refusal else _next_steps(found, present, changed=False),
        "to_edit": paths,
    }
    return {**result, "message": refusal or _message(result, [], check=False)}


def conclude(before: Found, present: bool, check: bool, edits: Sequence[Found], after: Found | None) -> dict[str, Any]:
    """Give `emsmta_bypass_result` after the edits: what was found, what changed, and what to do next.

    Args:
        before: what `decide` gave.
        present: as in `decide`.
        check: whether the edits were only predicted.
        edits: the results of `mspclnt_ini`, one for each file.
        after: the result of `emsmta_info` after the edits; None where nothing was changed.
    """
    if before["outcome"] == REFUSED:
        return dict(before)
    changes = [_change(edit) for edit in edits if edit.get("changed")]
    failures = [str(edit["msg"]) for edit in edits if edit.get("failed")]
    last = after or {**before, "status": before["status_before"]}
    outcome = FAILED if failures else OK if after is None or _agrees(after, present) else NOT_VERIFIED
    # An edit does not touch what a running MTA has read; what it had read of a protected server is not known.
    not_in_force = changes and present and before["status_before"] == "exposed" and not check
    result = {
        **before,
        **{key: last[key] for key in TOLD},
        "outcome": outcome,
        "status_after": after["status"] if after else _predicted(last["status"], present, changes, bool(failures)),
        "changed": bool(changes),
        "changes": changes,
        "in_force": "no" if not_in_force else last["in_force"],
        "next_steps": _next_steps(last, present, bool(changes)),
        "to_edit": [],
    }
    return {**result, "message": _message(result, failures, check)}


def changed(edits: Sequence[Found]) -> bool:
    """Tell whether one of the edits changed its file, or would."""
    return any(edit.get("changed") for edit in edits)


def _decision(found: Found, present: bool, override_proxied: bool) -> tuple[list[str], str]:
    """Give the paths to edit, and the refusal, which is empty when nothing stands against an edit."""
    stanzas = found["evidence"]["stanzas"]
    if found["status"] == "unknown":
        return [], _unknown(found)
    paths = [stanza["path"] for stanza in stanzas if stanza["disable"] is not None]
    locked = [reason["message"] for reason in found["reasons"] if reason["code"] == "do_not_edit"]
    if locked and (paths if not present else found["status"] == "exposed"):
        return [], _locked(found, locked[0])
    if not present:
        return paths, ""
    paths = [step["path"] for step in found["plan"]]
    others = [stanza for stanza in stanzas if stanza["path"] in paths and _other_keys(stanza)]
    if others and not override_proxied:
        return [], _proxied(found["status"], others)
    return paths, ""


def _unknown(before: Found) -> str:
    reasons = "; ".join(reason["message"] for reason in before["reasons"])
    return f"Left alone, status unknown: {reasons}. {' '.join(_messages(before['advice']))}"


def _locked(before: Found, reason: str) -> str:
    advice = " ".join(_messages(before["advice"])) or "Change the application settings in ISA Management instead."
    return f"Left alone, status {before['status']}: {reason}. {advice}"


def _other_keys(stanza: Found) -> list[str]:
    return [entry["key"] for entry in stanza["entries"] if entry["key"].lower() != "disable"]


def _proxied(status: str, stanzas: Sequence[Found]) -> str:
    held = " and ".join(f"of {stanza['path']} also holds {_few_keys(stanza)}" for stanza in stanzas)
    meanings = meaning_of([name for stanza in stanzas for name in _other_keys(stanza)])
    return (
        f"Left alone, status {status}: section EMSMTA {held}, so X.400 may go through the proxy on purpose, and "
        f"Disable=1 would end that.{meanings} If it is not wanted, set emsmta_bypass_override_proxied to true."
    )


def _few_keys(stanza: Found) -> str:
    names = [cut(name, QUOTED_NAME) for name in _other_keys(stanza)]
    # Repeated lines of Disable are among the entries only where all others are.
    more = stanza.get("left_out", 0) if len(stanza["entries"]) - len(names) < 2 else 0
    return few(names, left_out=more)


def _change(edit: Found) -> dict[str, Any]:
    """Give what an edit changed; one that failed behind its write tells no more than its path."""
    told: dict[str, Any] = {"path": edit.get(LOOP_VARIABLE), "before": {}, "after": {}, "backup_file": None}
    return {key: edit.get(key, told[key]) for key in CHANGE_KEYS}


def _agrees(after: Found, present: bool) -> bool:
    if present:
        return bool(after["status"] == "protected")
    return all(stanza["disable"] is None for stanza in after["evidence"]["stanzas"])


def _predicted(status: str, present: bool, changes: Sequence[Found], failed: bool) -> str:
    if failed or not changes:
        return status
    if present:
        return "protected"
    return "exposed" if status == "protected" else status


def _next_steps(last: Found, present: bool, changed: bool) -> list[str]:
    effect = [advice["message"] for advice in last["advice"] if advice["code"] in TO_TAKE_EFFECT] if changed else []
    risks = last["risks"] if present and last["status"] != "unknown" else []
    told = [risk["message"] for risk in risks if _worth_telling(risk, changed)]
    other = [advice["message"] for advice in last["advice"] if advice["code"] not in TO_TAKE_EFFECT]
    return effect + told + other


def _worth_telling(risk: Found, changed: bool) -> bool:
    """Tell whether a risk is for the one message; after a change, the restart is in it anyway."""
    if risk["code"] == "mta_not_restarted":
        return not changed
    return risk["code"] == "all_peers_local" or not risk["mitigated"]


def _message(result: Found, failures: Sequence[str], check: bool) -> str:
    before, after = result["status_before"], result["status_after"]
    status = before if before == after else f"{before} -> {after}"
    reason = result["reasons"][0]["message"]
    found = f"{reason}; {'nothing was changed' if failures else 'nothing to change'}"
    if result["changes"]:
        files = ", ".join(_changed_file(change) for change in result["changes"])
        before_that = reason.replace("Windows reads", "Windows read", 1)
        found = f"{reason}; would change {files}" if check else f"changed {files}; before that, {before_that}"
    text = f"{status} ({result['certainty']}): {found}."
    if failures:
        text = f"{'; '.join(failures)}. The server now: {text}"
    if result["outcome"] == NOT_VERIFIED:
        text = f"Windows does not read what was written: {text}"
    return f"{text} Next: {' '.join(result['next_steps'])}" if result["next_steps"] else text


def _changed_file(change: Found) -> str:
    backup = change.get("backup_file")
    return f"{change['path']} (old bytes in {ntpath.basename(backup)})" if backup else str(change["path"])


def _messages(items: Sequence[Found]) -> list[str]:
    return [item["message"] for item in items]


__all__ = ("changed", "conclude", "decide")
