# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the comparison in docs/."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import subprocess
from importlib.resources import files
from pathlib import Path

from tests.compare import checks, writer
from tests.compare.peers import PEERS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "compare.md"

TOP = """\
# Side by side with other tools

The same files through this collection's module and ten other ways to edit an INI file, with the
same questions for all. Made by

    make compare

which runs `tests/compare/run.py` and writes this page; do not edit it by hand.
{versions}.

## Totals

{totals}

A dash says that a tool has no check mode. A second run is not asked for where the first one ended
with an error.

## What is asked

{questions}

Windows' answer comes from Wine's `GetPrivateProfileString`. Where real Windows is known to read
otherwise than Wine (a header without `]` or with two, a UTF-8 mark before it, values above 65,535
characters), it comes from the collection's own reading of Windows; the run stops if Wine reads
anything else than the collection expects of Wine.

Ansible's modules run by their own code, each call in a process of its own, without Ansible's
transport. {sample}

## How each tool is asked

{recipes}

## Where others are right and this module is not

It refuses files that Windows and Wine would read in two ways after any small edit (the last table).
Some tools edit them, and Windows, if not Wine, then reads what was wanted:

{better}

## What this does not show

- The files were chosen by the authors of the module, from the rules that it promises to keep. That
  its column is clean says that it keeps them, not that the files are a fair draw of all INI files.
  Most real files are plain, and there the better tools agree.
- The other tools are made for other files. `#` comments, `:` between key and value, or names that
  differ in case are right elsewhere; only Windows reads private profiles as Windows does. A tool
  that writes all line ends alike keeps a promise of its own.
- They do things that this module cannot: keys outside sections, lists of values under one key,
  whole sections, files of other kinds.
- Wine's `WritePrivateProfileString` writes the whole file anew, and takes a header as Wine reads
  it. Real Windows changes the file in place; its bytes were not measured.
- `lineinfile`, `replace` and `blockinfile` know no sections. Their recipes are written with care,
  but a longer one for one known file can do better.

## File by file

`ok`, or the questions that were answered with no: `R` Windows does not read what was wanted, `K`
other bytes not kept, `2` second run not a no-op, `C` check mode not honest, `A` effective file not
left alone, `F` bad input not refused cleanly. With them `E` the tool ended with an error, `T` with a
traceback.
"""


def versions() -> str:
    """Name what took part."""
    general = json.loads(files("ansible_collections.community.general").joinpath("MANIFEST.json").read_text())
    found = [f"{name} {importlib.metadata.version(name)}" for name in ("ansible-core", "crudini", "ConfigUpdater")]
    augtool = subprocess.run(["augtool", "--version"], capture_output=True, text=True, check=True)
    found += [f"community.general {general['collection_info']['version']}", f"Python {platform.python_version()}"]
    found += [(augtool.stdout + augtool.stderr).split(" <")[0].strip().replace("augtool", "Augeas"), writer.version()]
    return "Versions: " + ", ".join(found)


def questions() -> str:
    """Give the questions as the code states them."""
    lines = (checks.__doc__ or "").partition("\n\n")[2].splitlines()
    text = [f"- `{line.split()[0]}`: {line[9:]}" if line[:1].strip() else f"  {line[9:]}" for line in lines if line]
    return "\n".join(text)


def write(totals: str, tables: list[tuple[str, str]], better: list[str], sample: str) -> None:
    """Write the page."""
    page = TOP.format(
        versions=versions(),
        totals=totals,
        questions=questions(),
        sample=sample,
        recipes="\n".join(f"- **{peer.name}**: {peer.recipe}." for peer in PEERS),
        better="\n".join(f"- {line}" for line in better) or "Nowhere among these files.",
    )
    parts = "".join(f"\n### {title}\n\n{table}\n" for title, table in tables)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page + parts)
