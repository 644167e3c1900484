# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What speaks for a server, in words. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...module_utils._server.text import QUOTED_NAME, cut, few
from .refusals import WINDOW

# How sure, the strongest first: refused with the proxy's address, and the caller logged it too at those moments; the
# one, or the other, alone; nothing, though logs of others were read; nothing, and these may log nothing; none was read.
SURE = ("refused_and_seen", "refused", "seen", "none", "blind", "not_gathered")
REFUSED_AND_SEEN, REFUSED, SEEN, NONE, BLIND, NOT_GATHERED = SURE
WORDS: Mapping[str, str] = {
    REFUSED_AND_SEEN: "fits what remote MTAs refused, and logged failed calls near them",
    REFUSED: "fits what remote MTAs refused",
    SEEN: "logged calls that failed, of which the logs of others say nothing",
    NONE: "none in the logs of others",
    BLIND: "none, but others may log nothing",
    NOT_GATHERED: "no log of another server was read",
}
# There is evidence.
FOUND = (REFUSED_AND_SEEN, REFUSED, SEEN)
MOST_OTHERS, MOST_LOGS = 3, 3
NO_ADDRESS = "No address that is known is that of its proxy: give that one too as emsmta_audit_proxy_addresses."

Evidence = Mapping[str, Any]


def head_of(evidence: Evidence) -> str:
    """Give under which head a server stands: how sure it is, and whether the server holds the fix by now."""
    now = ""
    if evidence["protected"] and evidence["sure"] in FOUND:
        now = ", though it would be protected" if evidence["predicted"] else ", though protected now"
    return f"{WORDS[evidence['sure']]}{now}{' (a guess)' if evidence['guess'] else ''}"


def since_head(evidence: Evidence) -> str:
    """Give under which head a server stands whose MTA has read the fix; empty where nothing is known of since then."""
    since = evidence["since_fix"]
    if since is None or not (since["refused"] or since["as_of"]):
        return ""
    if since["refused"]:
        return "their proxy was refused again"
    return "none refused" if since["sure"] else "none refused, as far as logs were read"


def in_words(evidence: Evidence, named: int = MOST_OTHERS) -> str:
    """Give what speaks for a server in some sentences; named: so many of the others that fit as well."""
    return " ".join([*_head(evidence), *_doubts(evidence, named), *_since(evidence)])


def _head(evidence: Evidence) -> Iterator[str]:
    if evidence["refused"]:
        yield f"{_refused(evidence['refused'], evidence['guess'])}{_and_seen(evidence)}."
    elif evidence["seen"]:
        yield f"It logged {_codes(evidence['seen'])} itself; no log that was read has the proxy's address."
    elif evidence["sure"] == NOT_GATHERED:
        yield "No event log of another server was read."
    elif evidence["sure"] == BLIND:
        yield f"No log of {_others(evidence)} has the proxy's address, and all are of builds that may log no 9301."
    elif evidence["sure"] == NONE:
        back_to = f"; each was read back to {evidence['read_back_to']} at least" if evidence["read_back_to"] else ""
        yield f"No log of {_others(evidence)}{_builds(evidence)} has the proxy's address{back_to}."
    if evidence["without_address"] and not evidence["refused"]:
        yield f"When it logged failed calls, {_name(evidence['without_address'])} refused some, without an address."


def _doubts(evidence: Evidence, named: int) -> Iterator[str]:
    if evidence["refused"] and evidence["others"]:
        count = len(evidence["others"]) + evidence["others_left_out"]
        names = few([_name(each) for each in evidence["others"][:named]], left_out=max(0, count - named))
        others = names if named else f"{count} other{'' if count == 1 else 's'}"
        yield f"Behind the same proxy, {others} fit{'s' if count == 1 else ''} as well."
    if evidence["refused"] and evidence["others_unsure"]:
        count = evidence["others_unsure"]
        are, mtas = ("is", "its MTA is") if count == 1 else ("are", "their MTAs are")
        yield f"{count} more behind it {are} protected by now, but {mtas} not known to have read the fix."
    if evidence["refused"] and not evidence["guess"] and evidence["proxies_of_any"] > 1:
        yield "Several addresses were given: whether this one is that of its own proxy is not known."
    if evidence["refused"] and evidence["protected"] and evidence["since_fix"] is None:
        yield from _read(evidence)
    if evidence["logs_cut"] and (evidence["since_fix"] or not evidence["refused"]):
        logs = f"{evidence['logs_cut']} of the logs of others"
        yield f"In {logs}, records are missing or may be, or events of too many kinds were left out."
    if _joins_unknown_clocks(evidence):
        yield "How far the clocks differ is not known."
    if not evidence["proxies"]:
        yield NO_ADDRESS


def _read(evidence: Evidence) -> Iterator[str]:
    """Say of what is protected whether it is in force; a prediction has nothing that could be."""
    if evidence["predicted"] or evidence["in_force"] == "yes":
        return
    if evidence["in_force"] == "no":
        yield "Its running MTA is taken not to have read the fix."
    else:
        yield "Whether its MTA has read the fix is not known."


def _since(evidence: Evidence) -> Iterator[str]:
    since = evidence["since_fix"]
    if since is None:
        return
    started = f"since it started with the fix ({since['started']['time']})"
    whole = [_reach(log) for log in since["as_of"] if not log["read_to"]][:MOST_LOGS]
    parts = [_reach(log) for log in since["as_of"] if log["read_to"]][:MOST_LOGS]
    if since["refused"]:
        events = f"{since['refused']} such event{'' if since['refused'] == 1 else 's'}"
        yield f"{'At least ' * since['or_more']}{events} {started}: something behind the proxy still calls."
    elif whole:
        yield f"None {started}, as of {few(whole)}."
    elif parts:
        yield f"None {started}, though logs were read for a part of that time only: {few(parts)}."
    else:
        yield f"No log of another server that can be relied on tells of the time {started}."
    if since["ended"] and not since["refused"]:
        logs = "log of {} ends" if len(since["ended"]) == 1 else "logs of {} end"
        yield f"The {logs.format(few([_name(name) for name in since['ended']]))} before that start."


def _reach(log: Mapping[str, Any]) -> str:
    begin = f" from {log['read_to']['time']} to" if log["read_to"] else ""
    return f"{_name(log['name'])}{begin} record {log['record']} of {log['time']}"


def _joins_unknown_clocks(evidence: Evidence) -> bool:
    since = evidence["since_fix"]
    near = evidence["refused"] and evidence["seen"] and not evidence["clocks_known"]
    return bool(near or (since and (since["refused"] or since["as_of"]) and not since["clocks_known"]))


def _builds(evidence: Evidence) -> str:
    """Say of how many of the logs the build makes their silence say less."""
    doubts = [
        *([f"{evidence['logs_blind']} of builds that may log no 9301"] if evidence["logs_blind"] else []),
        *([f"{evidence['logs_unknown_build']} of unknown build"] if evidence["logs_unknown_build"] else []),
    ]
    return f" ({', '.join(doubts)})" if doubts else ""


def _refused(rows: Sequence[Mapping[str, Any]], guess: bool) -> str:
    # One with an address that was given stands before the guesses.
    newest = rows[0]
    names = few([_name(name) for name in dict.fromkeys(row["remote"] for row in rows if row["guess"] == guess)])
    address = f"{_name(newest['proxy'])}{', a guess from files' if guess else ''}"
    return f"{names} refused callers with the proxy's address ({address}): event {newest['id']}, last {newest['last']}"


def _and_seen(evidence: Evidence) -> str:
    if not evidence["seen"]:
        return ""
    when = f"within {WINDOW // 60} minutes of one of them" if evidence["at_those_moments"] else "at other moments"
    return f"; it logged {_codes(evidence['seen'])} itself {when}"


def _codes(kinds: Sequence[Mapping[str, Any]]) -> str:
    codes = [str(code) for code in dict.fromkeys(kind["id"] for kind in kinds)]
    return " and ".join([", ".join(codes[:-1])] * (len(codes) > 1) + codes[-1:])


def _others(evidence: Evidence) -> str:
    count = evidence["logs_read"]
    return f"{count} other server{'' if count == 1 else 's'}"


def _name(text: str) -> str:
    return cut(text, QUOTED_NAME)
