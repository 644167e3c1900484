# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role emsmta_bypass decides and reports. Pure: results of modules in, plain data out.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import ntpath
from collections.abc import Mapping, Sequence
from typing import Any

from ..module_utils._events.source import Extent
from ..module_utils._server.text import QUOTED_NAME, cut, few
from ..module_utils._verdict.in_force import stopped_at
from ..module_utils._verdict.risks import NOT_RESTARTED, answered, meaning_of
from ._role_words import fitted, in_role_words

OK, REFUSED, FAILED, NOT_VERIFIED = "ok", "refused", "failed", "not_verified"
# What has to be done before a change takes effect, as the line of a server says it.
TO_TAKE_EFFECT = {"restart_mta": "restart the MTA", "fetch_again": "have its clients fetch it again"}
STOPPED_BY_EDIT = "proxied_by_default"
# Of the loop over the files, in the role.
LOOP_VARIABLE = "__emsmta_bypass_file"
FILE_KEYS = ("path", "local")
# What a look tells that the role's result tells as well.
TOLD = ("msg", "certainty", "risks", "advice", "plan", "in_force", "not_read")
# What the first look alone tells, since a change of a file adds nothing to it.
TOLD_FIRST = ("reasons", "events")
NOT_READ = "This run wrote the fix, so an MTA that was running has not read it: restart it."
# Why the MTA has read the fix, or why that is not known: it holds no more once a file was changed.
OF_THE_FILES_BEFORE = ("mta_read_fix", "in_force_unknown")
# What the result has as it is in the evidence of the last look.
SEEN = ("stanzas", "master_copy", "proxy_servers")
# A line of a server has no paths; a refusal or an error may need them.
LONGEST_LINE, LONGEST_REFUSAL = 200, 600
# Of advice behind a refusal.
LONGEST_ADVICE = 200

Found = Mapping[str, Any]
File = dict[str, str]


def tell(look: Found) -> dict[str, Any]:
    """Give what a report needs of a look, in the role's words, where nothing is decided."""
    found: Found = in_role_words(look)
    return {**{key: found[key] for key in ("status", *TOLD_FIRST, *TOLD)}, **_seen(found)}


def decide(look: Found, present: bool, override_proxied: bool) -> dict[str, Any]:
    """Decide what to do with a server, or why it is left alone.

    Args:
        look: the result of `emsmta_info`.
        present: whether the stanza is to be there, or to be taken away.
        override_proxied: whether a section with other keys may be edited too.

    Returns:
        `emsmta_bypass_result` as it is before any edit, and in `to_edit` the files to edit, each with its
        Windows path and the path by which it is reached here.
    """
    found: Found = in_role_words(look)
    files, refusal = _decision(found, present, override_proxied)
    return {
        **{key: found[key] for key in TOLD},
        "outcome": REFUSED if refusal else OK,
        "message": refusal or found["msg"],
        "status_before": found["status"],
        "status_after": found["status"],
        "changed": False,
        "changes": [],
        **{key: found[key] for key in TOLD_FIRST},
        **_seen(found),
        "next_steps": [refusal] if refusal else _next_steps(found, present, changed=False),
        "to_edit": files,
    }


def conclude(
    before: Found, present: bool, check: bool, edits: Sequence[Found], look: Found | None, lost: str = ""
) -> dict[str, Any]:
    """Give `emsmta_bypass_result` after the edits: what was found, what changed, and what to do next.

    Args:
        before: what `decide` gave.
        present: as in `decide`.
        check: whether the edits were only predicted.
        edits: the results of `mspclnt_ini`, one for each file.
        look: the result of `emsmta_info` after the edits; None where nothing was changed, or it failed.
        lost: why the look after the edits failed.
    """
    if before["outcome"] == REFUSED:
        return dict(before)
    after: Found | None = in_role_words({**look, **_seen(look)}) if look else None
    changes = [_change(edit) for edit in edits if edit.get("changed")]
    failures = [
        str(in_role_words(edit.get("msg", "an edit failed")))
        for edit in edits
        if edit.get("failed") or edit.get("unreachable")
    ]
    last = after or {**before, "status": before["status_before"]}
    agrees = not lost and (after is None or _agrees(after, present))
    # Of a server that is protected now no look tells this any more.
    gone = [risk for risk in before["risks"] if risk["code"] == STOPPED_BY_EDIT and risk not in last["risks"]]
    result = {
        **before,
        **{key: last[key] for key in (*TOLD, *SEEN)},
        **(_read_by_mta(before, present, after) if changes and not check else {}),
        "outcome": FAILED if failures else OK if agrees else NOT_VERIFIED,
        "status_after": _status_after(last["status"], after, present, changes, bool(failures or lost)),
        "changed": bool(changes),
        "changes": changes,
        "next_steps": [
            *_next_steps(last, present, bool(changes)),
            *(risk["message"] for risk in gone if changes and present),
        ],
        "to_edit": [],
    }
    return {**result, "message": _message(before, result, failures, check, lost)}


def changed(edits: Sequence[Found]) -> bool:
    """Tell whether one of the edits changed its file, or would."""
    return any(edit.get("changed") for edit in edits)


def _read_by_mta(before: Found, present: bool, after: Found | None) -> Found:
    """Tell whether the running MTA has read the fix, and why, after a file was changed.

    An edit does not touch what a running MTA has read; what it had read of a protected server is not known.
    """
    reasons = [reason for reason in before["reasons"] if reason["code"] not in OF_THE_FILES_BEFORE]
    if not present or before["status_before"] != "exposed":
        return {"in_force": after["in_force"] if after else "unknown", "reasons": reasons}
    stopped = _stopped(before)
    told = f"{stopped[0]['message'][:1].upper()}{stopped[0]['message'][1:]}." if stopped else NOT_READ
    return {
        "in_force": "unknown" if stopped else "no",
        "reasons": reasons + stopped,
        "risks": answered((after or before)["risks"], told, mitigated=bool(stopped)),
    }


def _stopped(before: Found) -> list[dict[str, Any]]:
    """Say that no MTA was running where its log says so, all of it could be read, and no other node may run it."""
    events: Found | None = before["events"]
    on_cluster = any(risk["code"] == "cluster" for risk in before["risks"])
    if events is None or events["stopped"] is None or on_cluster:
        return []
    if Extent(lost=events["log"]["lost"], clean=events["log"]["clean"]).may_lack_newest:
        return []
    return [stopped_at(events["stopped"]["time"])._asdict()]


def _seen(look: Found) -> dict[str, Any]:
    """Give what Windows reads in each file, the folder of the master copy that the client fetches, and its proxies."""
    evidence: Found = look["evidence"]
    facts: Found = evidence.get("client", {}).get("facts", {})
    servers = facts.get("proxy_servers", {}).get("value", ())
    return {
        "stanzas": evidence["stanzas"],
        "master_copy": facts.get("master", {}).get("value"),
        "proxy_servers": list(servers),
    }


def _decision(found: Found, present: bool, override_proxied: bool) -> tuple[list[File], str]:
    """Give the files to edit, and the refusal, which is empty when nothing stands against an edit."""
    stanzas = found["evidence"]["stanzas"]
    if found["status"] == "unknown":
        return [], _unknown(found)
    files = [_file(stanza) for stanza in stanzas if stanza["disable"] is not None]
    locked = [reason["message"] for reason in found["reasons"] if reason["code"] == "do_not_edit"]
    if locked and (files if not present else found["status"] == "exposed"):
        return [], _locked(found, locked[0])
    if not present:
        return files, ""
    files = [_file(step) for step in found["plan"]]
    others = [stanza for stanza in stanzas if _file(stanza) in files and _other_keys(stanza)]
    if others and not override_proxied:
        return [], _proxied(found["status"], others)
    return files, ""


def _file(named: Found) -> File:
    return {key: named[key] for key in FILE_KEYS}


def _unknown(before: Found) -> str:
    reasons = "; ".join(reason["message"] for reason in before["reasons"])
    return fitted("Left alone, status unknown: ", f"{reasons}.", _first_advice(before), LONGEST_REFUSAL)


def _locked(before: Found, reason: str) -> str:
    advice = _first_advice(before) or " Change the application settings in ISA Management instead."
    return fitted(f"Left alone, status {before['status']}: ", f"{reason}.", advice, LONGEST_REFUSAL)


def _first_advice(before: Found) -> str:
    """Give what to do about a refusal; the result has all advice."""
    return "".join(fitted(" ", advice["message"], "", LONGEST_ADVICE) for advice in before["advice"][:1])


def _other_keys(stanza: Found) -> list[str]:
    return [entry["key"] for entry in stanza["entries"] if entry["key"].lower() != "disable"]


def _proxied(status: str, stanzas: Sequence[Found]) -> str:
    held = " and ".join(f"of {stanza['path']} also holds {_few_keys(stanza)}" for stanza in stanzas)
    meanings = meaning_of([name for stanza in stanzas for name in _other_keys(stanza)])
    why = f", so X.400 may go through the proxy on purpose, and Disable=1 would end that.{meanings}"
    switch = " If it is not wanted, set emsmta_bypass_override_proxied to true."
    return fitted(f"Left alone, status {status}: section EMSMTA ", f"{held}{why}", switch, LONGEST_REFUSAL)


def _few_keys(stanza: Found) -> str:
    names = [cut(name, QUOTED_NAME) for name in _other_keys(stanza)]
    # Repeated lines of Disable are among the entries only where all others are.
    more = stanza.get("left_out", 0) if len(stanza["entries"]) - len(names) < 2 else 0
    return few(names, left_out=more)


def _change(edit: Found) -> dict[str, Any]:
    """Give what an edit changed; one that failed behind its write tells no more than its file."""
    file = _file(edit[LOOP_VARIABLE])
    copies = _copies(file, edit.get("backup_file"))
    return {**file, "before": edit.get("before", {}), "after": edit.get("after", {}), **copies}


def _copies(file: File, backup: str | None) -> dict[str, str | None]:
    """Give a copy by both kinds of path; it lies beside its file."""
    if backup is None:
        return {"backup_file": None, "backup_local": None}
    name = ntpath.basename(backup)
    windows, local = (path[: len(path) - len(ntpath.basename(path))] + name for path in file.values())
    if backup.startswith(("/", "\\\\")):
        return {"backup_file": windows, "backup_local": backup}
    return {"backup_file": backup, "backup_local": local}


def _agrees(after: Found, present: bool) -> bool:
    if present:
        return bool(after["status"] == "protected")
    return all(stanza["disable"] is None for stanza in after["evidence"]["stanzas"])


def _status_after(status: str, after: Found | None, present: bool, changes: Sequence[Found], failed: bool) -> str:
    """Give the status that was found after the edits, or else the one that they lead to."""
    if after is not None:
        return status
    return _predicted(status, present, changes, failed)


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
    if risk["code"] == NOT_RESTARTED and changed:
        return False
    return risk["code"] == "all_peers_local" or not risk["mitigated"]


def _message(before: Found, result: Found, failures: Sequence[str], check: bool, lost: str) -> str:
    line = _line(before, result, check)
    if failures:
        what = "" if result["changes"] else " Nothing was changed."
        return fitted("", f"{'; '.join(failures)}.", f"{what} The server now: {line}.", LONGEST_REFUSAL)
    if lost:
        return fitted(
            f"{line}. Not verified, since the server could not be looked at again: ", lost, "", LONGEST_REFUSAL
        )
    if result["outcome"] == NOT_VERIFIED:
        return f"Windows was not seen to read what was written: {line}."
    return line


def _line(before: Found, result: Found, check: bool) -> str:
    """Give the line of a server: its status, what changed, what decided before that, and what is left to do."""
    brief = str(before["msg"]).partition(": ")[2]
    one, other = result["status_before"], result["status_after"]
    head = f"{one if one == other else f'{one} -> {other}'} ({result['certainty']}): "
    if not result["changes"]:
        return fitted(head, brief, "; nothing to change" if result["outcome"] == OK else "", LONGEST_LINE)
    names = " and ".join(ntpath.basename(change["path"]) for change in result["changes"])
    kept = " (old bytes kept)" if all(change["backup_file"] for change in result["changes"]) and not check else ""
    todo = "; ".join(TO_TAKE_EFFECT[each["code"]] for each in result["advice"] if each["code"] in TO_TAKE_EFFECT)
    head += f"would change {names}; " if check else f"changed {names}{kept}; before, "
    brief = brief if check else brief.replace("Windows reads", "Windows read", 1)
    return fitted(head, brief, f"; {todo}" if todo and not check else "", LONGEST_LINE)


__all__ = ("changed", "conclude", "decide", "tell")
