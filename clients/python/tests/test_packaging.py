import base64
import csv
import hashlib
import importlib.util
import io
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

import layers

ROOT = Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("layers_build", ROOT / "build_backend" / "layers_build.py")
backend = importlib.util.module_from_spec(spec)
spec.loader.exec_module(backend)


class Packaging(unittest.TestCase):
    def build(self, function):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Path(folder.name, function(folder.name))

    def test_the_version_is_the_same_everywhere(self):
        self.assertEqual(backend.read_project()["version"], layers.__version__)
        self.assertEqual(self.build(backend.build_wheel).name, f"layers_partner-{layers.__version__}-py3-none-any.whl")

    def test_a_wheel_lists_each_of_its_files_with_its_digest(self):
        with zipfile.ZipFile(self.build(backend.build_wheel)) as wheel:
            names = wheel.namelist()
            record = next(name for name in names if name.endswith("/RECORD"))
            rows = list(csv.reader(io.StringIO(wheel.read(record).decode())))
            self.assertEqual(sorted(row[0] for row in rows), sorted(names))
            for name, digest, size in rows:
                if name == record:
                    continue
                content = wheel.read(name)
                expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                self.assertEqual((digest, int(size)), (f"sha256={expected}", len(content)))
            self.assertIn("layers/py.typed", names)
            self.assertFalse([name for name in names if "test" in name or "__pycache__" in name])

    def test_the_same_sources_give_the_same_bytes(self):
        for function in (backend.build_wheel, backend.build_sdist):
            self.assertEqual(self.build(function).read_bytes(), self.build(function).read_bytes())

    def test_a_source_distribution_builds_the_same_wheel(self):
        with tempfile.TemporaryDirectory() as folder, tarfile.open(self.build(backend.build_sdist)) as archive:
            names = archive.getnames()
            for member in archive.getmembers():
                target = Path(folder, member.name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(member).read())
            unpacked = Path(folder, names[0].split("/")[0])
            other_spec = importlib.util.spec_from_file_location("other", unpacked / "build_backend" / "layers_build.py")
            other = importlib.util.module_from_spec(other_spec)
            other_spec.loader.exec_module(other)
            self.assertEqual(self.build(other.build_wheel).read_bytes(), self.build(backend.build_wheel).read_bytes())

    def test_an_editable_wheel_points_to_the_sources(self):
        with zipfile.ZipFile(self.build(backend.build_editable)) as wheel:
            self.assertEqual(wheel.read("layers_partner.pth").decode(), f"{ROOT / 'src'}\n")
