"""Sockets that give up at a deadline, however slowly bytes come.

A socket's own timeout begins again with each byte that arrives.
"""

import io
import socket
from typing import Any, Optional

from ._clock import Deadline


class DeadlineSocket:
    """What `http.client` needs of a socket, with `deadline` for everything that blocks."""

    def __init__(self, wrapped: socket.socket, deadline: Deadline) -> None:
        self.wrapped = wrapped
        self.deadline = deadline

    def sendall(self, content: Any) -> None:
        rest = memoryview(content).cast("B")
        while rest:
            self.set_timeout()
            rest = rest[self.wrapped.send(rest) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        assert mode == "rb", "http.client reads alone by a file"
        return io.BufferedReader(_DeadlineReader(self))

    def set_timeout(self) -> None:
        """Lets the next operation take what is left. Raises the built-in TimeoutError when nothing is."""
        remaining = self.deadline.remaining()
        if remaining <= 0:
            raise TimeoutError("timed out")
        self.wrapped.settimeout(remaining)

    def setsockopt(self, *args: Any) -> None:
        self.wrapped.setsockopt(*args)

    def close(self) -> None:
        self.wrapped.close()


class _DeadlineReader(io.RawIOBase):
    def __init__(self, sock: DeadlineSocket) -> None:
        self._socket = sock
        # Keeps the socket open until the response is read, where http.client closes the connection before.
        self._file = sock.wrapped.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Optional[int]:
        self._socket.set_timeout()
        return self._file.readinto(buffer)  # type: ignore[attr-defined,no-any-return]

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    """A TCP connection to the first address of `host` that answers. Resolving the name is up to the system's own limit."""
    addresses = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    for index, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            # An address that swallows everything leaves time for those after it.
            share = deadline.remaining() / (len(addresses) - index)
            if share <= 0:
                raise TimeoutError("timed out")
            sock.settimeout(share)
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except OSError:
            sock.close()
            if index == len(addresses) - 1:
                raise
        except BaseException:
            sock.close()
            raise
    raise OSError("the host has no address")
