"""The transport of the standard library: `http.client` over connections that are kept and used again."""

import base64
import builtins
import http.client
import os
import selectors
import socket
import ssl
import threading
import urllib.parse
import urllib.request
from typing import Dict, List, Optional, Tuple, Union

from . import _clock
from ._clock import Deadline
from ._errors import PASSING_STATUSES, ConnectionError, InvalidArgument, TimeoutError
from ._http import Headers, HttpRequest, HttpResponse
from ._sockets import DeadlineSocket, connect

MAX_IDLE = 8
MAX_IDLE_SECONDS = 30.0
"""Below what servers and load balancers keep an idle connection, so that they seldom close one under a call."""

Origin = Tuple[str, str, int]


class ConnectionPool:
    """Keep-alive, TLS verified by the system's authorities, proxies of the environment, no redirects; thread-safe."""

    def __init__(self, ssl_context: Optional[ssl.SSLContext] = None) -> None:
        self._ssl_context = ssl_context
        self._lock = threading.Lock()
        self._idle: Dict[Origin, List[Tuple["_Connection", float]]] = {}
        self._pid = os.getpid()

    def __call__(self, request: HttpRequest, timeout: float) -> HttpResponse:
        deadline = Deadline(timeout)
        url = urllib.parse.urlsplit(request.url)
        origin = (url.scheme, url.hostname or "", url.port or (443 if url.scheme == "https" else 80))
        connection = self._take(origin) or self._create(origin)
        try:
            response = connection.exchange(request, deadline)
        except (socket.timeout, builtins.TimeoutError):
            connection.close()
            raise TimeoutError(f"{origin[1]} did not answer in time.") from None
        except ssl.SSLCertVerificationError as error:
            connection.close()
            refused = ConnectionError(f"The certificate of {origin[1]} is not valid: {error.verify_message}.")
            refused.retryable = False
            raise refused from None
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ConnectionError(f"The connection to {origin[1]} failed: {_describe(error)}.") from None
        except BaseException:
            connection.close()
            raise
        self._give_back(origin, connection)
        return response

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Closes what is idle; a later call connects again."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for connections in idle.values():
            for connection, _ in connections:
                connection.close()

    def _take(self, origin: Origin) -> Optional["_Connection"]:
        if self._pid != os.getpid():
            # After a fork the parent goes on with these connections, and may have held the lock.
            self._lock, self._pid = threading.Lock(), os.getpid()
            self.close()
        while True:
            with self._lock:
                connections = self._idle.get(origin)
                if not connections:
                    return None
                connection, since = connections.pop()
            if _clock.monotonic() - since <= MAX_IDLE_SECONDS and connection.is_usable():
                return connection
            connection.close()

    def _give_back(self, origin: Origin, connection: "_Connection") -> None:
        if connection.sock is None:
            return
        with self._lock:
            connections = self._idle.setdefault(origin, [])
            if len(connections) < MAX_IDLE:
                connections.append((connection, _clock.monotonic()))
                return
        connection.close()

    def _create(self, origin: Origin) -> "_Connection":
        scheme, host, port = origin
        if scheme == "https" and self._ssl_context is None:
            self._ssl_context = ssl.create_default_context()
        return _Connection(host, port, self._ssl_context if scheme == "https" else None, find_proxy(scheme, host, port))


def _describe(error: Union[OSError, http.client.HTTPException]) -> str:
    """Without what the other side sent."""
    if isinstance(error, http.client.IncompleteRead):
        return "the answer was cut short"
    reason = error.strerror if isinstance(error, OSError) else None
    return reason or type(error).__name__


class Proxy:
    def __init__(self, host: str, port: int, headers: Dict[str, str]) -> None:
        self.host = host
        self.port = port
        self.headers = headers


def find_proxy(scheme: str, host: str, port: int) -> Optional[Proxy]:
    """Of `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. Raises InvalidArgument."""
    proxies = urllib.request.getproxies()
    url = proxies.get(scheme) or proxies.get("all")
    if not url or urllib.request.proxy_bypass(f"{host}:{port}"):
        return None
    parts = urllib.parse.urlsplit(url if "//" in url else f"//{url}")
    if parts.scheme not in ("", "http") or not parts.hostname:
        raise InvalidArgument("The proxy of the environment is not an http:// URL.")
    headers: Dict[str, str] = {}
    if parts.username is not None:
        login = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
    return Proxy(parts.hostname, parts.port or 80, headers)


class _Connection(http.client.HTTPConnection):
    """To a host, direct or by a proxy: HTTPS by a tunnel through it, HTTP by asking it for the whole URL."""

    def __init__(self, host: str, port: int, context: Optional[ssl.SSLContext], proxy: Optional[Proxy]) -> None:
        super().__init__(proxy.host if proxy else host, proxy.port if proxy else port)
        self._origin_host = host
        self._context = context
        self._proxy = proxy
        self._deadline = Deadline(0)
        self._socket: Optional[DeadlineSocket] = None
        if proxy and context:
            self.set_tunnel(host, port, headers=proxy.headers)

    def exchange(self, request: HttpRequest, deadline: Deadline) -> HttpResponse:
        self._deadline = deadline
        if self._socket is not None:
            self._socket.deadline = deadline
        url = urllib.parse.urlsplit(request.url)
        headers = dict(request.headers)
        target = urllib.parse.urlunsplit(("", "", url.path, url.query, ""))
        if self._proxy and not self._context:
            target = request.url
            headers.update(self._proxy.headers)
        try:
            self.request(request.method, target, body=request.body, headers=headers)
        except BrokenPipeError:
            # A body that is too large is answered before it is read.
            pass
        response = self.getresponse()
        try:
            content = response.read()
        except http.client.IncompleteRead as error:
            if response.status < 300 or response.status in PASSING_STATUSES:
                raise
            content = error.partial
        finally:
            response.close()
        return HttpResponse(response.status, Headers(response.getheaders()), content)

    def connect(self) -> None:
        sock = DeadlineSocket(connect(self.host, self.port, self._deadline), self._deadline)
        self._socket = self.sock = sock  # type: ignore[assignment]
        if self._proxy and self._context:
            self._tunnel()  # type: ignore[attr-defined]
        if self._context:
            sock.set_timeout()
            sock.wrapped = self._context.wrap_socket(sock.wrapped, server_hostname=self._origin_host)

    def is_usable(self) -> bool:
        """Whether the other side has neither closed it nor sent what nobody asked for."""
        if self._socket is None:
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket.wrapped, selectors.EVENT_READ)
            return not selector.select(0)
