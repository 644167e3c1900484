# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools, each with the recipe by which it is asked to edit a file."""

from __future__ import annotations

import configparser
import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from configupdater import ConfigUpdater  # type: ignore[import-not-found,unused-ignore]

from tests.cases.case import Case
from tests.compare.modules import Outcome, call
from tests.compare.writer import Writer

BEST_OF_INI_FILE = {"no_extra_spaces": True, "ignore_spaces": True, "modify_inactive_option": False}

Task = tuple[str, dict[str, Any]]


class Peer(NamedTuple):
    """A tool: its name, what is asked of it, and the code that asks; ``tasks`` for Ansible's modules."""

    name: str
    recipe: str
    act: Callable[[Case, Path, bool], Outcome]
    tasks: Callable[[Case, str], list[Task]] | None = None


def settings_of(case: Case) -> dict[str, str]:
    """Give keys and values of a case as text."""
    return {key: str(value) for key, value in (case.settings or {"Disable": 1}).items()}


def by_ansible(name: str, recipe: str, tasks: Callable[[Case, str], list[Task]]) -> Peer:
    """Make a tool of tasks that run one after another, until one fails."""

    def act(case: Case, path: Path, check: bool) -> Outcome:
        outcome = Outcome(False)
        for module, options in tasks(case, str(path)):
            outcome += call(module, options, check)
            if outcome.error:
                break
        return outcome

    return Peer(name, recipe, act, tasks)


def ours(case: Case, path: str) -> list[Task]:
    return [("legacy_exchange.winsock_proxy.mspclnt_ini", case.options(path))]


def ini_file(case: Case, path: str, **best: object) -> list[Task]:
    where = {"path": path, "section": case.section, "state": case.state, **best}
    return [
        ("community.general.ini_file", {**where, "option": key, "value": value})
        for key, value in settings_of(case).items()
    ]


def ini_file_best(case: Case, path: str) -> list[Task]:
    return ini_file(case, path, create=case.create, **BEST_OF_INI_FILE)


def lineinfile(case: Case, path: str) -> list[Task]:
    header = {"line": f"[{case.section}]"}
    after = rf"^\[{re.escape(case.section)}\]"
    lines: list[dict[str, Any]] = [] if case.state == "absent" else [header]
    for key, value in settings_of(case).items():
        found = {"regexp": rf"^\s*{re.escape(key)}\s*="}
        wanted = {"line": f"{key}={value}", "insertafter": after}
        lines.append({**found, "state": "absent"} if case.state == "absent" else {**found, **wanted})
    return [("ansible.builtin.lineinfile", {"path": path, "create": case.create, **line}) for line in lines]


def replace(case: Case, path: str) -> list[Task]:
    between = {"after": rf"\[{re.escape(case.section)}\]", "before": r"(?:\n\[|\Z)", "encoding": "latin-1"}
    tasks = []
    for key, value in settings_of(case).items():
        change = {
            "regexp": rf"^([ \t]*{re.escape(key)}[ \t]*=[ \t]*)[^\r\n]*",
            "replace": r"\g<1>" + value.replace("\\", r"\\"),
        }
        removal = {"regexp": rf"^[ \t]*{re.escape(key)}[ \t]*=.*\n?", "replace": ""}
        what = removal if case.state == "absent" else change
        tasks.append(("ansible.builtin.replace", {"path": path, **between, **what}))
    return tasks


def blockinfile(case: Case, path: str) -> list[Task]:
    lines = [f"[{case.section}]", *(f"{key}={value}" for key, value in settings_of(case).items())]
    options = {
        "path": path,
        "block": "\n".join(lines),
        "marker": f"; {{mark}} ANSIBLE MANAGED BLOCK {case.section}",
        "state": case.state,
        "create": case.create,
    }
    return [("ansible.builtin.blockinfile", options)]


def crudini(case: Case, path: Path, check: bool) -> Outcome:
    program = [str(Path(sys.executable).with_name("crudini")), "--ini-options=nospace"]
    outcome = Outcome(None)
    for key, value in settings_of(case).items():
        if case.state == "absent":
            command = [*program, "--del", str(path), case.section, key]
        else:
            missing = [] if case.create else ["--existing=file"]
            command = [*program, *missing, "--set", str(path), case.section, key, value]
        outcome += run(command)
    return outcome


def run(command: list[str], given: str = "") -> Outcome:
    """Run a program; its error is what it says when it does not end with 0."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, errors="replace", check=False)
    said = (done.stderr + done.stdout).strip()
    return Outcome(None, said[-200:] if done.returncode else "", "Traceback (most recent call last)" in said)


def by_parser(edit: Callable[[str, Case], str]) -> Callable[[Case, Path, bool], Outcome]:
    """Wrap an edit of text by a Python library; the library's own errors are clean refusals."""

    def act(case: Case, path: Path, check: bool) -> Outcome:
        old = path.read_bytes().decode("latin-1") if path.exists() else ""
        end = "\r\n" if "\r\n" in old or not old else "\n"
        try:
            new = edit(old.replace("\r\n", "\n"), case).replace("\n", end)
        except (configparser.Error, ValueError) as error:
            return Outcome(None, str(error))
        except Exception as error:
            return Outcome(None, repr(error), crashed=True)
        if new.encode("latin-1") != old.encode("latin-1"):
            path.write_bytes(new.encode("latin-1"))
        return Outcome(None)

    return act


PARSER_OPTIONS: dict[str, Any] = {
    "strict": False,
    "allow_no_value": True,
    "delimiters": ("=",),
    "comment_prefixes": (";",),
}


def edit_by_configparser(text: str, case: Case) -> str:
    parser = configparser.RawConfigParser(default_section="", **PARSER_OPTIONS)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    section = next((name for name in parser.sections() if name.lower() == case.section.lower()), case.section)
    is_new = case.state == "present" and not parser.has_section(section)
    if is_new:
        parser.add_section(section)
    before = {name: dict(parser.items(name)) for name in parser.sections()}
    for key, value in settings_of(case).items():
        name = next((name for name in before.get(section, {}) if name.lower() == key.lower()), key)
        if case.state == "present":
            parser.set(section, name, value)
        elif parser.has_section(section):
            parser.remove_option(section, name)
    changed = {name: dict(parser.items(name)) for name in parser.sections()} != before
    return "".join(written(parser)) if changed or is_new else text


def written(parser: configparser.RawConfigParser) -> Iterator[str]:
    """Give what ``write`` writes, without the blank lines that it adds."""

    text = io.StringIO()
    parser.write(text, space_around_delimiters=False)
    return (line for line in text.getvalue().splitlines(True) if line != "\n")


def edit_by_configupdater(text: str, case: Case) -> str:
    updater = ConfigUpdater(space_around_delimiters=False, **PARSER_OPTIONS)
    updater.read_string(text)
    section = next((name for name in updater.sections() if name.lower() == case.section.lower()), case.section)
    if not updater.has_section(section):
        if case.state == "absent":
            return text
        updater.add_section(section)
    for key, value in settings_of(case).items():
        if case.state == "absent":
            updater[section].pop(key, None)
        elif key not in updater[section] or updater[section][key].value != value:
            updater[section][key] = value
    return str(updater)


def augeas(case: Case, path: Path, check: bool) -> Outcome:
    if not path.exists():
        path.touch()
    root = f"/files{path}"
    section = _label(path, root, case.section)
    lines = []
    for key, value in settings_of(case).items():
        node = _label(path, section, key)
        lines.append(f'set {node} "{value}"' if case.state == "present" else f"rm {node}")
    return run(_augtool(path), "\n".join([*lines, "save\n"]))


def _augtool(path: Path) -> list[str]:
    lenses = str(Path(__file__).parent)
    return ["augtool", "--noautoload", "--include", lenses, "--transform", f"WinIni incl {path}"]


def _label(path: Path, parent: str, name: str) -> str:
    """Find a node by its name in any case; give the path of a new one when there is none."""
    found = subprocess.run([*_augtool(path), "match", f"{parent}/*"], capture_output=True, check=False).stdout
    for line in found.decode("latin-1").splitlines():
        node = line.partition(" = ")[0]
        if re.sub(r"\\(.)", r"\1", node[len(parent) + 1 :]).removesuffix("[1]").lower() == name.lower():
            return node
    return f"{parent}/" + re.sub(r"([^A-Za-z0-9_.-])", r"\\\1", name)


class Windows:
    """WritePrivateProfileString; one process for all cases."""

    def __init__(self) -> None:
        self._writer: Writer | None = None

    def __call__(self, case: Case, path: Path, check: bool) -> Outcome:
        self._writer = self._writer or Writer()
        for key, value in settings_of(case).items():
            text = value.encode() if case.state == "present" else None
            code = self._writer.write(path, case.section.encode(), key.encode(), text)
            if code and path.exists():
                return Outcome(None, f"Windows error {code}")
        return Outcome(None)


PEERS = (
    by_ansible("mspclnt_ini", "this collection's module", ours),
    by_ansible("ini_file", "`community.general.ini_file` as it comes, once for each key", ini_file),
    by_ansible(
        "ini_file (best)",
        "the same with `no_extra_spaces: true`, `ignore_spaces: true`, `modify_inactive_option: false`, and `create` "
        "as the case says",
        ini_file_best,
    ),
    by_ansible(
        "lineinfile",
        r"`line: '[SECTION]'`, then for each key `regexp: '^\s*KEY\s*='`, `line: 'KEY=VALUE'`, "
        r"`insertafter: '^\[SECTION\]'`; to remove, the regexp with `state: absent`",
        lineinfile,
    ),
    by_ansible(
        "replace",
        r"for each key `after: '\[SECTION\]'`, `before: '(?:\n\[|\Z)'`, `regexp: '^([ \t]*KEY[ \t]*=[ \t]*)[^\r\n]*'`, "
        "`encoding: latin-1`; it changes lines and cannot add one",
        replace,
    ),
    by_ansible(
        "blockinfile",
        "`block`: the section and its keys, `marker: '; {mark} ANSIBLE MANAGED BLOCK SECTION'`",
        blockinfile,
    ),
    Peer("crudini", "`crudini --ini-options=nospace --existing=file --set` or `--del`, once for each key", crudini),
    Peer(
        "configparser",
        "`RawConfigParser` with the case of keys kept, `strict=False`, `allow_no_value=True`, only `=` and `;`; names "
        "looked up in any case; text read and written as latin-1 with the file's line end; written only when a value "
        "differs, without the blank lines that it adds",
        by_parser(edit_by_configparser),
    ),
    Peer(
        "ConfigUpdater",
        "`strict=False`, `allow_no_value=True`, only `=` and `;`, `space_around_delimiters=False`; names looked up in "
        "any case; text as latin-1 with the file's line end",
        by_parser(edit_by_configupdater),
    ),
    Peer(
        "Augeas",
        "`augtool` with a lens of our own for these files (`tests/compare/winini.aug`; the lenses that come with it "
        "take no blanks in keys, and no text behind a header); names looked up in any case",
        augeas,
    ),
    Peer("Windows API", "`WritePrivateProfileString` as Wine has it, once for each key", Windows()),
)
