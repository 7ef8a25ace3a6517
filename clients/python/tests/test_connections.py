import os
import socket
import ssl
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import layers as package
from layers import Layers, _pool, _sockets
from layers._clock import Deadline

from .support import ACCEPTED, KEY, RECEIPT, Case, answer, environment


def echo(connection, request):
    connection.send(answer({"path": request.target}))


class Connections(Case):
    def test_one_connection_serves_calls_one_after_the_other(self):
        server = self.serve(echo)
        layers = self.client(server)
        for number in range(3):
            self.assertEqual(layers.webhook_endpoints.get(f"whe_{number}"), {"path": f"/v1/webhook-endpoints/whe_{number}"})
        layers.with_options(timeout=5).wallet.get()
        self.assertEqual((len(server.requests), server.connections), (4, 1))

    def test_a_connection_that_the_server_closed_is_not_used_again(self):
        closed = threading.Event()

        def answer_and_close(connection, request):
            echo(connection, request)
            connection.sock.shutdown(2)
            closed.set()
            return False

        server = self.serve(answer_and_close)
        layers = self.client(server, max_retries=0)
        for _ in range(3):
            closed.clear()
            layers.wallet.get()
            closed.wait()
        self.assertEqual(server.connections, 3)

    def test_an_answer_that_closes_the_connection_is_read_to_its_end(self):
        for headers in [{"Connection": "close"}, {}]:
            body = b'{"items":[],"nextCursor":null}'
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            head += b"Connection: close\r\n" if headers else b""

            def behaviour(connection, request, head=head):
                connection.send(head + b"\r\n" + body)
                return False

            layers = self.client(self.serve(behaviour), max_retries=0)
            self.assertEqual(layers.projects.list().items, [])
            self.assertEqual(layers.projects.list().items, [])

    def test_many_threads_share_a_client_and_get_their_own_answers(self):
        server = self.serve(echo)
        layers = self.client(server)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: layers.webhook_endpoints.get(f"whe_{n}")["path"], range(200)))
        self.assertEqual(answers, [f"/v1/webhook-endpoints/whe_{n}" for n in range(200)])
        self.assertLessEqual(server.connections, 8)

    def test_a_connection_that_another_process_made_before_a_fork_is_left_to_it(self):
        server = self.serve(echo)
        layers = self.client(server)
        layers.wallet.get()
        with mock.patch("os.getpid", return_value=os.getpid() + 1):
            layers.wallet.get()
            layers.wallet.get()
        self.assertEqual(server.connections, 2)

    def test_a_redirect_is_an_error_and_nobody_else_gets_the_key(self):
        other = self.serve(echo)
        server = self.serve(answer(b"", 302, {"Location": f"{other.url}/v1/wallet"}))
        with self.assertRaises(package.ApiError) as raised:
            self.client(server).wallet.get()
        self.assertEqual((raised.exception.status, raised.exception.code), (302, None))
        self.assertEqual((len(server.requests), len(other.requests)), (1, 0))

    def test_nobody_listening_is_a_connection_error(self):
        server = self.serve(echo)
        layers = Layers(KEY, "http://127.0.0.1:1", max_retries=0)
        with self.assertRaises(package.ConnectionError) as raised:
            layers.wallet.get()
        self.assertIsInstance(raised.exception, ConnectionError)
        self.assertIn("127.0.0.1", str(raised.exception))
        self.assertEqual(server.requests, [])

    def test_an_address_that_does_not_answer_leaves_time_for_the_next(self):
        server = self.serve(echo)
        good = (2, 1, 6, "", ("127.0.0.1", server.port))
        # An address of documentation, which nobody has.
        black_hole = (2, 1, 6, "", ("192.0.2.1", 9))
        with mock.patch("socket.getaddrinfo", return_value=[black_hole, good]):
            _sockets.connect("both.example", server.port, Deadline(2)).close()

    def test_an_idle_connection_is_kept_for_a_time(self):
        clock = self.use_clock()
        server = self.serve(echo)
        layers = self.client(server)
        layers.wallet.get()
        clock.sleep(_pool.MAX_IDLE_SECONDS)
        layers.wallet.get()
        self.assertEqual(server.connections, 1)
        clock.sleep(_pool.MAX_IDLE_SECONDS + 1)
        layers.wallet.get()
        self.assertEqual(server.connections, 2)


class Proxies(Case):
    def test_http_goes_through_the_proxy_of_the_environment(self):
        proxy = self.serve(ACCEPTED)
        with environment(HTTP_PROXY=None, http_proxy=f"http://me:p%40ss@127.0.0.1:{proxy.port}", no_proxy=None, NO_PROXY=None):
            layers = Layers(KEY, "http://layers.example/base")
            self.addCleanup(layers.close)
            self.assertEqual(self.ask(layers), RECEIPT)
        (request,) = proxy.requests
        self.assertEqual(request.target, "http://layers.example/base/v1/projects/prj_1/leased-accounts/request")
        self.assertEqual(request.headers["host"], "layers.example")
        self.assertEqual(request.headers["proxy-authorization"], "Basic bWU6cEBzcw==")

    def test_what_no_proxy_names_is_reached_directly(self):
        server = self.serve(echo)
        with environment(http_proxy="http://127.0.0.1:1", no_proxy="127.0.0.1", NO_PROXY=None):
            self.client(server, max_retries=0).wallet.get()
        self.assertEqual(len(server.requests), 1)


@unittest.skipUnless(os.environ.get("LAYERS_TLS_CERT"), "LAYERS_TLS_CERT and LAYERS_TLS_KEY name no certificate of localhost")
class Tls(Case):
    def setUp(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.environ["LAYERS_TLS_CERT"], os.environ["LAYERS_TLS_KEY"])
        self.server = self.serve(echo)
        accept = self.server._serve

        def serve_tls(connection):
            try:
                sock = context.wrap_socket(connection.sock, server_side=True)
            except OSError:
                connection.close()
                return
            connection.file.close()
            connection.sock, connection.file = sock, sock.makefile("rb")
            accept(connection)

        self.server._serve = serve_tls

    def client_of(self, host, **settings):
        layers = Layers(KEY, f"https://{host}:{self.server.port}", **settings)
        self.addCleanup(layers.close)
        return layers

    def test_a_certificate_of_an_unknown_authority_is_refused_and_not_tried_again(self):
        with environment(SSL_CERT_FILE=None):
            with self.assertRaises(package.ConnectionError) as raised:
                self.client_of("localhost").wallet.get()
        self.assertIn("certificate", str(raised.exception))
        self.assertFalse(raised.exception.retryable)
        self.assertEqual(self.server.requests, [])

    def test_a_certificate_of_another_host_is_refused(self):
        with environment(SSL_CERT_FILE=os.environ["LAYERS_TLS_CERT"]):
            with self.assertRaises(package.ConnectionError):
                self.client_of("127.0.0.1").wallet.get()
        self.assertEqual(self.server.requests, [])

    def test_a_certificate_of_a_known_authority_is_taken_and_the_connection_kept(self):
        with environment(SSL_CERT_FILE=os.environ["LAYERS_TLS_CERT"]):
            layers = self.client_of("localhost")
            for _ in range(3):
                self.assertEqual(layers.wallet.get(), {"path": "/v1/wallet"})
        self.assertEqual(self.server.connections, 1)

    def test_https_goes_through_a_tunnel_of_the_proxy(self):
        def tunnel(connection, request):
            target = socket.create_connection(("127.0.0.1", self.server.port))
            connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")

            def pump():
                while True:
                    content = target.recv(65536)
                    if not content:
                        break
                    connection.send(content)

            thread = threading.Thread(target=pump)
            thread.start()
            try:
                while True:
                    content = connection.file.read1(65536)
                    if not content:
                        break
                    target.sendall(content)
            finally:
                target.shutdown(socket.SHUT_RDWR)
                thread.join()
                target.close()
            return False

        proxy = self.serve(tunnel)
        with environment(SSL_CERT_FILE=os.environ["LAYERS_TLS_CERT"], https_proxy=proxy.url, no_proxy=None, NO_PROXY=None):
            layers = self.client_of("localhost")
            self.assertEqual(layers.wallet.get(), {"path": "/v1/wallet"})
            self.assertEqual(layers.wallet.get(), {"path": "/v1/wallet"})
            layers.close()
        self.assertEqual([(request.method, request.target) for request in proxy.requests], [("CONNECT", f"localhost:{self.server.port}")])
        self.assertNotIn("authorization", proxy.requests[0].headers)
        self.assertEqual(len(self.server.requests), 2)
