"""The story of a partner in the sandbox."""

import http.server
import json
import queue
import threading
import uuid

import layers as package
from layers import WebhookVerificationError

from .support import LIVE_KEY, LIVE_PROJECT, PROJECT, SPARE_KEY, LiveCase

COFFEE = {"vertical": "coffee", "audience": "home baristas 25–40", "language": "en", "geo": ["US", "CA", "GB"]}


class Requests(LiveCase):
    def test_a_request_is_accepted_waited_for_and_its_accounts_listed_and_released(self):
        seen = []
        metadata = {"test": str(uuid.uuid4())}
        receipt = self.layers.leased_accounts.request(project_id=PROJECT, count=2, niche=COFFEE, metadata=metadata)
        self.assertEqual(receipt["status"], "requested")
        request = self.layers.leased_accounts.wait_for_request(receipt["requestId"], on_progress=seen.append, timeout=120)
        self.assertEqual((request["status"], request["assignedCount"], request["niche"]), ("assigned", 2, COFFEE))
        self.assertEqual(seen[-1], request)
        self.assertEqual(self.layers.leased_accounts.get_lease_request(receipt["requestId"]), request)
        self.assertEqual(self.layers.leased_accounts.get_request(receipt["requestId"], project_id=PROJECT), request)
        (found,) = self.layers.leased_accounts.list_requests(metadata=metadata, project_id=PROJECT)
        self.assertEqual(found, request)
        mine = {
            account["socialAccountId"]
            for account in self.layers.leased_accounts.list(limit=1)
            if account["requestId"] == receipt["requestId"]
        }
        self.assertEqual(mine, set(request["assignedSocialAccountIds"]))
        (charge, *_) = self.layers.wallet.transactions(kind="lease_charge").items
        self.assertEqual(charge["amountCents"], -15_000)
        released = self.layers.leased_accounts.release(request["assignedSocialAccountIds"][0], reason="A test")
        self.assertEqual(released["disconnectedReason"], "released_by_partner")
        with self.assertRaises(package.NotFound):
            self.layers.leased_accounts.release(request["assignedSocialAccountIds"][0])
        with self.assertRaises(package.Conflict) as raised:
            self.layers.leased_accounts.cancel(receipt["requestId"])
        self.assertTrue(raised.exception.request_id.startswith("req_"))

    def test_a_key_sent_twice_is_answered_twice_and_done_once(self):
        key = str(uuid.uuid4())
        answers = [
            self.layers.with_response.leased_accounts.request(
                project_id=PROJECT, count=1, niche={"vertical": "sandbox-reject"}, idempotency_key=key
            )
            for _ in range(2)
        ]
        self.assertEqual(answers[0].data, answers[1].data)
        self.assertEqual([each.replayed for each in answers], [False, True])
        self.assertNotEqual(answers[0].request_id, answers[1].request_id)
        self.assertEqual(answers[0].rate_limit.endpoint_class, "write-light")
        with self.assertRaises(package.Conflict):
            self.layers.leased_accounts.request(
                project_id=PROJECT, count=2, niche={"vertical": "sandbox-reject"}, idempotency_key=key
            )

    def test_a_question_of_staff_is_answered_with_a_note(self):
        receipt = self.layers.leased_accounts.request(project_id=PROJECT, count=1, niche={"vertical": "sandbox-blocked"})
        asked = threading.Event()

        def reply(request):
            if request["blocker"] and not asked.is_set():
                asked.set()
                self.layers.leased_accounts.add_note(receipt["requestId"], body="Adults who like espresso.")

        request = self.layers.leased_accounts.wait_for_request(receipt["requestId"], on_progress=reply, timeout=120)
        self.assertTrue(asked.is_set())
        self.assertEqual(request["status"], "assigned")

    def test_an_open_request_is_cancelled(self):
        receipt = self.layers.leased_accounts.request(
            project_id=PROJECT, count=3, niche={"vertical": "sandbox-slow"}, request_id=f"slow-{uuid.uuid4()}"
        )
        request = self.layers.leased_accounts.cancel(receipt["requestId"], project_id=PROJECT, reason="Changed our mind")
        self.assertEqual((request["closedBy"], request["outcomeReason"]), ("partner", "cancelled"))


class Account(LiveCase):
    def test_who_what_and_how_much(self):
        me = self.layers.whoami()
        wallet = self.layers.wallet.get()
        self.assertEqual((me["organizationId"], wallet["currency"]), (wallet["organizationId"], "USD"))
        self.assertIn(PROJECT, [project["id"] for project in self.layers.projects.list(limit=1)])
        self.assertTrue(self.layers.audit_log.list(limit=1)["completeUntil"].endswith("Z"))
        self.assertIsInstance(self.layers.calls.list(limit=1).items, list)

    def test_refusals_have_their_classes_and_facts(self):
        poor = self.client_of(LIVE_KEY)
        with self.assertRaises(package.BillingExhausted) as short:
            poor.leased_accounts.request(project_id=LIVE_PROJECT, count=5, niche=COFFEE)
        self.assertEqual((short.exception.balance_cents, short.exception.required_cents), (0, 15_000))
        with self.assertRaises(package.ForbiddenScope) as forbidden:
            poor.sandbox.move_clock(to="2030-01-01T00:00:00Z")
        self.assertEqual(forbidden.exception.required_scope, "sandbox")
        with self.assertRaises(package.NotFound):
            poor.leased_accounts.list(project_id=PROJECT)
        with self.assertRaises(package.ValidationError) as invalid:
            self.layers.leased_accounts.request(project_id=PROJECT, count=0, niche={"vertical": "", "geo": ["UK"]})
        self.assertEqual({field["path"] for field in invalid.exception.fields}, {"count", "niche.vertical", "niche.geo[0]"})
        with self.assertRaises(package.PayloadTooLarge):
            self.layers.leased_accounts.request(project_id=PROJECT, count=1, niche=COFFEE, note="x" * 100_000)
        with self.assertRaises(package.Unauthenticated):
            self.layers.with_options(api_key="lp_test_nobody").whoami()

    def test_a_key_is_rotated_with_a_grace_and_killed(self):
        spare = self.client_of(SPARE_KEY)
        key_id = spare.whoami()["apiKeyId"]
        rotated = spare.api_keys.rotate(key_id, grace_seconds=60)
        other = spare.with_options(api_key=rotated["secret"])
        self.assertEqual([client.whoami()["apiKeyId"] for client in (spare, other)], [key_id] * 2)
        self.assertTrue(other.api_keys.kill(key_id)["killed"])
        for client in (spare, other):
            with self.assertRaises(package.KillSwitch) as raised:
                client.whoami()
            self.assertEqual(raised.exception.scope, "key")


class Time(LiveCase):
    def test_the_clock_moves_and_events_tell_of_it(self):
        receipt = self.layers.leased_accounts.request(project_id=PROJECT, count=1, niche=COFFEE)
        request = self.layers.leased_accounts.wait_for_request(receipt["requestId"], timeout=120)
        (account_id,) = request["assignedSocialAccountIds"]
        (due,) = [
            account["nextRenewalAt"]
            for account in self.layers.leased_accounts.list(project_id=PROJECT)
            if account["socialAccountId"] == account_id
        ]
        self.assertGreaterEqual(self.layers.sandbox.move_clock(to=due)["now"], due)
        found = threading.Event()
        for event in self.layers.events.iterate(type="leased_account.renewed", follow=True, poll_seconds=0.1, cancel=found):
            if event["data"]["socialAccountId"] == account_id:
                found.set()
        self.assertTrue(found.is_set())
        first = self.layers.events.list(limit=1)
        self.assertTrue(first.has_next_page)
        self.assertNotEqual(first.next_page().items[0]["id"], first.items[0]["id"])


class Webhooks(LiveCase):
    def setUp(self):
        super().setUp()
        received = self.received = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                received.put((self.rfile.read(int(self.headers["Content-Length"])), self.headers))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_address[1]}/hook"

    def test_an_endpoint_from_its_creation_to_its_end(self):
        endpoints = self.layers.webhook_endpoints
        created = endpoints.create(url=self.url, events=["leased_account.disconnected"], description="A test")
        endpoint_id, secret = created["endpoint"]["id"], created["signingSecret"]
        ping = endpoints.test(endpoint_id)
        body, headers = self.received.get(timeout=60)
        event = self.layers.verify_webhook(body, headers, secret)
        self.assertEqual((event["id"], event["type"]), (ping["eventId"], "test.ping"))
        for changed in [(body + b" ", headers, secret), (body, {}, secret), (body, headers, "whsec_another")]:
            with self.assertRaises(WebhookVerificationError):
                package.verify_webhook(*changed)

        rotated = endpoints.rotate_secret(endpoint_id)["signingSecret"]
        endpoints.test(endpoint_id)
        body, headers = self.received.get(timeout=60)
        for secrets in (secret, rotated, [rotated, secret]):
            self.assertEqual(package.verify_webhook(body, dict(headers), secrets), json.loads(body))

        self.assertEqual(len(list(endpoints.deliveries(endpoint_id, event_type="test.ping", limit=1))), 2)
        replayed = self.layers.webhook_deliveries.replay(ping["deliveryId"])
        self.assertEqual(replayed["originalDeliveryId"], ping["deliveryId"])
        self.assertEqual(json.loads(self.received.get(timeout=60)[0])["replayOf"], ping["deliveryId"])
        self.assertEqual(endpoints.update(endpoint_id, status="paused")["status"], "paused")
        self.assertEqual(endpoints.get(endpoint_id)["description"], "A test")
        self.assertIn(endpoint_id, [endpoint["id"] for endpoint in endpoints.list(limit=1)])
        with self.assertRaises(package.Conflict):
            endpoints.replay(endpoint_id, since="2026-01-01T00:00:00Z", until="2026-01-02T00:00:00Z")
        endpoints.update(endpoint_id, status="active")
        self.assertEqual(endpoints.replay(endpoint_id, since="2026-01-01T00:00:00Z", until="2026-01-02T00:00:00Z"), {"scheduled": 0})
        self.assertEqual(endpoints.delete(endpoint_id), {"id": endpoint_id, "deleted": True})
        with self.assertRaises(package.NotFound):
            endpoints.get(endpoint_id)
