# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence and verdict as plain data, which is what a result of Ansible can hold. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from .._detect.client_file import MTA_KEY
from .._detect.evidence import (
    Evidence,
    Fact,
    FoundStanza,
    Part,
    System,
)
from .._detect.wording import excerpt
from .._server.protocols import Entry
from .judge import Step, Verdict

if TYPE_CHECKING:
    from .preview import Line

SYSTEM_ROOT = "%SystemRoot%"
# Of a section; a real one has a handful.
MOST_ENTRIES = 50


def result_of(evidence: Evidence, verdict: Verdict) -> dict[str, Any]:
    """Give what `emsmta_info` returns of a server, before its texts pass the gate."""
    return {
        "msg": verdict.sentence,
        "status": verdict.status,
        "certainty": verdict.certainty,
        "reasons": [reason._asdict() for reason in verdict.reasons],
        "risks": [risk._asdict() for risk in verdict.risks],
        "advice": [advice._asdict() for advice in verdict.advice],
        "plan": [_step(step, evidence) for step in verdict.plan],
        "evidence": _evidence(evidence),
        "not_read": [gap._asdict() for gap in evidence.not_read],
        "paths": {
            "mspclnt": _entry(evidence.client.entry, evidence.system),
            "system_ini": _entry(evidence.system_ini, evidence.system),
            "emsmta": _entry(evidence.mta.entry, evidence.system),
            "wspcfg": _entry(evidence.wspcfg_entry, evidence.system),
        },
        "in_force": verdict.in_force,
        "events": _events(evidence),
        "notes": [remark._asdict() for remark in verdict.notes],
    }


def _step(step: Step, evidence: Evidence) -> dict[str, Any]:
    return {
        **_names(step.entry, evidence.system),
        "section": step.section,
        "settings": dict(step.settings),
        "reason": step.reason,
        "edit": [line._asdict() for line in _preview(step, evidence)],
    }


def _preview(step: Step, evidence: Evidence) -> Sequence[Line]:
    # Few servers need an edit: what plans one is loaded only for them.
    from .preview import preview

    stanzas = (evidence.mspclnt, evidence.wspcfg)
    profiles = [stanza.profile for stanza in stanzas if stanza is not None and stanza.entry == step.entry]
    return [line for profile in profiles if profile is not None for line in preview(profile, step)]


def _events(evidence: Evidence) -> dict[str, Any] | None:
    if evidence.events is None:
        return None
    # Loaded only where events were asked for.
    from .logged import logged

    version = next((str(fact.value) for fact in evidence.mta_facts if fact.name == "version"), None)
    return logged(evidence.events, evidence.levels, version)


def _names(entry: Entry, system: System) -> dict[str, str]:
    """Give the Windows path of a file that is read, and the path by which it is reached here."""
    return {"path": _windows(entry, system) or entry.local, "local": entry.local}


def _entry(entry: Entry | None, system: System) -> dict[str, str | None] | None:
    return None if entry is None else {"windows": _windows(entry, system), "local": entry.local}


def _windows(entry: Entry, system: System) -> str | None:
    if not entry.windows.startswith(SYSTEM_ROOT):
        return entry.windows
    # ADMIN$ does not tell the name of the system folder; the registry does.
    return system.root + entry.windows[len(SYSTEM_ROOT) :] if system.root else None


def _evidence(evidence: Evidence) -> dict[str, Any]:
    stanzas = [stanza for stanza in (evidence.mspclnt, evidence.wspcfg) if stanza is not None]
    return {
        "mta": dict(_part(evidence.mta), facts=_facts(evidence.mta_facts)),
        "client": dict(_part(evidence.client), facts=_facts(evidence.client_facts)),
        "system": {"facts": _facts(evidence.system_facts)},
        "stanzas": [_stanza(stanza, evidence.system) for stanza in stanzas],
    }


def _facts(facts: Sequence[Fact]) -> dict[str, Any]:
    return {fact.name: {"value": fact.value, "from": fact.origin} for fact in facts}


def _part(part: Part) -> dict[str, Any]:
    return {
        "state": part.state,
        "certainty": part.certainty,
        "reason": part.reason,
        "source": part.source,
        "path": part.entry.windows if part.entry else None,
    }


def _stanza(stanza: FoundStanza, system: System) -> dict[str, Any]:
    return {
        **_names(stanza.entry, system),
        "section_found": stanza.present,
        "disable": None if stanza.value is None else excerpt(stanza.value),
        "entries": _entries(stanza),
        **({"left_out": len(stanza.keys) - MOST_ENTRIES} if len(stanza.keys) > MOST_ENTRIES else {}),
    }


def _entries(stanza: FoundStanza) -> list[dict[str, Any]]:
    """Give the lines with keys, no more than MOST_ENTRIES of them.

    Among them are always the line that decides and, whoever else repeats Disable, other keys:
    the role asks whether there are any.
    """
    decides = next((entry for entry in stanza.keys if entry[0].lower() == MTA_KEY.lower()), None)
    weighed = sorted(stanza.keys, key=lambda entry: (entry is not decides, entry[0].lower() == MTA_KEY.lower()))
    told = sorted(weighed[:MOST_ENTRIES], key=lambda entry: entry[2])
    return [{"key": excerpt(key), "value": excerpt(value), "line": line} for key, value, line in told]


__all__ = ("result_of",)
