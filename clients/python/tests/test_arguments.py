import io
import json
import logging
import pickle
import traceback
from datetime import datetime, timedelta, timezone
from unittest import mock
from uuid import UUID

import layers as package
from layers import Headers, HttpResponse, InvalidArgument, Layers

from .support import ACCEPTED, KEY, RECEIPT, SECRET, Case, answer, environment, failure


class Recorder:
    """A transport that keeps the requests, and answers each with the same."""

    def __init__(self, body=RECEIPT):
        self.requests = []
        self.body = body

    def __call__(self, request, timeout):
        self.requests.append(request)
        return HttpResponse(200, Headers([("Content-Type", "application/json")]), json.dumps(self.body).encode())

    @property
    def last(self):
        return self.requests[-1]


class Sent(Case):
    def setUp(self):
        self.sent = Recorder()
        self.layers = Layers(KEY, "https://layers.example/base/", transport=self.sent)

    def test_the_call_of_the_published_page(self):
        self.layers.leased_accounts.request(
            project_id="prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39",
            count=5,
            niche={"vertical": "coffee", "audience": "home baristas 25–40", "language": "en", "geo": ["US", "CA", "GB"]},
            target="Short-form brew tutorials; paid UGC-style creative for ads.",
            idempotency_key=str(UUID(int=7)),
        )
        sent = self.sent.last
        self.assertEqual(sent.method, "POST")
        self.assertEqual(
            sent.url,
            "https://layers.example/base/v1/projects/prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/leased-accounts/request",
        )
        self.assertEqual(
            json.loads(sent.body),
            {
                "projectId": "prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39",
                "count": 5,
                "niche": {
                    "vertical": "coffee",
                    "audience": "home baristas 25–40",
                    "language": "en",
                    "geo": ["US", "CA", "GB"],
                },
                "target": "Short-form brew tutorials; paid UGC-style creative for ads.",
            },
        )
        self.assertEqual(sent.headers["Idempotency-Key"], "00000000-0000-0000-0000-000000000007")
        self.assertEqual(sent.headers["Authorization"], f"Bearer {KEY}")
        self.assertEqual(sent.headers["Content-Type"], "application/json")

    def test_ids_stay_in_their_place_of_the_path(self):
        for given, path in [("a/b", "a%2Fb"), ("a?b#c", "a%3Fb%23c"), ("{}", "%7B%7D"), ("%2e", "%252e"), ("é…", "%C3%A9%E2%80%A6")]:
            self.layers.leased_accounts.get_request(given, project_id=given)
            self.assertEqual(
                self.sent.last.url, f"https://layers.example/base/v1/projects/{path}/leased-accounts/requests/{path}"
            )

    def test_ids_that_would_name_another_path_are_refused(self):
        for given in ["", ".", "..", None, 5, b"sa_1", "\ud800"]:
            with self.subTest(repr(given)), self.assertRaises(InvalidArgument):
                self.layers.leased_accounts.release(given)
            with self.subTest(repr(given)), self.assertRaises(InvalidArgument):
                self.layers.leased_accounts.get_request("lreq_1", project_id=given if given is not None else "")
        self.assertEqual(self.sent.requests, [])

    def test_headers_cannot_be_smuggled(self):
        for headers in [
            {"X-A": "a\r\nX-B: b"},
            {"X-A": "a\nb"},
            {"X-A\r\nX-B": "b"},
            {"X A": "b"},
            {"": "b"},
            {"X-A": "…"},
            {"X-A": 5},
            {"authorization": "Bearer other"},
            {"Idempotency-Key": "a"},
            {"Content-Length": "5"},
            {"Host": "other"},
        ]:
            with self.subTest(str(headers)), self.assertRaises(InvalidArgument):
                self.layers.whoami(headers=headers)
        for key in ["a\r\nX-B: b", "…"]:
            with self.assertRaises(InvalidArgument):
                self.ask(self.layers, idempotency_key=key)
        for key in [f"{KEY}\r\nX-B: b", f"{KEY}\n", " ", "lp_…", 5]:
            with self.assertRaises(InvalidArgument) as raised:
                Layers(key, "https://layers.example")
            self.assertNotIn(SECRET, str(raised.exception))
        self.assertEqual(self.sent.requests, [])

    def test_headers_of_client_and_call_are_sent(self):
        client = self.layers.with_options(headers={"X-Trace": "1", "X-Team": "a"})
        client.whoami(headers={"X-Team": "b"})
        self.assertEqual((self.sent.last.headers["X-Trace"], self.sent.last.headers["X-Team"]), ("1", "b"))
        self.layers.whoami()
        self.assertNotIn("X-Trace", self.sent.last.headers)

    def test_options_that_make_no_sense_are_refused(self):
        for option in [{"timeout": 0}, {"timeout": -1}, {"timeout": "5"}, {"timeout": float("nan")}, {"timeout": True}]:
            with self.subTest(str(option)), self.assertRaises(InvalidArgument):
                self.layers.whoami(**option)
        for option in [{"max_retries": -1}, {"max_retries": 1.5}, {"max_retries": True}]:
            with self.subTest(str(option)), self.assertRaises(InvalidArgument):
                self.layers.with_options(**option)
        with self.assertRaisesRegex(TypeError, "colour"):
            self.layers.whoami(colour="blue")
        with self.assertRaisesRegex(TypeError, "idempotency_key"):
            self.layers.whoami(idempotency_key="a")
        with self.assertRaisesRegex(TypeError, "projectId"):
            self.layers.leased_accounts.list(projectId="prj_1")
        self.assertEqual(self.sent.requests, [])

    def test_times_are_sent_in_utc(self):
        noon = datetime(2026, 4, 18, 12, 0, 0, 5000, tzinfo=timezone(timedelta(hours=2)))
        self.layers.audit_log.list(since=noon, until="2026-04-19T00:00:00Z", limit=5)
        self.assertTrue(
            self.sent.last.url.endswith(
                "?since=2026-04-18T10%3A00%3A00.005Z&until=2026-04-19T00%3A00%3A00Z&limit=5"
            )
        )
        self.layers.sandbox.move_clock(to=noon)
        self.assertEqual(json.loads(self.sent.last.body), {"to": "2026-04-18T10:00:00.005Z"})
        for call in [
            lambda: self.layers.sandbox.move_clock(to=datetime(2026, 4, 18)),
            lambda: self.layers.audit_log.list(since=datetime(2026, 4, 18)),
        ]:
            with self.assertRaises(InvalidArgument):
                call()

    def test_a_body_that_is_no_json_is_refused(self):
        circle = {"vertical": "coffee"}
        circle["itself"] = circle
        for niche in [{"vertical": float("nan")}, {"vertical": {1, 2}}, {"vertical": "\ud800"}, circle]:
            with self.assertRaises(InvalidArgument):
                self.layers.leased_accounts.request(project_id="prj_1", count=1, niche=niche)
        self.assertEqual(self.sent.requests, [])

    def test_a_metadata_filter_is_one_parameter(self):
        self.layers.leased_accounts.list_requests(metadata={"campaign & co": "spring=1"}, status="requested")
        self.assertTrue(
            self.sent.last.url.endswith("?status=requested&metadata%5Bcampaign+%26+co%5D=spring%3D1"), self.sent.last.url
        )

    def test_a_write_without_a_body_sends_none(self):
        self.layers.leased_accounts.cancel("lreq_1")
        self.assertIsNone(self.sent.last.body)
        self.assertNotIn("Content-Type", self.sent.last.headers)


class Configuration(Case):
    def test_a_key_is_needed_and_the_url_has_a_default(self):
        with environment(LAYERS_API_KEY=None, LAYERS_BASE_URL=None):
            with self.assertRaisesRegex(InvalidArgument, "LAYERS_API_KEY"):
                Layers(base_url="https://layers.example")
            self.assertIn("https://api.layers.com'", repr(Layers(KEY)))

    def test_they_may_come_from_the_environment(self):
        with environment(LAYERS_API_KEY=KEY, LAYERS_BASE_URL="https://layers.example/"):
            self.assertIn("https://layers.example'", repr(Layers()))

    def test_a_url_that_is_none_is_refused(self):
        for url in ["layers.example", "ftp://layers.example", "https://", "https://a:b@layers.example", "https://layers.example?a",
                    "https://layers.example/#a", "https://layers.example:x", "https://layers.example/\n", "https://layers.example/v1/", 5]:  # fmt: skip
            with self.subTest(str(url)), self.assertRaises(InvalidArgument):
                Layers(KEY, url)

    def test_an_unencrypted_url_is_warned_of_unless_it_is_this_machine(self):
        with self.assertLogs("layers", "WARNING") as logged:
            Layers(KEY, "http://layers.example")
        self.assertIn("unencrypted", logged.output[0])
        with self.assertRaises(AssertionError), self.assertLogs("layers", "WARNING"):
            Layers(KEY, "http://127.0.0.1:3000")
            Layers(KEY, "http://localhost:3000")
            Layers(KEY, "http://[::1]:3000")

    def test_the_module_is_a_client_of_the_environment(self):
        server = self.serve(ACCEPTED)
        with mock.patch.object(package, "_default", None), environment(LAYERS_API_KEY=KEY, LAYERS_BASE_URL=server.url):
            result = package.leased_accounts.request(project_id="prj_1", count=5, niche={"vertical": "coffee"})
            self.assertEqual(result["requestId"], "lreq_1")
            self.assertIs(package.wallet, package.wallet)
            package._default.close()
        with self.assertRaises(AttributeError):
            package.something_else  # noqa: B018

    def test_a_changed_client_keeps_the_connections_and_leaves_the_first_as_it_is(self):
        sent = Recorder()
        layers = Layers(KEY, "https://layers.example", transport=sent)
        other = layers.with_options(api_key="lp_test_other", timeout=1)
        other.whoami()
        layers.whoami()
        self.assertEqual([request.headers["Authorization"] for request in sent.requests], ["Bearer lp_test_other", f"Bearer {KEY}"])

    def test_a_client_closes_its_connections_at_the_end_of_its_block(self):
        server = self.serve(ACCEPTED)
        with Layers(KEY, server.url) as layers:
            self.ask(layers)
            pool = layers._core.settings.transport
            self.assertTrue(any(pool._idle.values()))
        self.assertFalse(any(pool._idle.values()))


class Secrets(Case):
    def test_the_key_is_neither_printed_nor_logged_nor_in_errors(self):
        output = io.StringIO()
        handler = logging.StreamHandler(output)
        logger = logging.Logger("of the test", logging.DEBUG)
        logger.addHandler(handler)
        self.use_clock()
        server = self.serve(failure(503, "UNAVAILABLE"), failure(401, "UNAUTHENTICATED"))
        layers = self.client(server, logger=logger)
        with self.assertRaises(package.Unauthenticated) as raised:
            self.ask(layers, target="a secret plan")
        seen = [
            output.getvalue(),
            repr(layers),
            repr(vars(layers)),
            repr(layers._core.settings),
            repr(raised.exception),
            repr(vars(raised.exception)),
            "".join(traceback.format_exception(None, raised.exception, raised.exception.__traceback__)),
        ]
        for text in seen:
            self.assertNotIn(SECRET, text)
            self.assertNotIn("a secret plan", text)
        self.assertIn("lp_test_0123456789ABCDEF…", repr(layers))
        self.assertIn("503 UNAVAILABLE, trying again", output.getvalue())
        self.assertIn("req", output.getvalue() + str(raised.exception))

    def test_a_key_of_another_form_is_not_printed_at_all(self):
        for key in [SECRET, f"lp_live_{SECRET}", KEY[:20]]:
            self.assertIn("api_key=…,", repr(Layers(key, "https://layers.example")))

    def test_a_client_is_not_pickled_with_its_key(self):
        with self.assertRaises(TypeError):
            pickle.dumps(Layers(KEY, "https://layers.example", transport=print)._core.settings.api_key)

    def test_filters_are_not_logged(self):
        server = self.serve(answer({"items": [], "nextCursor": None, "asOf": "x"}))
        with self.assertLogs("layers", "DEBUG") as logged:
            self.client(server).leased_accounts.list_requests(metadata={"customer": "Somebody"})
        self.assertEqual(len(logged.output), 1)
        self.assertNotIn("Somebody", logged.output[0])
