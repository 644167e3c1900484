# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold for every file that the engine reads and edits, with the judge as a witness.

The laws of the edit look at bytes alone; they share no code with the engine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import (
    WINDOWS,
    WINE,
    Reading,
    parse,
    read_value,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.edits import (
    Doubtful,
    ensure,
    remove,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Edit, Stanza

from tests.cases.contents import contents
from tests.judge.generate import MARK, file_of
from tests.judge.judge import Answer, Judge, fold

SECTION, KEY = b"EMSMTA", b"Disable"
STANZA = Stanza(SECTION, ((KEY, b"1"),))
OURS = (fold(SECTION), fold(KEY))
BATCH = 500
LONGEST = 65535
# Space, tab, VT, FF, Ctrl-Z, no-break space: what one reader or another trims.
BLANKS = b" \t\x0b\x0c\x1a\xa0"
UNSURE_BLANKS = b"\x0c\x1a\xa0"

Pairs = dict[tuple[str, str], bytes | None]


class Broken(NamedTuple):
    """A law that does not hold for a file."""

    law: str
    number: int
    data: bytes
    detail: str


class Findings(NamedTuple):
    """What a run over many files found."""

    seed: str
    files: int
    counts: Counter[str]
    broken: list[Broken]

    def of(self, law: str) -> str:
        """Describe the first files that break a law; empty when it holds."""
        found = sorted((one for one in self.broken if one.law == law), key=lambda one: len(one.data))
        shown = [f"seed {self.seed} number {one.number}: {one.detail}\n  {one.data!r}" for one in found[:3]]
        return "\n".join([f"{len(found)} of {self.files} files:", *shown]) if found else ""


class _Trial(NamedTuple):
    """A file and its edits as bytes; None where the engine refused."""

    number: int
    data: bytes
    ensured: bytes | None
    removed: bytes | None
    notes: frozenset[str]


def run(seed: str, numbers: range) -> Findings:
    """Judge the files of a seed."""
    findings = Findings(seed, len(numbers), Counter(), [])
    with Judge() as judge:
        for start in range(numbers.start, numbers.stop, BATCH):
            trials = [_trial(seed, number) for number in range(start, min(start + BATCH, numbers.stop))]
            _judge(judge, trials, findings)
    return findings


def _judge(judge: Judge, trials: Sequence[_Trial], findings: Findings) -> None:
    texts = [_texts(trial) for trial in trials]
    answers = iter(judge.dump([text for group in texts for text in group]))
    for trial, group in zip(trials, texts, strict=True):
        known = {text: next(answers) for text in group}
        _count(trial, findings.counts)
        faults = _laws(trial, known)
        findings.broken.extend(Broken(law, trial.number, trial.data, detail) for law, detail in faults)


def _texts(trial: _Trial) -> list[bytes]:
    return list(dict.fromkeys(text for text in (trial.data, trial.ensured, trial.removed) if text is not None))


def _trial(seed: str, number: int) -> _Trial:
    data = file_of(seed, number)
    ensured, removed = _edited(data, present=True), _edited(data, present=False)
    edits = [edit for edit in (ensured, removed) if edit is not None]
    notes = frozenset(note.code for edit in edits for note in edit.notes)
    return _Trial(number, data, _bytes(ensured), _bytes(removed), notes)


def _edited(data: bytes, present: bool) -> Edit | None:
    try:
        return (ensure if present else remove)(parse(data), STANZA)
    except Doubtful:
        return None


def _bytes(edit: Edit | None) -> bytes | None:
    return edit.profile.render() if edit else None


def _count(trial: _Trial, counts: Counter[str]) -> None:
    counts["files"] += 1
    counts["files on which readers may differ"] += is_doubtful(trial.data)
    for name, text in (("ensure", trial.ensured), ("remove", trial.removed)):
        counts[f"{name} refused" if text is None else f"{name} left alone"] += text is None or text == trial.data
        counts[f"{name} changed"] += text is not None and text != trial.data


def _laws(trial: _Trial, known: dict[bytes, Answer]) -> Iterator[tuple[str, str]]:
    yield from _law_reading(trial.data, known[trial.data])
    if trial.ensured is None or trial.removed is None:
        yield from _law_refused(trial)
    if trial.ensured is not None:
        yield from _law_present(trial, trial.ensured, known)
        yield from _law_again(trial.ensured, present=True)
        yield from (("rule 4, present", fault) for fault in fault_of_present(trial.data, trial.ensured))
    if trial.removed is not None:
        yield from _law_absent(trial, trial.removed, known)
        yield from _law_again(trial.removed, present=False)
        yield from (("rule 4, absent", fault) for fault in fault_of_absent(trial.data, trial.removed))


# Reading.


def _law_reading(data: bytes, answer: Answer) -> Iterator[tuple[str, str]]:
    theirs = _their_pairs(answer)
    fault = _difference(_our_pairs(data, WINE), theirs)
    fault = fault or _fault_of_lists(data, answer) or _fault_of_look_up(data, theirs)
    if fault:
        yield "reading as Wine", fault
    if not is_doubtful(data):
        fault = _difference(_our_pairs(data, WINDOWS), theirs)
        if fault:
            yield "reading as Windows", fault


def _our_pairs(data: bytes, reading: Reading) -> Pairs:
    """Give the first value of each key of the first section of each name; an empty name is not listed."""
    pairs: Pairs = {}
    sections: set[str] = set()
    for section, keys in contents(parse(data), reading):
        if section and fold(section) not in sections:
            sections.add(fold(section))
            for key, value in keys:
                pairs.setdefault((fold(section), fold(key)), value)
    return pairs


def _their_pairs(answer: Answer) -> Pairs:
    pairs: Pairs = {}
    for section in answer.sections:
        for key in section.keys:
            pairs.setdefault((fold(section.name), fold(key.name)), key.value)
    return pairs


def _fault_of_lists(data: bytes, answer: Answer) -> str:
    ours = list(dict.fromkeys(name for name, _keys in contents(parse(data), WINE) if name))
    theirs = [section.name for section in answer.sections]
    return f"sections: ours {ours}, judge {theirs}" if ours != theirs else ""


def _fault_of_look_up(data: bytes, theirs: Pairs) -> str:
    """Compare read_value too, for names that have no other case in any code page."""
    profile = parse(data)
    for (section, key), value in theirs.items():
        if section.isascii() and key.isascii():
            ours = read_value(profile, section.encode(), key.encode(), WINE)
            if ours != value:
                return f"read_value of {section!r} {key!r}: {ours!r}, judge {value!r}"
    return ""


def _difference(ours: Pairs, theirs: Pairs) -> str:
    # The judge lists a hidden key too, and gives nothing for it.
    theirs = {name: value for name, value in theirs.items() if value is not None}
    if ours == theirs:
        return ""
    only = {name: (ours.get(name), theirs.get(name)) for name in ours | theirs if ours.get(name) != theirs.get(name)}
    return f"ours and the judge's: {only}"[:600]


def is_doubtful(data: bytes) -> bool:
    """Tell whether Windows and Wine are known to read something in this file differently."""
    lines = lines_of(data)
    return data.startswith(MARK) or len(data) > LONGEST or any(map(_has_doubtful_bracket, lines)) or _hides_a_key(lines)


def _has_doubtful_bracket(line: bytes) -> bool:
    return line.lstrip(BLANKS)[:1] == b"[" and line.count(b"]") != 1


def _hides_a_key(lines: Sequence[bytes]) -> bool:
    """Tell whether a line is the bare name of a key: to Wine it is a key without value, and the first."""
    keys = {line.partition(b"=")[0].strip(BLANKS).lower() for line in lines if b"=" in line}
    return any(line.strip(BLANKS + b"\r\n").lower() in keys for line in lines if b"=" not in line)


# What the edits do.


def _law_present(trial: _Trial, after: bytes, known: dict[bytes, Answer]) -> Iterator[tuple[str, str]]:
    if read_value(parse(after), SECTION, KEY, WINDOWS) != b"1":
        yield "present", "our Windows does not read 1"
    found = known[after].key(SECTION, KEY)
    left_alone = after == trial.data and is_doubtful(after) and "readers_differ" in trial.notes
    if not left_alone and (found is None or found.value != b"1" or found.number != 1):
        yield "present", f"the judge reads {found}; after: {after!r}"
    yield from _law_others("others after present", trial.data, after, known)


def _law_absent(trial: _Trial, after: bytes, known: dict[bytes, Answer]) -> Iterator[tuple[str, str]]:
    if read_value(parse(after), SECTION, KEY, WINDOWS) is not None:
        yield "absent", "our Windows still reads something"
    found = known[after].key(SECTION, KEY)
    if found is not None and not is_doubtful(after):
        yield "absent", f"the judge reads {found}; after: {after!r}"
    yield from _law_others("others after absent", trial.data, after, known)


def _law_others(law: str, before: bytes, after: bytes, known: dict[bytes, Answer]) -> Iterator[tuple[str, str]]:
    """Every other pair is as before, for our Windows in any file, for the judge in those without doubt."""
    pairs = [(_our_pairs(before, WINDOWS), _our_pairs(after, WINDOWS))]
    if not is_doubtful(before):
        pairs.append((_their_pairs(known[before]), _their_pairs(known[after])))
    for old, new in pairs:
        fault = _difference(*({name: value for name, value in one.items() if not _is_ours(name)} for one in (old, new)))
        if fault:
            yield law, f"before and after: {fault}; after: {after!r}"


def _is_ours(name: tuple[str, str]) -> bool:
    """Tell whether some reader could take this pair for ours: a fresh section may hide it."""
    blanks = BLANKS.decode("latin-1")
    return (name[0].strip(blanks), name[1].strip(blanks)) == OURS


def _law_again(after: bytes, present: bool) -> Iterator[tuple[str, str]]:
    again = _bytes(_edited(after, present))
    if again != after:
        yield "second run", f"{'present' if present else 'absent'} once: {after!r}, twice: {again!r}"


def _law_refused(trial: _Trial) -> Iterator[tuple[str, str]]:
    if not any(_is_unsure(number, line) for number, line in enumerate(lines_of(trial.data))):
        yield "refusals", "no line of this file can be read in more than one way"


def _is_unsure(number: int, line: bytes) -> bool:
    """Tell whether readers may differ on a line that could be our header or our key."""
    text = line[len(MARK) :] if number == 0 and line.startswith(MARK) else line
    unsure = text != line or any(byte in line for byte in UNSURE_BLANKS)
    if text.lstrip(BLANKS)[:1] == b"[":
        return unsure or text.count(b"]") != 1
    is_bare_key = text.strip(BLANKS + b"\r\n").lower() == KEY.lower()
    return is_bare_key or (unsure and KEY.lower() in text.lower())


# Rule 4, line by line.

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
KEY_LINE = re.compile(
    rb"(?P<key>[^=\r\n]*)=(?P<lead>[ \t\x0b]*)(?P<value>[^\r\n]*?)(?P<tail>[ \t\x0b]*)(?P<end>\r\n|\r|\n|)"
)
ADDED = re.compile(rb"(?P<end>\r\n|\r|\n)?(?P<header>\[EMSMTA\](?:\r\n|\r|\n))?Disable=1(?:\r\n|\r|\n)")


def lines_of(data: bytes) -> list[bytes]:
    """Split a file into lines, each with its line end."""
    return LINE.findall(data)


def fault_of_present(before: bytes, after: bytes) -> list[str]:
    """Say what is wrong with the bytes of an edit that makes the stanza so; empty when nothing is."""
    if before == after or _is_replaced(before, after) or _is_added(before, after):
        return []
    return [f"not a value replaced in one line, nor lines added: {after!r}"]


def _is_replaced(before: bytes, after: bytes) -> bool:
    old = lines_of(before)
    return any(_is_one_value(lines, lines_of(after)) for lines in (old, _with_ctrl_z_apart(old)))


def _is_one_value(old: list[bytes], new: list[bytes]) -> bool:
    changed = [pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
    return len(old) == len(new) and len(changed) == 1 and _is_same_but_value(*changed[0])


def _with_ctrl_z_apart(lines: list[bytes]) -> list[bytes]:
    """Put a Ctrl-Z behind a last key on a line of its own, as an edit of that line does."""
    text = lines[-1].rstrip(b"\x1a") if lines else b""
    if not lines or text == lines[-1] or not text:
        return lines
    return [*lines[:-1], text, lines[-1][len(text) :]]


def _is_same_but_value(old: bytes, new: bytes) -> bool:
    """Tell whether only the value differs; a last line may have got a line end."""
    was, now = KEY_LINE.fullmatch(old), KEY_LINE.fullmatch(new)
    if was is None or now is None or _is_foreign(was["key"]) or now["value"] != b"1":
        return False
    same_end = was["end"] == now["end"] or not was["end"]
    same_blanks = was["lead"] + was["tail"] == now["lead"] + now["tail"]
    return was["key"] == now["key"] and same_end and same_blanks


def _is_foreign(key: bytes) -> bool:
    return key.strip(BLANKS).lower() != KEY.lower()


def _is_added(before: bytes, after: bytes) -> bool:
    size = len(after) - len(before)
    first = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(before))
    places = range(max(0, first - size), first + 1)
    return any(after[at + size :] == before[at:] and _may_stand(after[at : at + size], before, at) for at in places)


def _may_stand(text: bytes, before: bytes, at: int) -> bool:
    """Tell whether these added bytes are whole lines at the start of a line, with the right line end."""
    added = ADDED.fullmatch(text)
    lines = lines_of(before[:at])
    if added is None or b"\r\n" in before[at - 1 : at + 1]:
        return False
    ends = {line[len(line.rstrip(b"\r\n")) :] for line in lines_of(text.lstrip(b"\r\n"))}
    if added["end"]:
        last = lines and not lines[-1].endswith((b"\r", b"\n"))
        return bool(last) and (not before[at:].strip(BLANKS + b"\r\n") or before[:at] == MARK)
    return not lines or (lines[-1].endswith((b"\r", b"\n")) and ends == {lines[-1][len(lines[-1].rstrip(b"\r\n")) :]})


def fault_of_absent(before: bytes, after: bytes) -> list[str]:
    """Say what is wrong with the bytes of an edit that takes the key out; empty when nothing is."""
    at = 0
    gone: list[bytes] = []
    for line in lines_of(before):
        # Bytes are compared, not lines: a CR and an LF may meet where a line between them went.
        if after.startswith(line, at):
            at += len(line)
        else:
            gone.append(line)
    if at < len(after):
        return [f"bytes that were not there, or in another place: {after[at:]!r}; after: {after!r}"]
    return _faults_of_gone(gone)


def _faults_of_gone(gone: Sequence[bytes]) -> list[str]:
    kinds = Counter(map(_kind, gone))
    faults = [f"a line of no business of ours is gone: {line!r}" for line in gone if _kind(line) == "other"]
    if kinds["blank"] and not kinds["header"]:
        faults.append("blank lines are gone, but no section")
    if gone and not kinds["key"]:
        faults.append("lines are gone, but no key")
    return faults


def _kind(line: bytes) -> str:
    text = line.strip(b"\r\n").strip(BLANKS)
    if not text:
        return "blank"
    if text[:1] == b"[" or text.startswith(MARK):
        return "header" if SECTION.lower() in text.lower() else "other"
    return "other" if _is_foreign(text.partition(b"=")[0]) else "key"
