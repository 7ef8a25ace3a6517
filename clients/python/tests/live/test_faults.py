"""Writes that fail on their way, before or after they are done. Whether each was queued once, the caller counts in the database."""

import os
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import layers as package
from layers import _call

from .support import FAULTS_URL, PROJECT, LiveCase

FAULTS = os.environ.get("LAYERS_FAULTS", "").split()


@unittest.skipUnless(FAULTS_URL, "LAYERS_FAULTS_URL is not set")
class Faults(LiveCase):
    def setUp(self):
        super().setUp()
        patch = mock.patch.object(_call, "TRY_SECONDS", 1.5)
        patch.start()
        self.addCleanup(patch.stop)

    def send(self, fault, repeated_by, **options):
        layers = self.client_of(os.environ["LAYERS_FAULTS_KEY"], f"{FAULTS_URL}/{fault}")
        return layers.leased_accounts.request(
            project_id=PROJECT,
            count=1,
            niche={"vertical": "coffee"},
            metadata={"fault": fault, "repeatedBy": repeated_by},
            **options,
        )

    def send_again(self, fault):
        """As a caller that wants no retries does: the call once more, with the key that the error has."""
        try:
            self.send(fault, "caller", max_retries=0)
        except package.LayersError as error:
            return self.send(fault, "caller", max_retries=0, idempotency_key=error.idempotency_key)
        raise AssertionError(f"{fault} was no fault")

    def test_the_client_and_the_caller_repeat_without_queueing_twice(self):
        self.assertGreater(len(FAULTS), 5)
        with ThreadPoolExecutor(2 * len(FAULTS)) as pool:
            by_client = list(pool.map(lambda fault: self.send(fault, "client"), FAULTS))
            by_caller = list(pool.map(self.send_again, FAULTS))
        for receipt in by_client + by_caller:
            self.assertEqual(self.layers.leased_accounts.get_lease_request(receipt["requestId"])["projectId"], PROJECT)
