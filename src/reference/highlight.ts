import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import typescript from 'highlight.js/lib/languages/typescript';

const grammars = { bash, json, python, typescript };
for (const [name, grammar] of Object.entries(grammars)) hljs.registerLanguage(name, grammar);

export interface Language {
  /** As a reader knows it. */
  name: string;
  grammar: keyof typeof grammars;
  /** Where samples are alternatives: what the choice of the reader is stored as, and its button. */
  choice?: { id: 'curl' | 'typescript' | 'python'; label: string };
}

const shell: Language = { name: 'Shell', grammar: 'bash', choice: { id: 'curl', label: 'curl' } };
const ts: Language = {
  name: 'TypeScript',
  grammar: 'typescript',
  choice: { id: 'typescript', label: 'TypeScript' },
};
const py: Language = { name: 'Python', grammar: 'python', choice: { id: 'python', label: 'Python' } };

/** By the word after a fence, and by `lang` of `x-codeSamples`. */
const languages = new Map<string, Language>([
  ...([
    ['sh', shell],
    ['Shell', shell],
    ['ts', ts],
    ['TypeScript', ts],
    ['python', py],
    ['Python', py],
  ] as const),
  ['json', { name: 'JSON', grammar: 'json' }],
]);

export function findLanguage(word: string): Language | undefined {
  return languages.get(word);
}

/** As HTML, with classes for its colors. */
export function highlight(code: string, language: Language | undefined): string {
  return language ? hljs.highlight(code, { language: language.grammar }).value : escapeHtml(code);
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
