"""Runs what the README shows; the quickstart is run from an empty folder by the caller."""

import re
from pathlib import Path

import layers as package

from .support import PROJECT, LiveCase

README = Path(__file__).resolve().parents[2] / "README.md"


class Readme(LiveCase):
    def test_every_sample_runs(self):
        quickstart, *samples = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.S)
        self.assertIn("wait_for_request", quickstart)
        self.assertEqual(len(samples), 4)
        for sample in samples:
            names = {"layers": self.layers, "project_id": PROJECT, "signing_secret": "whsec_1", "print": lambda *_: None}
            exec(compile(sample, "README.md", "exec"), names)
            if "receive" in names:
                self.assertEqual(names["receive"](b"{}", {}), 400)

    def test_it_names_every_method_and_error(self):
        text = README.read_text("utf-8")
        errors = [name for name in package.__all__ if name[0].isupper() and issubclass(type(getattr(package, name)), type)]
        errors = [name for name in errors if issubclass(getattr(package, name), package.LayersError)]
        resources = {name: each for name, each in vars(self.layers).items() if not name.startswith("_")}
        methods = [method for each in resources.values() for method in dir(each) if not method.startswith("_")]
        missing = [name for name in [*errors, *resources, *methods] if f"`{name}" not in text and f".{name}" not in text]
        self.assertEqual([name for name in missing if name != "WebhookVerificationError"], [])
        self.assertNotRegex(text, r"pip install (layers|layers-partner)\b")
