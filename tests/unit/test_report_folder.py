# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report are whole: new, or as they were."""

from __future__ import annotations

import os
import resource
import signal
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report import folder as folders
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.folder import (
    OLD,
    PREFIX,
    CannotWrite,
    read,
    write,
)

from tests.unit.without_rights import error_without_rights

NAMES = ("report.html", "report.csv", "report.xml", "report.json")
FILES = {name: name.encode() * 1000 for name in NAMES}
NEW = {name: b"new " + data for name, data in FILES.items()}


def open_way_to(folder: Path) -> None:
    """Let everyone into a folder of this test, and into those above it that pytest made."""
    for each in (folder, *(above for above in folder.parents if above.name.startswith(("pytest-", "popen-")))):
        each.chmod(0o755)


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_are_written_and_replaced(tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        write(tmp_path / "new" / "folder", FILES)
    finally:
        os.umask(old)
    folder = tmp_path / "new" / "folder"
    assert state(folder) == FILES
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o640}
    assert stat.S_IMODE(folder.stat().st_mode) & 0o027 == 0
    (folder / "report.csv").chmod(0o666)
    (folder / "notes.txt").write_bytes(b"mine")
    write(folder, NEW)
    assert state(folder) == {**NEW, "notes.txt": b"mine"}
    assert stat.S_IMODE((folder / "report.csv").stat().st_mode) == 0o640


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"mine")
    (tmp_path / "real").mkdir()
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "real" / "report.json").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "real" / "report.csv").symlink_to(tmp_path / "nowhere")
    assert read(tmp_path / "folder" / "report.json") == b"mine"
    write(tmp_path / "folder", FILES)
    assert (tmp_path / "elsewhere").read_bytes() == b"mine"
    assert state(tmp_path / "real") == FILES
    assert not (tmp_path / "nowhere").exists()


def refusal(action: Callable[[], object]) -> str:
    with pytest.raises(CannotWrite) as caught:
        action()
    return str(caught.value)


def test_what_cannot_be_written_says_where_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    text = refusal(lambda: write(tmp_path / "file", FILES))
    assert text.startswith(f"Cannot write the report to {tmp_path}/file: File exists. Give a folder")
    assert "emsmta_audit_folder" in text
    assert "Not a directory" in refusal(lambda: write(tmp_path / "file" / "below", FILES))
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    (tmp_path / "report.csv").unlink()
    (tmp_path / "report.csv").mkdir()
    assert "Is a directory" in refusal(lambda: write(tmp_path, NEW))
    # What the next run goes by is the last one.
    assert (tmp_path / "report.json").read_bytes() == FILES["report.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)


def test_without_rights(tmp_path: Path) -> None:
    open_way_to(tmp_path)
    assert error_without_rights(lambda: write(tmp_path, FILES)).startswith(
        f"CannotWrite: Cannot write the report to {tmp_path}: Permission denied."
    )
    file = tmp_path / "report.json"
    file.write_bytes(b"{}")
    file.chmod(0o600)
    assert error_without_rights(lambda: read(file)) == (
        f"CannotWrite: Cannot read the last report, {file}: Permission denied. Give another folder, "
        "by the option folder, or in the playbooks by the variable emsmta_audit_folder."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_what_lies_there_is_read(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    assert read(file) is None
    file.symlink_to("nowhere")
    assert read(file) is None
    file.unlink()
    file.write_bytes(b"{}")
    assert read(file) == b"{}"
    os.truncate(file, folders.LARGEST + 1)
    assert read(file) == b""
    assert "Not a directory" in refusal(lambda: read(file / "report.json"))
    assert "Is a directory" in refusal(lambda: read(tmp_path))
    os.mkfifo(tmp_path / "pipe")
    assert "it is no file. Give another folder, by the option folder" in refusal(lambda: read(tmp_path / "pipe"))
    assert "it is no file" in refusal(lambda: read(Path("/dev/null")))


def test_a_full_disk_leaves_all_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, FILES)

    def write_on_a_full_disk() -> None:
        # The kernel itself refuses to write past this size, as a full disk does, though with another word.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        write(tmp_path, {**NEW, "report.xml": bytes(200_000)})

    open_way_to(tmp_path)
    tmp_path.chmod(0o777)
    assert "File too large" in error_without_rights(write_on_a_full_disk)
    assert state(tmp_path) == FILES


def test_a_writer_that_is_killed_leaves_whole_files(tmp_path: Path) -> None:
    """It is killed at other moments each time; nothing that it left beside stays for long."""
    write(tmp_path, FILES)
    large = {name: data * 200 for name, data in NEW.items()}
    killed = 0
    for moment in range(40):
        child = os.fork()
        if not child:
            write(tmp_path, large)
            os._exit(0)
        time.sleep(moment * 0.0005)
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        for name in NAMES:
            assert (tmp_path / name).read_bytes() in (FILES[name], large[name])
        write(tmp_path, FILES)
    assert killed > 5
    for left in tmp_path.glob(f"{PREFIX}*"):
        os.utime(left, (time.time() - 2 * OLD,) * 2)
    write(tmp_path, FILES)
    assert state(tmp_path) == FILES


def test_only_what_is_old_is_removed(tmp_path: Path) -> None:
    fresh, old = tmp_path / f"{PREFIX}fresh", tmp_path / f"{PREFIX}old"
    for each in (fresh, old):
        each.write_bytes(b"x")
    os.utime(old, (time.time() - OLD - 60,) * 2)
    write(tmp_path, FILES)
    assert (fresh.exists(), old.exists()) == (True, False)


def test_two_writers_leave_whole_files(tmp_path: Path) -> None:
    done = threading.Event()
    seen: list[bytes] = []

    def look() -> None:
        while not done.is_set():
            seen.append((read(tmp_path / "report.json") or b"")[:4])

    write(tmp_path, FILES)
    children = []
    for files in (FILES, NEW):
        child = os.fork()
        if not child:
            for _turn in range(100):
                write(tmp_path, files)
            os._exit(0)
        children.append(child)
    watcher = threading.Thread(target=look)
    watcher.start()
    codes = [os.waitpid(child, 0)[1] for child in children]
    done.set()
    watcher.join()
    assert codes == [0, 0]
    assert set(seen) == {b"repo", b"new "}
    assert all(data in (FILES[name], NEW[name]) for name, data in state(tmp_path).items())
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)
