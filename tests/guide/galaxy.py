# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on loopback that offers this collection as Galaxy does, in two versions, so that it can be installed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

import yaml

from tests.ci.venvs import NAME, NAMESPACE, copy_collection
from tests.guide.pages import ROOT

COLLECTION = f"/api/v3/collections/{NAMESPACE}/{NAME}/"
VERSIONS = f"{COLLECTION}versions/"
CURRENT = str(yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"])
BEFORE = "0.0.1"
CHANGED = "2026-01-01T00:00:00Z"
DOWNLOAD = "/download/"


def built(folder: Path, version: str) -> Path:
    """Build the archive of this tree as another version; give its path."""
    tree = copy_collection(folder / "source")
    galaxy = yaml.safe_load((tree / "galaxy.yml").read_text(encoding="utf-8"))
    (tree / "galaxy.yml").write_text(yaml.safe_dump({**galaxy, "version": version}), encoding="utf-8")
    program = str(Path(sys.executable).parent / "ansible-galaxy")
    command = [program, "collection", "build", "--force", "--output-path", str(folder)]
    subprocess.run(command, cwd=tree, check=True, stdout=subprocess.DEVNULL)
    return folder / f"{NAMESPACE}-{NAME}-{version}.tar.gz"


class Galaxy:
    """Offers this tree as two versions: its own, and one before it."""

    def __init__(self, folder: Path) -> None:
        self._archives = {version: built(folder, version).read_bytes() for version in (BEFORE, CURRENT)}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answers, self))
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/"

    def __enter__(self) -> Galaxy:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> bytes | None:
        """Give what Galaxy answers for a path; None where there is nothing."""
        if path == "/api/":
            return json.dumps({"available_versions": {"v3": "v3/"}}).encode()
        if path == COLLECTION:
            return json.dumps({"created_at": CHANGED, "updated_at": CHANGED}).encode()
        if path == VERSIONS:
            versions = [{"version": version} for version in self._archives]
            return json.dumps({"data": versions, "links": {"next": None}}).encode()
        if path.startswith(DOWNLOAD):
            return self._archives.get(path.removeprefix(DOWNLOAD))
        version = path.removeprefix(VERSIONS).strip("/")
        found = self._archives.get(version)
        return found and json.dumps(_described(version, path, found)).encode()


def _described(version: str, path: str, archive: bytes) -> dict[str, object]:
    return {
        "namespace": {"name": NAMESPACE},
        "collection": {"name": NAME},
        "version": version,
        "href": path,
        "download_url": f"{DOWNLOAD}{version}",
        "artifact": {"sha256": hashlib.sha256(archive).hexdigest()},
        "metadata": {"dependencies": {}},
    }


class _Answers(BaseHTTPRequestHandler):
    def __init__(self, galaxy: Galaxy, *arguments: object) -> None:
        self._galaxy = galaxy
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        answer = self._galaxy.answer(self.path.partition("?")[0])
        self.send_response(200 if answer is not None else 404)
        self.send_header("Content-Length", str(len(answer or b"")))
        self.end_headers()
        self.wfile.write(answer or b"")

    def log_message(self, *arguments: object) -> None:
        """Say nothing: a test shows what its program said."""
