"""A PEP 517 and PEP 660 backend of the standard library alone, so that building fetches nothing.

The same sources give the same bytes. `scripts/pack-python-client.mjs` makes the same wheel where there is no Python.
"""

import ast
import base64
import hashlib
import io
import os
import re
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TAG = "py3-none-any"
WHEEL = f"Wheel-Version: 1.0\nGenerator: layers_build\nRoot-Is-Purelib: true\nTag: {TAG}\n"
EPOCH = (1980, 1, 1, 0, 0, 0)


def get_requires_for_build_wheel(config_settings=None):
    return []


get_requires_for_build_sdist = get_requires_for_build_editable = get_requires_for_build_wheel


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    source = ROOT / "src"
    modules = [path for path in _find_files(source) if path.suffix == ".py" or path.name == "py.typed"]
    return _write_wheel(wheel_directory, {_name(path, source): path.read_bytes() for path in modules})


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _write_wheel(wheel_directory, {"layers_partner.pth": f"{ROOT / 'src'}\n".encode()})


def build_sdist(sdist_directory, config_settings=None):
    project = read_project()
    folder = f"layers_partner-{project['version']}"
    files = {_name(path, ROOT): path.read_bytes() for path in _find_files(ROOT)}
    files["PKG-INFO"] = to_metadata(project).encode()
    target = Path(sdist_directory, f"{folder}.tar.gz")
    with tarfile.open(target, "w:gz", format=tarfile.PAX_FORMAT, compresslevel=9) as archive:
        for name in sorted(files):
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(files[name])
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(files[name]))
    _drop_gzip_time(target)
    return target.name


def read_project():
    """[project] of pyproject.toml; Python reads TOML by itself only from 3.11 on."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    section = text.split("[project]\n", 1)[1].split("\n[", 1)[0]
    return {name: ast.literal_eval(value) for name, value in re.findall(r"^([\w-]+) = (.+)$", section, re.M)}


def to_metadata(project):
    """Core metadata, version 2.1: the newest that pips of 2023 read."""
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"Keywords: {','.join(project['keywords'])}",
        f"License: {project['license']}",
        *(f"Classifier: {classifier}" for classifier in project["classifiers"]),
        f"Requires-Python: {project['requires-python']}",
        "Description-Content-Type: text/markdown",
        *(f"License-File: {name}" for name in project["license-files"]),
        *(f"Requires-Dist: {requirement}" for requirement in project["dependencies"]),
    ]
    return "\n".join(lines) + "\n\n" + (ROOT / project["readme"]).read_text("utf-8")


def _write_wheel(directory, files):
    project = read_project()
    stem = f"layers_partner-{project['version']}"
    info = f"{stem}.dist-info"
    files = {name: files[name] for name in sorted(files)}
    files[f"{info}/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    files[f"{info}/METADATA"] = to_metadata(project).encode()
    files[f"{info}/WHEEL"] = WHEEL.encode()
    rows = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    target = Path(directory, f"{stem}-{TAG}.whl")
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o100644 << 16
            archive.writestr(member, content)
    return target.name


def _digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _find_files(folder):
    """What belongs to the package, without what running it leaves behind."""
    skipped = {"__pycache__", "build", "dist"}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part in skipped or part.startswith(".") or part.endswith(".egg-info") for part in parts):
            yield path


def _name(path, folder):
    return path.relative_to(folder).as_posix()


def _drop_gzip_time(target):
    """The header of gzip holds the time of packing in its bytes 4 to 7, and no name that tells the folder."""
    content = bytearray(target.read_bytes())
    content[4:8] = bytes(4)
    target.write_bytes(content)
