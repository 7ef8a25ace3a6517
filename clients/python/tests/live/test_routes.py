"""Compares the client with the OpenAPI document of the service."""

import json
import re
import typing
import urllib.request
from urllib.parse import parse_qsl, urlsplit

from layers import Headers, HttpResponse, Layers, answers

from .support import URL, LiveCase

METADATA = {"campaign": "spring"}
TIME = "2026-04-18T19:24:11Z"
LIST = {"cursor": "c", "limit": 1}
REVIEW = [("leased_accounts.add_note", {"body": "b"}), ("leased_accounts.cancel", {"reason": "r"})]

# Every method with all of its arguments; an id is first.
CALLS = [
    ("whoami", {}),
    ("projects.list", LIST),
    ("wallet.get", {}),
    ("wallet.transactions", {"kind": "refund", "project_id": "prj_1", "since": TIME, "until": TIME, **LIST}),
    ("events.list", {"type": "test.ping", "project_id": "prj_1", "after": "c", "limit": 1}),
    ("audit_log.list", {"event_type": "t", "project_id": "prj_1", "api_key_id": "key_1", "since": TIME, "until": TIME, **LIST}),
    ("calls.list", {"api_key_id": "key_1", "status": 402, "code": "CONFLICT", "since": TIME, "until": TIME, **LIST}),
    (
        "leased_accounts.request",
        {"project_id": "prj_1", "count": 1, "niche": {}, "target": "t", "note": "n", "metadata": METADATA, "request_id": "r"},
    ),
    ("leased_accounts.get_lease_request", {"request_id": "lreq_1"}),
    *(
        (name, {**more, **arguments})
        for more in ({}, {"project_id": "prj_1"})
        for name, arguments in [
            ("leased_accounts.get_request", {"request_id": "lreq_1"}),
            ("leased_accounts.list", {"status": "assigned", **LIST}),
            (
                "leased_accounts.list_requests",
                {"status": "requested", "updated_since": TIME, "metadata": METADATA, "order": "updatedAt", **LIST},
            ),
            *((name, {"request_id": "lreq_1", **arguments}) for name, arguments in REVIEW),
        ]
    ),
    ("leased_accounts.release", {"social_account_id": "sa_1", "reason": "r"}),
    ("api_keys.rotate", {"api_key_id": "key_1", "grace_seconds": 60}),
    ("api_keys.kill", {"api_key_id": "key_1"}),
    ("sandbox.move_clock", {"to": TIME}),
    ("sandbox.top_up", {"amount_cents": 1_000_000}),
    (
        "webhook_endpoints.create",
        {"url": "u", "events": ["e"], "description": "d", "project_id": "prj_1", "metadata": METADATA, "scope": "own"},
    ),
    ("webhook_endpoints.list", LIST),
    ("webhook_endpoints.get", {"endpoint_id": "whe_1"}),
    (
        "webhook_endpoints.update",
        {"endpoint_id": "whe_1", "url": "u", "events": ["e"], "description": "d", "metadata": METADATA, "status": "active"},
    ),
    ("webhook_endpoints.delete", {"endpoint_id": "whe_1"}),
    ("webhook_endpoints.rotate_secret", {"endpoint_id": "whe_1"}),
    ("webhook_endpoints.test", {"endpoint_id": "whe_1"}),
    ("webhook_endpoints.deliveries", {"endpoint_id": "whe_1", "event_type": "e", "status": "failed", **LIST}),
    ("webhook_endpoints.replay", {"endpoint_id": "whe_1", "since": TIME, "until": TIME}),
    ("webhook_deliveries.replay", {"delivery_id": "del_1"}),
]

# Those that call the others.
BUILT_ON_OTHERS = {"leased_accounts.wait_for_request", "events.iterate"}
# Of all projects, the filter is the route of the project.
LEFT_OUT = {("GET", "/v1/leased-accounts", "projectId"), ("GET", "/v1/leased-accounts/requests", "projectId")}

SCHEMAS = {
    "NicheAnswer": "NicheView",
    "Blocker": "BlockerView",
    "LeaseRequestReceipt": "LeaseRequestReceipt",
    "LeaseRequest": "LeaseRequestView",
    "Note": "PartnerNoteReceipt",
    "LeasedAccount": "LeasedAccountView",
    "Release": "ReleaseView",
    "Wallet": "WalletView",
    "WalletTransaction": "TransactionView",
    "Whoami": "Whoami",
    "Project": "ProjectView",
    "AuditEvent": "AuditEventView",
    "ApiCall": "CallView",
    "Event": "EventView",
    "ApiKey": "ApiKeyView",
    "RotatedKey": "RotatedKey",
    "KilledKey": "KilledKey",
    "SandboxTime": "SandboxTime",
    "SandboxTopUp": "SandboxTopUp",
    "WebhookEndpoint": "EndpointView",
    "CreatedEndpoint": "CreatedEndpoint",
    "DeletedEndpoint": "DeletedEndpoint",
    "RotatedSecret": "RotatedSecret",
    "TestReceipt": "TestReceipt",
    "Delivery": "DeliveryView",
    "RangeReceipt": "RangeReceipt",
    "ReplayReceipt": "ReplayReceipt",
}


class Reference(LiveCase):
    def setUp(self):
        super().setUp()
        with urllib.request.urlopen(f"{URL}/docs/openapi.json") as response:
            self.document = json.load(response)
        self.sent = []

        def keep(request, timeout):
            self.sent.append(request)
            return HttpResponse(200, Headers([("Content-Type", "application/json")]), b'{"items":[]}')

        self.recorded = Layers("lp_test_key", "https://layers.example", transport=keep)

    def resolve(self, schema):
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def test_every_route_has_a_method_and_every_parameter_an_argument(self):
        expected = {}
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                query = {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
                query -= {name for one, other, name in LEFT_OUT if (one, other) == (method.upper(), path)}
                content = operation.get("requestBody", {}).get("content", {})
                body = {name for each in content.values() for name in self.resolve(each["schema"])["properties"]}
                headers = {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
                expected[method.upper(), path] = (query, body, "Idempotency-Key" in headers)
        found = {}
        for name, arguments in CALLS:
            method = self.recorded
            for part in name.split("."):
                method = getattr(method, part)
            method(**arguments)
            request = self.sent[-1]
            url = urlsplit(request.url)
            query = {re.sub(r"\[.*", "", key) for key, _ in parse_qsl(url.query)}
            body = set(json.loads(request.body)) if request.body else set()
            found[request.method, self.to_template(request.method, url.path)] = (query, body, "Idempotency-Key" in request.headers)
        self.assertEqual(found, expected)

    def to_template(self, method, path):
        matching = [
            template
            for template, operations in self.document["paths"].items()
            if method.lower() in operations and re.fullmatch(re.sub(r"\\{.*?\\}", "[^/]+_1", re.escape(template)), path)
        ]
        self.assertEqual(len(matching), 1, f"{method} {path}")
        return matching[0]

    def test_no_public_method_is_missing_from_this_comparison(self):
        resources = {name: each for name, each in vars(self.recorded).items() if not name.startswith("_")}
        methods = {
            f"{name}.{method}"
            for name, resource in resources.items()
            for method in dir(resource)
            if not method.startswith("_") and callable(getattr(resource, method))
        }
        self.assertEqual(methods | {"whoami"}, {name for name, _ in CALLS} | BUILT_ON_OTHERS)

    def test_the_types_of_answers_are_those_of_the_document(self):
        types = {
            name: value
            for name, value in vars(answers).items()
            if isinstance(value, type) and not name.startswith("_") and hasattr(value, "__required_keys__")
        }
        self.assertEqual(set(types), set(SCHEMAS))
        for name, schema_name in SCHEMAS.items():
            schema = self.document["components"]["schemas"][schema_name]
            with self.subTest(name):
                self.assertEqual(set(types[name].__required_keys__), set(schema["required"]))
                self.assertEqual(set(types[name].__annotations__), set(schema["properties"]))
                for field, kind in typing.get_type_hints(types[name]).items():
                    self.assertTrue(self.fits(kind, schema["properties"][field]), f"{name}.{field}: {kind}")

    def fits(self, kind, schema):
        """Whether a Python type is the schema's."""
        alternatives = [each for each in schema.get("anyOf", [schema])]
        names = [each.get("type") or each.get("$ref", "").rsplit("/", 1)[1] for each in alternatives]
        names = [name for each in names for name in (each if isinstance(each, list) else [each])]
        arguments = typing.get_args(kind)
        self.assertEqual("null" in names, type(None) in arguments)
        if "null" in names:
            names.remove("null")
            (kind,) = [each for each in arguments if each is not type(None)]
        (name,) = names
        plain = {"string": str, "integer": int, "boolean": bool}
        if name in plain:
            return kind is plain[name]
        if name == "array":
            return typing.get_origin(kind) is list and self.fits(typing.get_args(kind)[0], schema["items"])
        if name == "object":
            return typing.get_origin(kind) is dict
        return SCHEMAS[kind.__name__] == name
