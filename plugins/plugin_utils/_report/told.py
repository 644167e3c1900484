# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report tells on the terminal: totals, what is not right, and the advice that matters. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...module_utils._server.text import QUOTED_NAME, cut, few, plain
from .advice import FIX_MASTER, GATHER_EVENTS, LOGS_NOT_READ, PROXY_ADDRESSES, REFUSED_CALLERS, unread_logs
from .history import CHANGED, NOT_KNOWN, READ_OTHER
from .report import Report
from .sentences import head_of, since_head
from .servers import STATUSES, is_right, words

# Advice that matters at the end of a run, in one sentence for any number of servers; report.html has all of it. Where
# the text is empty, that of the advice is one sentence.
SENTENCES: Mapping[str, str] = {
    "remediate": "fix by the playbook legacy_exchange.winsock_proxy.remediate, with --check --diff first",
    "leave_out": "before the edit, ask the partners which address their connectors name; where it is the proxy's on "
    "purpose, leave the server out (KB Q263046)",
    "override_proxied": "X.400 may go through the proxy on purpose, so remediate leaves such servers alone; where that "
    "is not wanted, set emsmta_bypass_override_proxied to true",
    "look": "give what could not be read (the report names it), or look by hand",
    "client_1_0": "remove, switch off or upgrade the client, which knows no sections for single programs (CAT8)",
    "isa_management": "add EMSMTA with Disable=1 in ISA Management too: ISA Server overwrites the file (KB Q323457)",
    FIX_MASTER["code"]: "",
    GATHER_EVENTS["code"]: "have the event logs of the remote MTAs read too, by emsmta_audit_events: true "
    "on those hosts",
    LOGS_NOT_READ["code"]: "no event log could be read: not_read in the report says why",
    REFUSED_CALLERS["code"]: "",
    PROXY_ADDRESSES["code"]: "for surer evidence, give the proxy's address on the side of the remote MTAs as "
    "emsmta_audit_proxy_addresses",
}
# By why an MTA is in the list; of those that are only not known to have read the fix, report.html has the names.
RESTART = {
    CHANGED: "restart the MTA: files were changed, and it is not known to have been started since",
    READ_OTHER: "restart the MTA: not started since the fix, so it is taken not to have read it (inferred)",
}
SINCE = {
    "no_longer_protected": "no longer protected",
    "fixed_again": "undone, and fixed again",
    "newly_protected": "newly protected",
    "new": "new",
    "gone": "gone from the inventory",
}
# More servers than the first may be told by their status, but for so many; fewer are named.
SHORT_LIST, MOST_MISSING = 6, 3
# Of one sentence, and of what is told of the evidence; of servers under one of its heads, so many are named.
LONGEST, LONGEST_HEADS, NAMED = 600, 440, 3


def totals_of(report: Report) -> str:
    """Give the totals in one line, as: 3 exposed, 12 protected."""
    totals = report["totals"]
    return ", ".join(f"{totals[status]} {words(status)}" for status in STATUSES if totals[status]) or "no servers"


def told(report: Report, folder: str) -> list[str]:
    """Give the lines for the terminal.

    Args:
        report: what report.json holds.
        folder: where it lies.
    """
    lines = [
        _head(report),
        *_changed(report),
        *_not_right(report),
        *_masters(report),
        *_since(report),
        *_refused(report),
        *_evidence(report),
    ]
    where = f"The report: {folder}/report.html, with report.csv, report.json and report.xml beside it"
    return ["", *map(plain, [*lines, *_advice(report), *_not_known(report), where])]


def _head(report: Report) -> str:
    """Give the totals, and why they are not those of a whole run that was made."""
    count = len(report["servers"])
    doubts = ["a prediction"] * report["check_mode"] + ["not complete"] * (not report["complete"])
    more = f" ({', '.join(doubts)})" if doubts else ""
    return f"{count} server{'' if count == 1 else 's'}: {totals_of(report)}{more}"


def _changed(report: Report) -> Iterator[str]:
    names = [server["name"] for server in report["servers"] if server["changes"]]
    if names:
        yield f"{'Would be changed' if report['check_mode'] else 'Changed'}: {few(names)}"


def _not_right(report: Report) -> Iterator[str]:
    wrong: dict[str, list[str]] = {}
    for server in report["servers"]:
        if not is_right(server):
            outcome = server["outcome"]
            status = words(server["status"])
            head = status if outcome in (None, "ok") else f"{status}, {words(outcome)}"
            wrong.setdefault(head, []).append(server["name"])
    for head, names in wrong.items():
        yield f"{head.capitalize()}: {few(names)}"


def _masters(report: Report) -> Iterator[str]:
    for master in report["masters"]:
        if master["outcome"] != "ok":
            yield cut(f"Master copy on {master['name']}: {master['message']}", LONGEST)


def _since(report: Report) -> Iterator[str]:
    since = report["since"]
    changes = [f"{head}: {few(since[key])}" for key, head in SINCE.items() if since[key]]
    if changes:
        yield f"Since the last report ({since['compared_with']}): {'; '.join(changes)}"


def _refused(report: Report) -> Iterator[str]:
    """Say who refused callers with the proxy's address, how often and when last, and of whom no log could be read."""
    evidence = report["evidence"]
    if evidence is None:
        return
    rows = [row for remote in evidence["remotes"] for row in remote["refused"] if row["proxy"]]
    if rows:
        rows.sort(key=lambda row: row["last"], reverse=True)
        count = sum(row["count"] for row in rows)
        # Those that were given stand first.
        called = {row["proxy"]: row["guess"] for row in sorted(rows, key=lambda row: bool(row["guess"]))}
        guesses = " (a guess)" if all(called.values()) else " (some a guess)" if any(called.values()) else ""
        yield (
            f"Refused: by {_some(row['remote'] for row in rows)}, {count} event{'' if count == 1 else 's'}, "
            f"callers with {_some(called)}{guesses}; last {rows[0]['last']}"
        )
    if unread := unread_logs(evidence):
        yield f"Event logs not read: {_some(unread)}"


def _some(names: Iterable[str]) -> str:
    """Give some of these names, each once."""
    found = [cut(name, QUOTED_NAME) for name in dict.fromkeys(names)]
    return few(found[:NAMED], left_out=len(found[NAMED:]))


def _not_known(report: Report) -> Iterator[str]:
    """Say of how many MTAs is only not known that they have read the fix, where their logs were asked for."""
    count = sum(entry["why"] == NOT_KNOWN for entry in report["restart"])
    if report["evidence"] is not None and count:
        more = " more" if count < len(report["restart"]) else ""
        one = count == 1
        yield (
            f"{count}{more} MTA{' is' if one else 's are'} not known to have read the fix: "
            "see MTAs to restart in report.html"
        )


def _evidence(report: Report) -> Iterator[str]:
    """Say of which servers the fault shows, how sure; and of those that have read the fix, whether it still does."""
    evidence = report["evidence"]
    if evidence is None:
        return
    by_kind: dict[str, list[str]] = {}
    since: dict[str, list[str]] = {}
    for each in evidence["servers"]:
        by_kind.setdefault(head_of(each), []).append(each["name"])
        if head := since_head(each):
            since.setdefault(head, []).append(each["name"])
    if by_kind:
        yield f"Evidence, no proof: {_heads(by_kind)}"
    if since:
        yield f"Since the MTA's start with the fix: {_heads(since)}"


def _heads(names: Mapping[str, Sequence[str]]) -> str:
    """Give servers by what is told of them, the surest first; report.html has all of their names."""
    told = [f"{head}: {few(each[:NAMED], left_out=len(each[NAMED:]))}" for head, each in names.items()]
    return cut("; ".join(told), LONGEST_HEADS)


def _advice(report: Report) -> Iterator[str]:
    """Give advice, each with its servers; that of one code stands once, whatever it says of single servers."""
    advice: dict[str, list[str]] = {}
    for entry in report["restart"]:
        if entry["why"] in RESTART:
            advice.setdefault(RESTART[entry["why"]], []).append(entry["name"])
    asking: set[str] = set()
    for each in report["advice"]:
        if each["code"] in SENTENCES:
            sentence = SENTENCES[each["code"]] or _sentence(each["message"])
            advice.setdefault(sentence, []).extend(each["servers"])
            asking |= {sentence} if each["code"] == REFUSED_CALLERS["code"] else set()
    if advice:
        yield "What to do:"
    for sentence, names in advice.items():
        # Those that refused callers are no servers of a status.
        whom = _some(names) if sentence in asking else _whom(list(dict.fromkeys(names)), report)
        yield f"- {whom}: {sentence}"


def _whom(names: Sequence[str], report: Report) -> str:
    """Give servers by their status, where few or none of that status are missing; else by some of their names."""
    wanted = set(names)
    of_status: dict[str, set[str]] = {}
    for server in report["servers"]:
        of_status.setdefault(server["status"], set()).add(server["name"])
    touched = {status: all_of_it for status, all_of_it in of_status.items() if all_of_it & wanted}
    missing = sorted(set().union(*touched.values()) - wanted)
    if len(wanted) == 1 or len(missing) > (MOST_MISSING if len(wanted) > SHORT_LIST else 0):
        return few(names)
    return f"the {' and '.join(map(words, touched))} servers{f' but {few(missing)}' if missing else ''}"


def _sentence(message: str) -> str:
    """Give a message as it stands behind a colon."""
    return cut(message[:1].lower() + message[1:].removesuffix("."), LONGEST)
