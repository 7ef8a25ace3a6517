import React, { type ReactNode } from 'react';
import { findLanguage, highlight, type Language } from '../highlight.js';

export interface Code {
  text: string;
  /** As {@link findLanguage} knows it. */
  language: string;
}

interface CodeBlockProps {
  code: Code;
  /** Where the language does not say it. */
  caption?: ReactNode;
  /** What the button copies, for who does not see where it stands. */
  label?: string;
}

/** Code with its language and a button that copies it; the button works by `assets/samples.js`. */
export function CodeBlock({ code, caption, label }: CodeBlockProps) {
  const name = findLanguage(code.language)?.name ?? 'Text';
  return (
    <figure className="code">
      <figcaption>
        <span className="language">{caption ?? name}</span>
        <CopyButton label={label ?? `the code, ${name}`} />
      </figcaption>
      <Pre code={code} />
    </figure>
  );
}

/** Code that says the same in several languages, of which the chosen one is shown. */
export function Alternatives({ codes, label }: { codes: Code[]; label?: string }) {
  const groups = groupByChoice(codes);
  const ids = groups.map(({ choice }) => choice.id);
  return (
    <figure className="code alternatives" data-languages={ids.join(' ')}>
      <figcaption>
        <span className="languages" role="group" aria-label="Language of the samples">
          {groups.map(({ choice: { id, label: text } }) => (
            <button key={id} type="button" data-language={id} aria-pressed={id === ids[0]}>
              {text}
            </button>
          ))}
        </span>
        <CopyButton label={label ?? 'the code'} />
      </figcaption>
      {groups.map(({ choice: { id }, codes: [first, ...others] }) => (
        <div key={id} className="sample" data-language={id}>
          <Pre code={first!} />
          {others.map((code) => (
            <div key={code.text} data-block="">
              <p className="next">
                <span>Then</span>
                <CopyButton label="the code that comes then" />
              </p>
              <Pre code={code} />
            </div>
          ))}
        </div>
      ))}
    </figure>
  );
}

type Choice = NonNullable<Language['choice']>;

function groupByChoice(codes: Code[]): { choice: Choice; codes: Code[] }[] {
  const groups = new Map<string, { choice: Choice; codes: Code[] }>();
  for (const code of codes) {
    const choice = findLanguage(code.language)!.choice!;
    const group = groups.get(choice.id) ?? { choice, codes: [] };
    groups.set(choice.id, { ...group, codes: [...group.codes, code] });
  }
  return [...groups.values()];
}

function Pre({ code: { text, language } }: { code: Code }) {
  return (
    <pre>
      <code dangerouslySetInnerHTML={{ __html: highlight(text, findLanguage(language)) }} />
    </pre>
  );
}

function CopyButton({ label }: { label: string }) {
  return (
    <button type="button" className="copy" hidden>
      Copy<span className="visually-hidden"> {label}</span>
    </button>
  );
}
