// Packs clients/python into a wheel in dist/clients, without Python: a wheel is a zip with a list of its files.
// The same members as clients/python/build_backend/layers_build.py, which is for `pip install` of the folder.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { parse } from 'smol-toml';

const SOURCE = 'clients/python';
const TARGET = 'dist/clients';
const TAG = 'py3-none-any';

const read = (name) => readFileSync(path.join(SOURCE, name));
const { project } = parse(read('pyproject.toml').toString());
const stem = `layers_partner-${project.version}`;
const info = `${stem}.dist-info`;

const files = new Map(
  listModules('src')
    .sort()
    .map((name) => [name.slice('src/'.length), read(name)]),
);
files.set(`${info}/LICENSE`, read('LICENSE'));
files.set(`${info}/METADATA`, strToU8(toMetadata()));
files.set(
  `${info}/WHEEL`,
  strToU8(`Wheel-Version: 1.0\nGenerator: layers_build\nRoot-Is-Purelib: true\nTag: ${TAG}\n`),
);
const record = [...files].map(([name, content]) => `${name},sha256=${digest(content)},${content.length}`);
files.set(`${info}/RECORD`, strToU8([...record, `${info}/RECORD,,`, ''].join('\n')));

mkdirSync(TARGET, { recursive: true });
writeFileSync(path.join(TARGET, `${stem}-${TAG}.whl`), zip());

function toMetadata() {
  const lines = [
    'Metadata-Version: 2.1',
    `Name: ${project.name}`,
    `Version: ${project.version}`,
    `Summary: ${project.description}`,
    `Keywords: ${project.keywords.join(',')}`,
    `License: ${project.license}`,
    ...project.classifiers.map((classifier) => `Classifier: ${classifier}`),
    `Requires-Python: ${project['requires-python']}`,
    'Description-Content-Type: text/markdown',
    ...project['license-files'].map((name) => `License-File: ${name}`),
    ...project.dependencies.map((requirement) => `Requires-Dist: ${requirement}`),
  ];
  return `${lines.join('\n')}\n\n${read(project.readme)}`;
}

function listModules(folder) {
  return readdirSync(path.join(SOURCE, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === '__pycache__' ? [] : listModules(name);
    return /\.py$|^py\.typed$/.test(entry.name) ? [name] : [];
  });
}

function digest(content) {
  return createHash('sha256').update(content).digest('base64url');
}

function zip() {
  // Local time, as zip has it; the same bytes whenever and wherever it is packed.
  const options = { level: 9, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o100644 << 16 };
  return zipSync(Object.fromEntries([...files].map(([name, content]) => [name, [content, options]])));
}
