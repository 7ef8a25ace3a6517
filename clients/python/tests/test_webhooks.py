import hashlib
import hmac
import json
import unittest
from unittest import mock

from layers import InvalidArgument, Layers, WebhookVerificationError, _clock, verify_webhook

from .support import KEY

OLD = "whsec_old-old-old-old-old-old-old-old-old-old-old1"
NEW = "whsec_new-new-new-new-new-new-new-new-new-new-new1"
NOW = 1_776_540_251
EVENT = {"id": "evt_1", "type": "something.new", "createdAt": "2026-04-18T19:24:11.000Z", "apiVersion": "v1", "data": {"a": "é"}}
BODY = json.dumps(EVENT, ensure_ascii=False).encode()


def signature(secret=NEW, body=BODY, at=NOW):
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def header(*signatures, at=NOW):
    return ",".join([f"t={at}", *(f"v1={each}" for each in signatures)])


class Webhooks(unittest.TestCase):
    def setUp(self):
        patch = mock.patch.object(_clock, "wall", return_value=float(NOW))
        patch.start()
        self.addCleanup(patch.stop)

    def verify(self, value, body=BODY, secrets=NEW, **options):
        return verify_webhook(body, {"X-Layers-Signature": value}, secrets, **options)

    def test_an_event_that_was_signed_is_returned_whatever_its_type(self):
        self.assertEqual(self.verify(header(signature())), EVENT)
        self.assertEqual(self.verify(header(signature()), body=BODY.decode()), EVENT)
        self.assertEqual(self.verify(header(signature()), body=bytearray(BODY)), EVENT)
        self.assertEqual(Layers(KEY, "https://layers.example").verify_webhook(BODY, {"x-layers-signature": header(signature())}, NEW), EVENT)

    def test_during_a_rotation_either_secret_and_either_signature_will_do(self):
        both = header(signature(NEW), signature(OLD))
        for secrets in (NEW, OLD, [OLD, NEW], (NEW,)):
            self.assertEqual(self.verify(both, secrets=secrets), EVENT)
        self.assertEqual(self.verify(header(signature(OLD)), secrets=[NEW, OLD]), EVENT)

    def test_headers_come_in_many_forms(self):
        value = header(signature())
        for headers in [
            {"x-layers-signature": value},
            {"X-LAYERS-SIGNATURE": value, "Other": 5},
            {"HTTP_X_LAYERS_SIGNATURE": value},
            [("Host", "a"), ("X-Layers-Signature", value)],
            [(b"x-layers-signature", value.encode())],
        ]:
            self.assertEqual(verify_webhook(BODY, headers, NEW), EVENT)

    def test_anything_that_was_changed_is_refused(self):
        good = signature()
        for name, value, body in [
            ("body", header(good), BODY + b" "),
            ("body written again", header(good), json.dumps(EVENT).encode()),
            ("time", header(good, at=NOW - 1), BODY),
            ("signature", header(good[:-1] + ("0" if good[-1] != "0" else "1")), BODY),
            ("another secret", header(signature(OLD)), BODY),
            ("half a signature", header(good[:32]), BODY),
            ("none", header(), BODY),
            ("an empty one", header(""), BODY),
            ("no ASCII", header("é" * 64), BODY),
            ("no time", f"v1={good}", BODY),
            ("two times", f"t={NOW},t={NOW},v1={good}", BODY),
            ("no number", f"t=+{NOW},v1={good}", BODY),
            ("other digits", f"t={'٣' * 10},v1={good}", BODY),
            ("another version", f"t={NOW},v0={good}", BODY),
            ("nothing", "", BODY),
        ]:
            with self.subTest(name), self.assertRaises(WebhookVerificationError):
                self.verify(value, body)

    def test_times_are_tolerated_for_five_minutes_either_way(self):
        for at in (NOW - 300, NOW + 300):
            self.assertEqual(self.verify(header(signature(at=at), at=at)), EVENT)
        for at in (NOW - 301, NOW + 301):
            with self.assertRaises(WebhookVerificationError):
                self.verify(header(signature(at=at), at=at))
        self.assertEqual(self.verify(header(signature(at=NOW - 900), at=NOW - 900), tolerance_seconds=900), EVENT)

    def test_a_header_that_is_missing_or_there_twice_is_refused(self):
        value = header(signature())
        for headers in [{}, [], [("X-Layers-Signature", value), ("x-layers-signature", value)]]:
            with self.assertRaises(WebhookVerificationError):
                verify_webhook(BODY, headers, NEW)

    def test_a_signed_body_that_is_no_event_is_refused(self):
        for body in (b"[]", b"{", b"\xff"):
            with self.assertRaises(WebhookVerificationError):
                self.verify(header(signature(body=body)), body)

    def test_a_secret_that_is_missing_is_a_mistake_of_the_caller(self):
        # What everybody knows would let everybody sign.
        for secrets in ("", [], None, [""], [NEW, ""], [None]):
            with self.subTest(str(secrets)), self.assertRaises(InvalidArgument):
                self.verify(header(signature("")), secrets=secrets)
        for body in (EVENT, None):
            with self.assertRaises(InvalidArgument):
                self.verify(header(signature()), body)

    def test_what_was_parsed_is_a_type_error_that_says_why(self):
        with self.assertRaisesRegex(TypeError, "raw_body has to be the bytes of the body as they came, not a dict"):
            self.verify(header(signature()), EVENT)
        with self.assertRaisesRegex(TypeError, "headers has to be the headers of the webhook"):
            verify_webhook(BODY, None, NEW)

    def test_every_signature_is_compared_in_constant_time(self):
        with mock.patch.object(hmac, "compare_digest", wraps=hmac.compare_digest) as compare:
            self.verify(header(signature(NEW), signature(OLD)), secrets=[NEW, OLD])
        self.assertEqual(compare.call_count, 4)
