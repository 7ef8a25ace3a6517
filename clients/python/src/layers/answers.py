"""The answers as the API sends them, with its own names. At run time they are plain dicts.

Statuses and types are text, since new ones may come, and so may new fields. A test compares these classes with the
OpenAPI document.
"""

from typing import Any, Dict, List, Optional, TypedDict


class _NicheAnswerFields(TypedDict):
    vertical: str


class NicheAnswer(_NicheAnswerFields, total=False):
    audience: str
    language: str
    geo: List[str]


class Blocker(TypedDict):
    kind: str
    since: str


class LeaseRequestReceipt(TypedDict):
    requestId: str
    status: str
    submittedAt: str


class LeaseRequest(TypedDict):
    requestId: str
    projectId: str
    status: str
    submittedAt: str
    assignedAt: Optional[str]
    assignedSocialAccountIds: List[str]
    note: Optional[str]
    count: int
    assignedCount: int
    niche: NicheAnswer
    target: Optional[str]
    metadata: Optional[Dict[str, str]]
    blocker: Optional[Blocker]
    outcomeReason: Optional[str]
    closedBy: Optional[str]
    updatedAt: str


class Note(TypedDict):
    noteId: str
    requestId: str
    body: str
    createdAt: str


class _LeasedAccountFields(TypedDict):
    socialAccountId: str
    projectId: str
    handle: str
    platform: str
    followers: int
    status: str
    assignedAt: str
    nextRenewalAt: Optional[str]
    monthlyPriceCents: int
    requestId: str


class LeasedAccount(_LeasedAccountFields, total=False):
    pastDueSince: str
    disconnectsAt: str
    disconnectedAt: str
    disconnectedReason: str


class Release(TypedDict):
    socialAccountId: str
    status: str
    disconnectedReason: str
    disconnectedAt: str


class Wallet(TypedDict):
    organizationId: str
    currency: str
    balanceCents: int
    owedCents: int
    monthlyCommitmentCents: int
    coversAssignments: int
    nextRenewalAt: Optional[str]
    runsDryAt: Optional[str]
    shortfallCents: int
    openRequestsWant: int


class WalletTransaction(TypedDict):
    id: str
    kind: str
    amountCents: int
    balanceAfterCents: int
    socialAccountId: Optional[str]
    requestId: Optional[str]
    periodStart: Optional[str]
    createdAt: str


class Whoami(TypedDict):
    organizationId: str
    workspaceId: str
    organizationName: str
    parentOrganizationId: Optional[str]
    scopes: List[str]
    rateLimitTier: Optional[str]
    apiKeyId: str
    creditBalance: int


class Project(TypedDict):
    id: str
    name: str
    createdAt: str


class AuditEvent(TypedDict):
    eventId: str
    eventType: str
    occurredAt: str
    requestId: str
    organizationId: str
    projectId: Optional[str]
    apiKeyId: Optional[str]
    actor: str
    data: Dict[str, Any]


class ApiCall(TypedDict):
    requestId: str
    at: str
    method: str
    route: str
    status: int
    code: Optional[str]
    durationMs: int
    apiKeyId: str
    address: str


class Event(TypedDict):
    id: str
    type: str
    createdAt: str
    apiVersion: str
    data: Dict[str, Any]


class ApiKey(TypedDict):
    id: str
    organizationId: str
    name: str
    prefix: str
    env: str
    scopes: List[str]
    killSwitch: bool
    isActive: bool
    rotatedAt: Optional[str]
    revokedAt: Optional[str]


class RotatedKey(TypedDict):
    apiKey: ApiKey
    secret: str
    warning: str


class KilledKey(TypedDict):
    apiKey: ApiKey
    killed: bool


class SandboxTime(TypedDict):
    now: str


class SandboxTopUp(TypedDict):
    transactionId: str
    amountCents: int
    balanceAfterCents: int


class WebhookEndpoint(TypedDict):
    id: str
    organizationId: str
    projectId: Optional[str]
    url: str
    description: Optional[str]
    status: str
    events: List[str]
    metadata: Optional[Dict[str, str]]
    scope: str
    apiVersion: str
    createdAt: str
    updatedAt: str
    lastSuccessAt: Optional[str]
    lastFailureAt: Optional[str]
    consecutiveFailureCount: int


class CreatedEndpoint(TypedDict):
    endpoint: WebhookEndpoint
    signingSecret: str


class DeletedEndpoint(TypedDict):
    id: str
    deleted: bool


class RotatedSecret(TypedDict):
    endpointId: str
    signingSecret: str
    previousSecretExpiresAt: str
    warning: str


class TestReceipt(TypedDict):
    eventId: str
    deliveryId: str
    scheduledAt: str


class Delivery(TypedDict):
    id: str
    endpointId: str
    eventId: str
    eventType: str
    status: str
    attempts: int
    scheduledAt: str
    nextAttemptAt: Optional[str]
    lastAttemptAt: Optional[str]
    deliveredAt: Optional[str]
    responseStatus: Optional[int]
    responseBody: Optional[str]
    durationMs: Optional[int]
    error: Optional[str]
    replayOf: Optional[str]


class RangeReceipt(TypedDict):
    scheduled: int


class ReplayReceipt(TypedDict):
    originalDeliveryId: str
    replayDeliveryId: str
    scheduledAt: str


