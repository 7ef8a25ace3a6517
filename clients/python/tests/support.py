"""A server that answers as a test tells it, faults included, and a clock that does not wait."""

import json
import os
import socket
import struct
import threading
import unittest
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Callable, Dict, Iterator, List, Optional, Union
from unittest import mock

from layers import Layers, _clock

KEY = "lp_test_0123456789ABCDEF_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldDEyMw"
SECRET = KEY.rsplit("_", 1)[1]


@dataclass
class Received:
    method: str
    target: str
    headers: Dict[str, str]
    body: bytes
    connection: int
    """The number of the connection that it came by."""

    @property
    def idempotency_key(self) -> Optional[str]:
        return self.headers.get("idempotency-key")


class Connection:
    def __init__(self, sock: socket.socket, number: int) -> None:
        self.sock = sock
        self.number = number
        self.file = sock.makefile("rb")

    def read(self) -> Optional[Received]:
        line = self.file.readline().decode("latin-1").split()
        if len(line) < 3:
            return None
        headers = {}
        while True:
            name, separator, value = self.file.readline().decode("latin-1").partition(":")
            if not separator:
                break
            headers[name.strip().lower()] = value.strip()
        body = self.file.read(int(headers.get("content-length", 0)))
        return Received(line[0], line[1], headers, body, self.number)

    def send(self, content: bytes) -> None:
        self.sock.sendall(content)

    def reset(self) -> None:
        """Closes with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        self.file.close()
        self.sock.close()


Behaviour = Callable[[Connection, Received], object]
"""Answers a request; one that returns False ends the connection."""


class Server:
    """Answers its requests one behaviour after the other; the last one for all that follow."""

    def __init__(self, *behaviours: Union[Behaviour, bytes]) -> None:
        self.behaviours = list(behaviours)
        self.requests: List[Received] = []
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._open: List[Connection] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def connections(self) -> int:
        return len({request.connection for request in self.requests})

    def close(self) -> None:
        self.stopped.set()
        # Wakes the accepting thread on every system.
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._threads[0].join()
        self._listener.close()
        for connection in self._open:
            try:
                connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self._threads[1:]:
            thread.join()

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self.stopped.is_set():
                sock.close()
                return
            connection = Connection(sock, len(self._open))
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: Connection) -> None:
        try:
            while True:
                request = connection.read()
                if request is None:
                    break
                with self._lock:
                    self.requests.append(request)
                    behaviour = self.behaviours[min(len(self.requests), len(self.behaviours)) - 1]
                if isinstance(behaviour, bytes):
                    connection.send(behaviour)
                elif behaviour(connection, request) is False:
                    break
        except OSError:
            pass
        finally:
            connection.close()


def answer(body: object, status: int = 200, headers: Optional[Dict[str, str]] = None) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Some reason\r\n{lines}\r\n".encode() + content


def failure(status: int, code: str, headers: Optional[Dict[str, str]] = None, **details: object) -> bytes:
    error = {"code": code, "message": f"It is {code}.", "requestId": "req_1", "details": details}
    return answer({"error": error}, status, headers)


RECEIPT = {"requestId": "lreq_1", "status": "requested", "submittedAt": "2026-04-18T19:24:11.000Z"}
ACCEPTED = answer(RECEIPT, 202)


class Case(unittest.TestCase):
    def serve(self, *behaviours: Union[Behaviour, bytes]) -> Server:
        server = Server(*behaviours)
        self.addCleanup(server.close)
        return server

    def client(self, server: Server, **settings: object) -> Layers:
        layers = Layers(KEY, server.url, **settings)
        self.addCleanup(layers.close)
        return layers

    def ask(self, layers: Layers, **options: object) -> object:
        return layers.leased_accounts.request(project_id="prj_1", count=5, niche={"vertical": "coffee"}, **options)

    def use_clock(self) -> "Clock":
        clock = Clock()
        patches = mock.patch.multiple(_clock, monotonic=clock.monotonic, wall=clock.wall, sleep=clock.sleep)
        patches.start()
        self.addCleanup(patches.stop)
        return clock


class Clock:
    """Stands still but for sleeping, which takes no real time."""

    def __init__(self) -> None:
        self.pauses: List[float] = []
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return 1_776_540_000.0 + self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@contextmanager
def environment(**values: Optional[str]) -> Iterator[None]:
    with mock.patch.dict("os.environ"):
        for name, value in values.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        yield
