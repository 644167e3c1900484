# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What .editorconfig tells an editor holds for each file, and is what the linters want."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A name that a linter's limit is for, and where that limit stands.
LIMITS = {"any.py": ("ruff.toml", r"^line-length = (\d+)$"), "any.yml": (".yamllint", r"line-length: .*?(\d+)")}
INDENTS = {"space": "\t", "tab": "  "}


def rules(names: list[str]) -> dict[str, dict[str, str]]:
    """Give the settings of each file of the project, as a reader of .editorconfig finds them."""
    program = Path(sys.executable).with_name("editorconfig")
    command = [str(program), *(str(ROOT / name) for name in names)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            settings = found[str(Path(line[1:-1]).relative_to(ROOT))] = {}
        else:
            key, _equals, value = line.partition("=")
            settings[key] = value
    return found


def faults(data: bytes, settings: Mapping[str, str]) -> Iterator[str]:
    """Say against which settings a file is written."""
    try:
        text = data.decode() if settings["charset"] == "utf-8" else ""
    except UnicodeDecodeError:
        yield "is not UTF-8"
        return
    if not text:
        return
    if "\r" in text:
        yield "has a carriage return"
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield "does not end with one line end"
    for number, line in enumerate(text.splitlines(), 1):
        if line != line.rstrip():
            yield f"ends line {number} with a blank"
        if line.startswith(INDENTS[settings["indent_style"]]):
            yield f"begins line {number} with the other indent"


def disagreements(known: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Say where a linter has another limit for a line."""
    for name, (source, pattern) in LIMITS.items():
        (limit,) = re.findall(pattern, (ROOT / source).read_text(encoding="utf-8"), re.MULTILINE)
        told = known[name].get("max_line_length")
        if told != limit:
            yield f".editorconfig: lines of *{Path(name).suffix} have {told} characters, in {source} {limit}"


def main() -> int:
    """Look at all files that git knows or would take."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    names = [name for name in listed if name and (ROOT / name).is_file()]
    known = rules([*names, *LIMITS])
    wrong = [f"{name} {fault}" for name in names for fault in faults((ROOT / name).read_bytes(), known[name])]
    wrong += disagreements(known)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
