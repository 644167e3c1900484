# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What could not be read is listed, and never counts as absent; what is inferred is never called documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.servers import Sample, samples
from tests.unit.sample_drives import ask, furnish


@pytest.fixture(scope="module")
def exposed() -> Sample:
    """The ordinary server."""
    return next(sample for sample in samples() if sample.name == "ex01-exposed")


def test_two_files_with_the_same_fault_are_both_listed(tmp_path: Path, exposed: Sample) -> None:
    folder = furnish(tmp_path, exposed)
    for file in (folder / "MSPCLNT.INI", tmp_path / "D" / "exchsrvr" / "BIN" / "Wspcfg.ini"):
        file.write_bytes(b"\0")
    result = ask(tmp_path, exposed)
    assert [gap["what"].rpartition("\\")[2].lower() for gap in result["not_read"]] == ["mspclnt.ini", "wspcfg.ini"]
    assert [reason["code"] for reason in result["reasons"]] == ["unreadable", "unreadable"]


def test_a_missing_hive_is_listed_once(tmp_path: Path, exposed: Sample) -> None:
    furnish(tmp_path, exposed)
    (tmp_path / "C/WINNT/system32/config/software").unlink()
    result = ask(tmp_path, exposed)
    assert len([gap for gap in result["not_read"] if "software" in gap["reason"]]) == 1


def test_an_address_table_that_cannot_be_read_puts_no_peer_outside(tmp_path: Path, exposed: Sample) -> None:
    folder = furnish(tmp_path, exposed)
    table = folder / "MSPLAT.TXT"
    table.unlink()
    table.mkdir()
    result = ask(tmp_path, exposed, remote_mtas=["10.1.2.3"])
    assert "peers_outside" not in [advice["code"] for advice in result["advice"]]
    assert "all_peers_local" not in [risk["code"] for risk in result["risks"]]
    assert any("MSPLAT.TXT" in gap["what"] for gap in result["not_read"])


def test_another_client_that_cannot_be_looked_for_is_listed(tmp_path: Path) -> None:
    none = next(sample for sample in samples() if sample.name == "ex06-no-client")
    furnish(tmp_path, none)
    newer = tmp_path / "C" / "Program Files" / "Microsoft Firewall Client 2004"
    newer.mkdir(parents=True)
    (newer / "FwcAgent.exe").symlink_to("/")
    result = ask(tmp_path, none)
    assert result["status"] == "not_applicable"
    assert any("leads out of its drive" in gap["reason"] for gap in result["not_read"])


@pytest.mark.parametrize(
    ("folder", "certainty"), [("D:\\exchsrvr\\bin", "documented"), ("D:\\EXCHSRVR\\bin\\", "documented")]
)
def test_a_given_folder_that_is_the_services_own(folder: str, certainty: str, tmp_path: Path, exposed: Sample) -> None:
    furnish(tmp_path, exposed)
    assert ask(tmp_path, exposed, exchange_bin=folder)["certainty"] == certainty


def test_a_given_folder_that_is_not_the_services_is_no_document(tmp_path: Path, exposed: Sample) -> None:
    furnish(tmp_path, exposed)
    (tmp_path / "D" / "restored").mkdir()
    (tmp_path / "D" / "exchsrvr" / "BIN" / "EMSMTA.EXE").rename(tmp_path / "D" / "restored" / "EMSMTA.EXE")
    result = ask(tmp_path, exposed, exchange_bin="D:\\restored")
    assert (result["status"], result["certainty"]) == ("exposed", "inferred")
    (told,) = (reason for reason in result["reasons"] if reason["code"] == "mta_installed")
    assert "D:\\exchsrvr\\bin\\emsmta.exe" in told["message"]
    assert told["certainty"] == "inferred"


@pytest.mark.parametrize("data", [b"", b"regf" + bytes(8192)], ids=["empty", "damaged"])
def test_a_clusters_hive_that_cannot_be_read_is_listed(data: bytes, tmp_path: Path, exposed: Sample) -> None:
    furnish(tmp_path, exposed)
    hive = tmp_path / "C" / "WINNT" / "cluster" / "CLUSDB"
    hive.parent.mkdir()
    hive.write_bytes(data)
    result = ask(tmp_path, exposed)
    assert result["status"] == "exposed"
    assert "cluster" not in result["evidence"]["system"]["facts"]
    assert [gap["what"] for gap in result["not_read"]] == ["registry"]
    assert "CLUSDB: it is damaged" in result["not_read"][0]["reason"]
