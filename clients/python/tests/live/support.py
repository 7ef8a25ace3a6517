import os
import unittest
from unittest import mock

from layers import Layers
from layers._resources import _waiting

URL = os.environ.get("LAYERS_BASE_URL", "")
PROJECT = os.environ.get("LAYERS_PROJECT_ID", "")
"""Of the sandbox that LAYERS_API_KEY, of every scope, belongs to."""
LIVE_KEY = os.environ.get("LAYERS_LIVE_KEY", "")
"""Of an organization whose wallet is empty."""
LIVE_PROJECT = os.environ.get("LAYERS_LIVE_PROJECT_ID", "")
SPARE_KEY = os.environ.get("LAYERS_SPARE_KEY", "")
"""Of the same sandbox, with every scope; it does not survive the tests."""
FAULTS_URL = os.environ.get("LAYERS_FAULTS_URL", "")
"""A proxy before the service, which fails the first try of each write as the first part of the path says."""


@unittest.skipUnless(URL, "LAYERS_BASE_URL is not set")
class LiveCase(unittest.TestCase):
    def setUp(self) -> None:
        # The sandbox answers within a second.
        patch = mock.patch.object(_waiting, "FIRST_PAUSE_SECONDS", 0.2)
        patch.start()
        self.addCleanup(patch.stop)
        self.layers = self.client_of(os.environ["LAYERS_API_KEY"])

    def client_of(self, key: str, url: str = URL, **settings: object) -> Layers:
        layers = Layers(key, url, **settings)
        self.addCleanup(layers.close)
        return layers
