import random
import time
from typing import List
from unittest import mock

import layers as package
from layers import _call

from .support import ACCEPTED, RECEIPT, Behaviour, Case, answer, failure

HTML = answer(b"<h1>Bad gateway</h1>", 502, {"Content-Type": "text/html"})


def reset(connection, request):
    connection.reset()
    return False


def close(connection, request):
    return False


def half_a_head(connection, request):
    connection.send(b"HTTP/1.1 202 Acc")
    return False


def half_a_body(connection, request):
    connection.send(ACCEPTED[:-9])
    return False


def half_a_chunk(connection, request):
    connection.send(b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{\"re")
    return False


def cut_json(connection, request):
    """Its end cannot be told from HTTP alone."""
    connection.send(b'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n\r\n{"requestId":"lreq_1","sta')
    return False


def cut_refusal(connection, request):
    connection.send(b'HTTP/1.1 402 Payment Required\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"error":{"co')
    return False


def nothing_at_all(connection, request):
    connection.send(b"HTTP/1.1 202 Accepted\r\n\r\n")
    return False


def wrong_bytes(connection, request):
    connection.send(b"\x16\x03\x01 what is this\r\n\r\n")
    return False


def silent(connection, request):
    connection.file.read(1)


def drip(content: bytes) -> Behaviour:
    """Sends the content byte by byte, each well within a socket's own timeout, then is done with it."""

    def behaviour(connection, request):
        for byte in content:
            connection.send(bytes([byte]))
            time.sleep(0.02)

    return behaviour


class WhatIsRepeated(Case):
    passing = {
        "429": failure(429, "RATE_LIMITED", {"Retry-After": "1"}, limit="minute"),
        "503": failure(503, "UNAVAILABLE", {"Retry-After": "2"}),
        "a proxy's 502": HTML,
        "a proxy's 503": answer(b"", 503, {"Content-Type": "text/plain"}),
        "a proxy's 504": answer(b"late", 504, {"Content-Type": "text/plain"}),
        "a proxy's 429": answer(b"slow down", 429, {"Content-Type": "text/plain"}),
        "reset": reset,
        "closed": close,
        "half a head": half_a_head,
        "half a body": half_a_body,
        "half a chunk": half_a_chunk,
        "cut JSON": cut_json,
        "nothing at all": nothing_at_all,
        "wrong bytes": wrong_bytes,
    }

    def test_what_passes_by_itself_is_repeated_with_the_same_key_and_body(self):
        for name, fault in self.passing.items():
            with self.subTest(name):
                self.use_clock()
                server = self.serve(fault, fault, ACCEPTED)
                self.assertEqual(self.ask(self.client(server)), RECEIPT)
                self.assertEqual(len(server.requests), 3)
                self.assertEqual(len({request.idempotency_key for request in server.requests}), 1)
                self.assertEqual(len({request.body for request in server.requests}), 1)
                self.assertRegex(server.requests[0].idempotency_key, "^[0-9a-f]{8}-[0-9a-f]{4}-4")

    def test_a_read_is_repeated_too_without_a_key(self):
        self.use_clock()
        server = self.serve(half_a_body, answer({"balanceCents": 1}))
        self.assertEqual(self.client(server).wallet.get(), {"balanceCents": 1})
        self.assertEqual([request.idempotency_key for request in server.requests], [None, None])

    def test_what_does_not_pass_is_sent_once(self):
        lasting = [
            (401, "UNAUTHENTICATED"),
            (402, "BILLING_EXHAUSTED"),
            (403, "FORBIDDEN_SCOPE"),
            (404, "NOT_FOUND"),
            (409, "CONFLICT"),
            (409, "IDEMPOTENCY_CONFLICT"),
            (413, "PAYLOAD_TOO_LARGE"),
            (422, "VALIDATION"),
            (500, "INTERNAL"),
            (503, "KILL_SWITCH"),
            (503, "SOMETHING_NEW"),
        ]
        for status, code in lasting:
            with self.subTest(code):
                clock = self.use_clock()
                server = self.serve(failure(status, code, {"Retry-After": "1"}))
                with self.assertRaises(package.ApiError) as raised:
                    self.ask(self.client(server))
                self.assertEqual((raised.exception.status, raised.exception.code), (status, code))
                self.assertEqual((len(server.requests), clock.pauses), (1, []))

    def test_a_refusal_stays_one_whatever_its_body_is(self):
        foreign = {"Content-Type": "application/json"}
        whole = failure(402, "BILLING_EXHAUSTED")
        bodies = [answer(b'{"message":"Forbidden"}', 403, foreign), answer(b'{"error":"conflict"}', 409, foreign), cut_refusal]
        for status, behaviour in zip((403, 409, 402), bodies):
            with self.subTest(status):
                clock = self.use_clock()
                server = self.serve(behaviour, whole)
                with self.assertRaises(package.ApiError) as raised:
                    self.ask(self.client(server))
                self.assertEqual((raised.exception.status, raised.exception.code), (status, None))
                self.assertEqual((len(server.requests), clock.pauses), (1, []))

    def test_the_error_of_the_last_try_is_raised(self):
        self.use_clock()
        server = self.serve(failure(503, "UNAVAILABLE"))
        with self.assertRaises(package.Unavailable) as raised:
            self.ask(self.client(server, max_retries=2))
        self.assertEqual(len(server.requests), 3)
        self.assertEqual(raised.exception.idempotency_key, server.requests[0].idempotency_key)

    def test_a_call_can_forbid_repeating(self):
        server = self.serve(failure(503, "UNAVAILABLE"))
        with self.assertRaises(package.Unavailable):
            self.ask(self.client(server), max_retries=0)
        self.assertEqual(len(server.requests), 1)

    def test_a_key_of_the_caller_is_sent_in_every_try(self):
        self.use_clock()
        server = self.serve(reset, ACCEPTED)
        self.ask(self.client(server), idempotency_key="9a2f1e44-6b3c-4d19-9e8a-f2d7c1b5e777")
        self.assertEqual({request.idempotency_key for request in server.requests}, {"9a2f1e44-6b3c-4d19-9e8a-f2d7c1b5e777"})


class HowLongItWaits(Case):
    def pauses_after(self, *answers: bytes, **settings: object) -> List[float]:
        clock = self.use_clock()
        self.ask(self.client(self.serve(*answers, ACCEPTED), **settings))
        return clock.pauses

    def test_pauses_are_random_from_zero_to_a_growing_bound(self):
        unavailable = [failure(503, "UNAVAILABLE")] * 7
        with mock.patch.object(random, "uniform", side_effect=lambda low, high: high):
            self.assertEqual(self.pauses_after(*unavailable, max_retries=7), [0.5, 1, 2, 4, 8, 8, 8])
        with mock.patch.object(random, "uniform", side_effect=lambda low, high: low):
            self.assertEqual(self.pauses_after(*unavailable, max_retries=7), [0] * 7)

    def test_retry_after_is_waited_for(self):
        for sent, least in [("7", 7), ("0", 0), ("soon", 0), ("-5", 0)]:
            with self.subTest(sent):
                (pause,) = self.pauses_after(failure(429, "RATE_LIMITED", {"Retry-After": sent}))
                self.assertTrue(least <= pause <= least + 0.5, pause)

    def test_a_date_in_retry_after_is_compared_with_the_date_of_the_answer(self):
        headers = {"Date": "Sat, 18 Apr 2026 19:24:11 GMT", "Retry-After": "Sat, 18 Apr 2026 19:24:31 GMT"}
        (pause,) = self.pauses_after(failure(503, "UNAVAILABLE", headers))
        self.assertTrue(20 <= pause <= 20.5, pause)
        (pause,) = self.pauses_after(failure(503, "UNAVAILABLE", {**headers, "Retry-After": "Sat, 18 Apr 2026 10:00:00 GMT"}))
        self.assertTrue(pause <= 0.5, pause)

    def test_a_longer_retry_after_than_allowed_is_raised_at_once(self):
        for settings, seconds in [({}, 61), ({"max_retry_delay": 5}, 6), ({"timeout": 10}, 11)]:
            with self.subTest(settings):
                clock = self.use_clock()
                server = self.serve(failure(429, "RATE_LIMITED", {"Retry-After": str(seconds)}, limit="day"))
                with self.assertRaises(package.RateLimited) as raised:
                    self.ask(self.client(server, **settings))
                self.assertEqual(raised.exception.retry_after, seconds)
                self.assertEqual(raised.exception.limit, "day")
                self.assertEqual((len(server.requests), clock.pauses), (1, []))

    def test_all_tries_and_pauses_are_within_one_deadline(self):
        clock = self.use_clock()
        began = clock.now
        server = self.serve(failure(503, "UNAVAILABLE", {"Retry-After": "3"}))
        with self.assertRaises(package.Unavailable):
            self.ask(self.client(server, timeout=10, max_retries=100))
        self.assertLess(clock.now - began, 10)
        self.assertEqual(len(server.requests), len(clock.pauses) + 1)
        self.assertGreaterEqual(len(server.requests), 3)

    def test_a_silent_server_is_a_timeout_that_names_the_key(self):
        server = self.serve(silent)
        with self.assertRaises(package.TimeoutError) as raised:
            self.ask(self.client(server, timeout=0.3))
        self.assertIsInstance(raised.exception, TimeoutError)
        self.assertEqual(raised.exception.idempotency_key, server.requests[0].idempotency_key)

    def test_a_try_without_an_answer_is_given_up_before_the_call_is(self):
        server = self.serve(silent, ACCEPTED)
        with mock.patch.object(_call, "TRY_SECONDS", 0.2):
            self.assertEqual(self.ask(self.client(server, timeout=30)), RECEIPT)
        self.assertEqual(len({request.idempotency_key for request in server.requests}), 1)
        self.assertEqual(len(server.requests), 2)

    def test_bytes_that_come_one_by_one_do_not_lengthen_a_call(self):
        padded = ACCEPTED.replace(b"\r\n\r\n", b"\r\nX-Padding: " + b"x" * 300 + b"\r\n\r\n")
        for name, content, start in [("head", padded, b""), ("body", b" " * 300, answer(b" " * 300, 202)[:-300])]:
            with self.subTest(name):
                slow = drip(content)

                def behaviour(connection, request, slow=slow, start=start):
                    connection.send(start)
                    slow(connection, request)

                server = self.serve(behaviour)
                with self.assertRaises(package.TimeoutError):
                    self.ask(self.client(server, timeout=0.5, max_retries=0))
