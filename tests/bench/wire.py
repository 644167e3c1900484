# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python3 -m tests.bench.wire DELAY ADDRESS:PORT ...`: a long line to each server, that counts the requests.

A process of its own, since threads in the one that measures would wait for each other. It
prints the ports as JSON, and at the end of its standard input how many requests it saw.
"""

from __future__ import annotations

import asyncio
import json
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAST = 60


class Line:
    """Forwards the messages of all clients to one server, each after a delay."""

    def __init__(self, server: str, delay: float) -> None:
        self._host, self._port = server.rsplit(":", 1)
        self._delay = delay
        self.requests = 0

    async def serve(self) -> int:
        """Listen on a free port of the server's own address, and give it."""
        listener = await asyncio.start_server(self._client, self._host, 0)
        port: int = listener.sockets[0].getsockname()[1]
        return port

    async def _client(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        back, server = await asyncio.open_connection(self._host, int(self._port))
        returning = asyncio.create_task(_copy(back, answers))
        try:
            while True:
                head = await client.readexactly(4)
                message = await client.readexactly(struct.unpack(">I", head)[0] & 0xFFFFFF)
                self.requests += 1
                await asyncio.sleep(self._delay)
                server.write(head + message)
        except (asyncio.IncompleteReadError, ConnectionError):
            server.close()
        await returning


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while part := await source.read(65536):
            target.write(part)
    except ConnectionError:
        pass
    target.close()


async def _main(delay: float, servers: Sequence[str]) -> None:
    lines = [Line(server, delay) for server in servers]
    print(json.dumps([await line.serve() for line in lines]), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(json.dumps([line.requests for line in lines]), flush=True)


class Wire:
    """The process of long lines, as a context manager; ``requests`` are there after it."""

    def __init__(self, servers: Sequence[str], delay: float) -> None:
        command = [sys.executable, "-m", "tests.bench.wire", str(delay), *servers]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ports: list[int] = []
        self.requests: list[int] = []

    def __enter__(self) -> Wire:
        assert self._process.stdout is not None
        self.ports = json.loads(self._process.stdout.readline())
        return self

    def __exit__(self, *_error: object) -> None:
        told, _nothing = self._process.communicate(timeout=LAST)
        self.requests = json.loads(told)


if __name__ == "__main__":
    asyncio.run(_main(float(sys.argv[1]), sys.argv[2:]))
