import subprocess
import sys
import typing
import unittest
from pathlib import Path

import layers
from layers import answers

SOURCES = Path(layers.__file__).resolve().parent.parent

RESOURCES = (
    "leased_accounts projects wallet events audit_log calls api_keys webhook_endpoints webhook_deliveries sandbox".split()
)


def list_methods(client):
    for one in [client, *(getattr(client, name) for name in RESOURCES)]:
        for name in dir(type(one)):
            if not name.startswith("_") and callable(getattr(type(one), name)):
                yield getattr(type(one), name)


class TypeHints(unittest.TestCase):
    def test_every_method_tells_its_types_at_run_time(self):
        methods = list(list_methods(layers.Layers(api_key="lp_test_1")))
        self.assertGreater(len(methods), 30)
        for method in methods:
            with self.subTest(method.__qualname__):
                self.assertIn("return", typing.get_type_hints(method))
        hints = typing.get_type_hints(layers.Layers.whoami)
        self.assertEqual(hints["return"], answers.Whoami)

    def test_so_do_the_classes_and_functions_of_the_package(self):
        for name in layers.__all__:
            if name not in ("__version__", "Transport"):
                typing.get_type_hints(getattr(layers, name))
        for value in vars(answers).values():
            if isinstance(value, type):
                typing.get_type_hints(value)

    def test_without_the_names_of_later_versions_too(self):
        # As Python before 3.11, without typing_extensions.
        program = """
import sys, typing
typing.__dict__.pop("Unpack", None)
sys.modules["typing_extensions"] = None
from layers import Layers
from layers._options import ReadOptions, WriteOptions
from layers._resources.leased_accounts import LeasedAccounts
assert typing.get_type_hints(Layers.whoami)["options"] is ReadOptions
assert typing.get_type_hints(LeasedAccounts.request)["options"] is WriteOptions
"""
        done = subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONPATH": str(SOURCES)}, capture_output=True, text=True
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class MissingArguments(unittest.TestCase):
    def test_are_named_by_a_type_error(self):
        client = layers.Layers(api_key="lp_test_1")
        with self.assertRaisesRegex(TypeError, r"request\(\) missing 3 required .*'project_id', 'count', and 'niche'"):
            client.leased_accounts.request()


if __name__ == "__main__":
    unittest.main()
