import builtins
import pickle

import layers as package

from .support import Case, failure

CLASSES = {
    "UNAUTHENTICATED": (401, package.Unauthenticated),
    "BILLING_EXHAUSTED": (402, package.BillingExhausted),
    "FORBIDDEN_SCOPE": (403, package.ForbiddenScope),
    "NOT_FOUND": (404, package.NotFound),
    "METHOD_NOT_ALLOWED": (405, package.MethodNotAllowed),
    "CONFLICT": (409, package.Conflict),
    "IDEMPOTENCY_CONFLICT": (409, package.Conflict),
    "PAYLOAD_TOO_LARGE": (413, package.PayloadTooLarge),
    "VALIDATION": (422, package.ValidationError),
    "RATE_LIMITED": (429, package.RateLimited),
    "INTERNAL": (500, package.InternalError),
    "KILL_SWITCH": (503, package.KillSwitch),
    "UNAVAILABLE": (503, package.Unavailable),
    "TEAPOT": (418, package.ApiError),
}


class Errors(Case):
    def error_of(self, content: bytes) -> package.ApiError:
        with self.assertRaises(package.ApiError) as raised:
            self.client(self.serve(content), max_retries=0).wallet.get()
        return raised.exception

    def test_each_code_has_its_class_and_an_unknown_one_is_an_api_error(self):
        for code, (status, kind) in CLASSES.items():
            with self.subTest(code):
                error = self.error_of(failure(status, code, colour="blue"))
                self.assertIs(type(error), kind)
                self.assertEqual((error.status, error.code, error.request_id), (status, code, "req_1"))
                self.assertEqual((error.details, error.message), ({"colour": "blue"}, f"It is {code}."))
                self.assertEqual(str(error), f"{status} {code}: It is {code}. [req_1]")

    def test_details_are_attributes(self):
        self.assertEqual(self.error_of(failure(402, "BILLING_EXHAUSTED", balanceCents=5, requiredCents=9)).balance_cents, 5)
        self.assertEqual(self.error_of(failure(402, "BILLING_EXHAUSTED", requiredCents=9)).required_cents, 9)
        self.assertEqual(self.error_of(failure(403, "FORBIDDEN_SCOPE", requiredScope="keys:write")).required_scope, "keys:write")
        self.assertEqual(self.error_of(failure(409, "CONFLICT", reason="request_final")).reason, "request_final")
        self.assertEqual(self.error_of(failure(429, "RATE_LIMITED", {"Retry-After": "17"}, limit="day")).retry_after, 17)
        self.assertEqual(self.error_of(failure(503, "KILL_SWITCH", scope="key")).scope, "key")
        fields = [{"path": "count", "message": "must be 1 to 50"}]
        self.assertEqual(self.error_of(failure(422, "VALIDATION", fields=fields)).fields, fields)
        self.assertEqual(self.error_of(failure(422, "VALIDATION")).fields, [])

    def test_an_answer_of_a_proxy_has_no_code(self):
        head = b"HTTP/1.1 403 Forbidden\r\nX-Request-Id: req_9\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
        for kind, body in [(b"text/html", b"<p>No</p>"), (b"application/json", b"[]"), (b"application/json", b'{"error":"no"}')]:
            error = self.error_of(head % (kind, len(body), body))
            self.assertEqual((type(error), error.status, error.code, error.request_id), (package.ApiError, 403, None, "req_9"))

    def test_a_page_in_place_of_an_answer_is_an_error(self):
        error = self.error_of(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<p>Hi</p>")
        self.assertEqual((error.status, error.code, error.retryable), (200, None, False))

    def test_the_built_in_errors_catch_ours(self):
        self.assertTrue(issubclass(package.ConnectionError, builtins.ConnectionError))
        self.assertTrue(issubclass(package.TimeoutError, builtins.TimeoutError))
        self.assertTrue(issubclass(package.InvalidArgument, ValueError))
        everything = [value for value in vars(package).values() if isinstance(value, type) and issubclass(value, Exception)]
        self.assertGreater(len(everything), 15)
        for kind in everything:
            self.assertTrue(issubclass(kind, package.LayersError), kind)

    def test_errors_survive_pickling(self):
        error = self.error_of(failure(429, "RATE_LIMITED", {"Retry-After": "17"}, limit="day"))
        error.idempotency_key = "a key"
        copy = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(copy), str(copy), vars(copy)), (type(error), str(error), vars(error)))
        for plain in [package.TimeoutError("Late."), package.ConnectionError("Lost.")]:
            self.assertEqual(str(pickle.loads(pickle.dumps(plain))), str(plain))
