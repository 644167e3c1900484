# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence and verdict as `emsmta_info` returns them.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Any, Sequence

from ._detect.evidence import (
    Evidence,
    Fact,
    FoundStanza,
    Part,
    System,
)
from ._detect.gather import (
    OpenRegistry,
    gather,
    gather_master,
)
from ._options.emsmta_info import LookRequest
from ._profile.document import shown
from ._server.protocols import Entry, Files
from ._verdict.judge import Step, judge, judge_master

SYSTEM_ROOT = "%SystemRoot%"


def inform(
    files: Files, request: LookRequest, check: bool, open_registry: OpenRegistry | None = None
) -> dict[str, Any]:
    """Detect and judge, and give the result as Ansible returns it.

    Args:
        files: the server's files.
        request: what to look at.
        check: told in the result, since a play cannot see whether a task ran in check mode.
        open_registry: gives the server's registry, where the request is for it too.

    Raises:
        ConnectionLost: the server could not be looked at to the end.
    """
    if request.master_path:
        evidence = gather_master(files, request.master_path)
        verdict = judge_master(evidence)
    else:
        evidence = gather(files, request.hints, open_registry if request.with_registry else None)
        verdict = judge(evidence)
    result: dict[str, Any] = {
        "changed": False,
        "check_mode": check,
        "status": verdict.status,
        "certainty": verdict.certainty,
        "reasons": [reason._asdict() for reason in verdict.reasons],
        "risks": [risk._asdict() for risk in verdict.risks],
        "advice": [advice._asdict() for advice in verdict.advice],
        "plan": [_step(step) for step in verdict.plan],
        "evidence": _evidence(evidence),
        "not_read": [gap._asdict() for gap in evidence.not_read],
        "paths": {
            "mspclnt": _entry(evidence.client.entry, evidence.system),
            "system_ini": _entry(evidence.system_ini, evidence.system),
            "emsmta": _entry(evidence.mta.entry, evidence.system),
            "wspcfg": _entry(evidence.wspcfg_entry, evidence.system),
        },
        "in_force": verdict.in_force,
        "notes": [note._asdict() for note in verdict.notes],
    }
    printable: dict[str, Any] = _printable(result)
    return printable


def _step(step: Step) -> dict[str, Any]:
    return dict(step._asdict(), settings=dict(step.settings))


def _entry(entry: Entry | None, system: System) -> dict[str, str | None] | None:
    if entry is None:
        return None
    windows: str | None = entry.windows
    if entry.windows.startswith(SYSTEM_ROOT):
        # ADMIN$ does not tell the name of the system folder; the registry does.
        windows = system.root + entry.windows[len(SYSTEM_ROOT) :] if system.root else None
    return {"windows": windows, "local": entry.local}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "mta": dict(_part(evidence.mta), facts=_facts(evidence.mta_facts)),
        "client": dict(_part(evidence.client), facts=_facts(evidence.client_facts)),
        "system": {"facts": _facts(evidence.system_facts)},
        "stanzas": [_stanza(stanza) for stanza in (evidence.mspclnt, evidence.wspcfg) if stanza is not None],
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


def _stanza(stanza: FoundStanza) -> dict[str, Any]:
    return {
        "path": stanza.entry.local,
        "windows": stanza.entry.windows,
        "section_found": stanza.present,
        "disable": _text(stanza.value),
        "entries": _entries(stanza),
    }


def _entries(stanza: FoundStanza) -> list[dict[str, Any]]:
    return [{"key": shown(key), "value": shown(value), "line": line} for key, value, line in stanza.keys]


def _text(value: bytes | None) -> str | None:
    return None if value is None else shown(value)


def _printable(value: Any) -> Any:
    """Give a result whose texts are valid UTF-8, whatever bytes a name on the disk has."""
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable(item) for item in value]
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value


__all__ = ("inform",)
