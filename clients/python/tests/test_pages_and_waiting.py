import threading
from unittest import mock

import layers as package
from layers import Page
from layers._resources import _waiting

from .support import Case, answer, failure


def page(numbers, cursor, **more):
    return answer({"items": [{"id": f"evt_{number}"} for number in numbers], "nextCursor": cursor, **more})


def ids(items):
    return [item["id"] for item in items]


class Pages(Case):
    def test_iterating_goes_over_every_page_and_keeps_filters_and_options(self):
        server = self.serve(page([1, 2], "c1"), page([3], "c2"), page([], "c3"), page([4], None))
        layers = self.client(server)
        items = layers.wallet.transactions(kind="refund", limit=2, headers={"X-Trace": "1"})
        self.assertEqual(ids(items), ["evt_1", "evt_2", "evt_3", "evt_4"])
        self.assertEqual(
            [request.target for request in server.requests],
            ["/v1/wallet/transactions?kind=refund&limit=2"]
            + [f"/v1/wallet/transactions?kind=refund&cursor={cursor}&limit=2" for cursor in ("c1", "c2", "c3")],
        )
        self.assertEqual({request.headers.get("x-trace") for request in server.requests}, {"1"})

    def test_pages_are_fetched_when_they_are_reached(self):
        server = self.serve(page([1, 2], "c1"), page([3], None))
        first = self.client(server).projects.list()
        iterator = iter(first)
        self.assertEqual([next(iterator)["id"], next(iterator)["id"]], ["evt_1", "evt_2"])
        self.assertEqual(len(server.requests), 1)
        self.assertEqual(next(iterator)["id"], "evt_3")
        self.assertEqual(ids(first.items), ["evt_1", "evt_2"])

    def test_a_page_is_read_like_its_answer(self):
        first = self.client(self.serve(page([1], "c1", asOf="now"), page([2], None, asOf="later"))).leased_accounts.list_requests()
        self.assertEqual((first["asOf"], first["nextCursor"], first.next_cursor), ("now", "c1", "c1"))
        self.assertTrue(first.has_next_page)
        second = first.next_page()
        self.assertEqual((second["asOf"], ids(second.items), second.has_next_page), ("later", ["evt_2"], False))
        self.assertIsNone(second.next_page())
        self.assertIn("1 items, the last one", repr(second))

    def test_pages_one_by_one(self):
        first = self.client(self.serve(page([1], "c1"), page([2], None))).audit_log.list()
        self.assertEqual([ids(each.items) for each in first.pages()], [["evt_1"], ["evt_2"]])

    def test_the_cursor_of_events_is_given_as_after_and_never_ends_by_itself(self):
        server = self.serve(page([1], "c1", hasMore=True), page([2], "c2", hasMore=False))
        first = self.client(server).events.list(type="test.ping", after="evt_0")
        self.assertEqual(ids(first), ["evt_1", "evt_2"])
        self.assertEqual(server.requests[1].target, "/v1/events?type=test.ping&after=c1")
        self.assertFalse(first.next_page().has_next_page)

    def test_with_response_a_page_is_the_data(self):
        response = self.client(self.serve(page([1], "c1"), page([2], None))).with_response.projects.list()
        self.assertIsInstance(response.data, Page)
        self.assertEqual(ids(response.data), ["evt_1", "evt_2"])


class Following(Case):
    def test_events_are_walked_to_the_end(self):
        server = self.serve(page([1, 2], "c1", hasMore=True), page([3], "c2", hasMore=False))
        for layers in [self.client(server), self.client(self.serve(*server.behaviours)).with_response]:
            self.assertEqual(ids(layers.events.iterate(limit=2)), ["evt_1", "evt_2", "evt_3"])

    def test_what_happens_later_follows_until_it_is_cancelled(self):
        clock = self.use_clock()
        server = self.serve(page([1], "c1", hasMore=False), page([], "c1", hasMore=False), page([2, 3], "c2", hasMore=False))
        seen = []
        cancel = threading.Event()
        cancel.wait = lambda seconds: clock.sleep(seconds)
        for event in self.client(server).events.iterate(follow=True, poll_seconds=7, cancel=cancel):
            seen.append(event["id"])
            if event["id"] == "evt_2":
                cancel.set()
        self.assertEqual(seen, ["evt_1", "evt_2"])
        self.assertEqual(clock.pauses, [7, 7])
        self.assertEqual([request.target for request in server.requests], ["/v1/events", "/v1/events?after=c1", "/v1/events?after=c1"])


def request(status, updated="t1", assigned=0):
    return answer({"requestId": "r1", "status": status, "updatedAt": updated, "assignedCount": assigned, "count": 3})


class Waiting(Case):
    def wait(self, server, **options):
        return self.client(server, max_retries=0).leased_accounts.wait_for_request("r1", **options)

    def test_each_of_the_three_final_statuses_ends_it(self):
        for status in ("assigned", "partial", "rejected"):
            server = self.serve(request(status))
            self.assertEqual(self.wait(server)["status"], status)
            self.assertEqual(server.requests[0].target, "/v1/leased-accounts/requests/r1")

    def test_a_status_that_is_new_does_not(self):
        self.use_clock()
        server = self.serve(request("requested"), request("in_review"), request("almost_there"), request("assigned"))
        self.assertEqual(self.wait(server)["status"], "assigned")
        self.assertEqual(len(server.requests), 4)

    def test_pauses_grow_from_5_seconds_to_5_minutes(self):
        clock = self.use_clock()
        with mock.patch.object(_waiting.random, "uniform", side_effect=lambda low, high: high):
            self.wait(self.serve(*[request("requested")] * 15, request("assigned")))
        self.assertEqual(clock.pauses[:3], [5, 7.5, 11.25])
        self.assertEqual(clock.pauses, sorted(clock.pauses))
        self.assertEqual(clock.pauses[-3:], [300, 300, 300])

    def test_progress_is_told_when_something_has_changed(self):
        self.use_clock()
        seen = []
        server = self.serve(
            request("requested"), request("requested"), request("requested", "t2", 1), request("partial", "t3", 1)
        )
        self.wait(server, project_id="prj_1", on_progress=lambda found: seen.append((found["status"], found["assignedCount"])))
        self.assertEqual(seen, [("requested", 0), ("requested", 1), ("partial", 1)])
        self.assertEqual(server.requests[0].target, "/v1/projects/prj_1/leased-accounts/requests/r1")

    def test_it_ends_after_its_time_with_what_was_seen_last(self):
        clock = self.use_clock()
        began = clock.now
        server = self.serve(request("requested"))
        with self.assertRaisesRegex(package.TimeoutError, "The request r1 is still requested after 42 s: 0 of 3 assigned."):
            self.wait(server, timeout=42)
        self.assertEqual(clock.now - began, 42)
        # The last read was just before, with time for its answer.
        self.assertEqual((clock.pauses[-1], len(server.requests)), (2, len(clock.pauses)))

    def test_it_makes_no_call_for_which_there_is_no_time_and_warns_of_none(self):
        for timeout in (1, 5, 6.999, 7, 12.345):
            clock = self.use_clock()
            began = clock.now
            server = self.serve(request("requested"))
            logger = mock.Mock()
            layers = self.client(server, logger=logger)
            with self.assertRaises(package.TimeoutError):
                layers.leased_accounts.wait_for_request("r1", timeout=timeout)
            logger.warning.assert_not_called()
            self.assertAlmostEqual(clock.now - began, timeout)
            self.assertEqual(len(server.requests), len(clock.pauses))
            self.assertTrue(timeout <= 2 or clock.pauses[-1] >= 1.999)

    def test_what_was_never_read_is_told_so(self):
        self.use_clock()
        with self.assertRaisesRegex(package.TimeoutError, "could not be read within 3 s") as raised:
            self.wait(self.serve(failure(503, "UNAVAILABLE")), timeout=3)
        self.assertIsInstance(raised.exception.__cause__, package.LayersError)

    def test_it_ends_when_it_is_cancelled(self):
        cancel = threading.Event()
        server = self.serve(request("requested"))
        with self.assertRaises(package.Cancelled):
            self.wait(server, cancel=cancel, on_progress=lambda _: cancel.set())
        self.assertEqual(len(server.requests), 1)

    def test_an_outage_does_not_end_it_but_a_lasting_error_does(self):
        clock = self.use_clock()
        server = self.serve(
            lambda connection, _: connection.reset() or False,
            failure(503, "UNAVAILABLE"),
            failure(429, "RATE_LIMITED", {"Retry-After": "50"}),
            request("assigned"),
        )
        self.assertEqual(self.wait(server)["status"], "assigned")
        self.assertEqual(clock.pauses[2], 50)
        for code, status, kind in [("NOT_FOUND", 404, package.NotFound), ("KILL_SWITCH", 503, package.KillSwitch)]:
            server = self.serve(failure(status, code))
            with self.assertRaises(kind):
                self.wait(server)
            self.assertEqual(len(server.requests), 1)

    def test_with_response_it_answers_with_the_last_one(self):
        layers = self.client(self.serve(request("assigned")))
        response = layers.with_response.leased_accounts.wait_for_request("r1")
        self.assertEqual((response.status, response.data["status"]), (200, "assigned"))


class Responses(Case):
    def test_headers_are_told_beside_the_answer(self):
        headers = {
            "X-Request-Id": "req_7",
            "Idempotent-Replayed": "true",
            "X-RateLimit-Limit": "60",
            "X-RateLimit-Remaining": "59",
            "X-RateLimit-Reset": "1776540251",
            "X-RateLimit-Endpoint-Class": "write-light",
        }
        layers = self.client(self.serve(answer({"requestId": "r1"}, 202, headers), answer({"requestId": "r2"}, 202)))
        response = self.ask(layers.with_response)
        self.assertEqual((response.data, response.status), ({"requestId": "r1"}, 202))
        self.assertEqual((response.request_id, response.replayed), ("req_7", True))
        self.assertEqual(response.rate_limit, package.RateLimit(60, 59, 1776540251, "write-light"))
        self.assertEqual(response.headers["x-ratelimit-limit"], "60")
        self.assertIn("X-RateLimit-LIMIT", response.headers)
        response = self.ask(layers.with_response)
        self.assertEqual((response.request_id, response.replayed, response.rate_limit), (None, False, None))
