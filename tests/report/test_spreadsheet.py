# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""report.csv in a spreadsheet: LibreOffice opens it as it is, and holds the same cells, none of them a formula."""

from __future__ import annotations

import csv
import os
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
# What stands between cells, around them, UTF-8, from the first line on: as its dialogue offers them.
COMMAS, SEMICOLONS = "44,34,76,1", "59,34,76,1"
SECONDS = 300


def opened(file: Path, folder: Path, options: str) -> ET.Element:
    """Let LibreOffice open a table; give the first sheet of what it then has."""
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    command += [f"--infilter=CSV:{options}", "--convert-to", "fods", "--outdir", str(folder), str(file)]
    done = subprocess.run(
        command, env={**os.environ, "HOME": str(folder)}, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sheet = ET.parse(folder / file.with_suffix(".fods").name).getroot().find(f".//{TABLE}table")
    assert sheet is not None
    return sheet


def rows_of(sheet: ET.Element) -> list[list[str]]:
    """Give the rows of a sheet without the empty cells at their ends, nor the empty rows behind them."""
    rows = [_up_to_the_last(list(_cells(row))) for row in sheet.iter(f"{TABLE}table-row")]
    return [row for row in rows if row]


def _cells(row: ET.Element) -> Iterator[str]:
    for cell in row.iter(f"{TABLE}table-cell"):
        text = "\n".join("".join(_letters(each)) for each in cell.iter(f"{TEXT}p"))
        yield from [text] * int(cell.get(f"{TABLE}number-columns-repeated", "1"))


def _letters(element: ET.Element) -> Iterator[str]:
    """Give the text of a paragraph; blanks that follow another are elements."""
    yield element.text or ""
    for child in element:
        yield " " * int(child.get(f"{TEXT}c", "1")) if child.tag == f"{TEXT}s" else "".join(_letters(child))
        yield child.tail or ""


def _up_to_the_last(row: list[str]) -> list[str]:
    last = max((at for at, cell in enumerate(row, 1) if cell), default=0)
    return row[:last]


@pytest.mark.parametrize("which", ["page", "tricked", "large"])
def test_a_spreadsheet_holds_the_same_cells(which: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    table: Path = request.getfixturevalue(which).with_name("report.csv")
    with table.open(encoding="utf-8-sig", newline="") as text:
        written = [_up_to_the_last(row) for row in csv.reader(text)]
    assert rows_of(opened(table, tmp_path, COMMAS)) == written


@pytest.mark.parametrize("options", [pytest.param(COMMAS, id="commas"), pytest.param(SEMICOLONS, id="semicolons")])
def test_no_cell_is_a_formula(options: str, tmp_path: Path, tricked: Path) -> None:
    sheet = opened(tricked.with_name("report.csv"), tmp_path, options)
    assert [cell.get(f"{TABLE}formula") for cell in sheet.iter() if cell.get(f"{TABLE}formula")] == []


def test_a_formula_would_be_found(tmp_path: Path) -> None:
    table = tmp_path / "formula.csv"
    table.write_text('a,"=1+1"\n')
    formulas = [cell.get(f"{TABLE}formula") for cell in opened(table, tmp_path, COMMAS).iter(f"{TABLE}table-cell")]
    assert formulas == [None, "of:=1+1"]
