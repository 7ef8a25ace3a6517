import React from 'react';
import { toJson } from '../../partner-api/openapi/samples/literals.js';
import type { ApiDocument, Parameter, Response, Route } from '../api-document.js';
import { renderMarkdown } from '../markdown.js';
import { Alternatives, CodeBlock } from './code-block.js';
import { Fields, Parameters } from './fields.js';
import { Method, Prose } from './layout.js';
import { TryIt } from './try-it.js';

const JSON_TYPE = 'application/json';

/** What a route does and takes at the left, samples and answers at the right. */
export function OperationContent({ route, document }: { route: Route; document: ApiDocument }) {
  const { operationId, summary, description, method, path, parameters = [], requestBody, responses } = route;
  const [success] = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const [status, answer] = success!;
  const body = requestBody?.content[JSON_TYPE];
  return (
    <>
      <div className="description">
        <h3 id={`${operationId}-heading`}>
          <a href={`#${operationId}`}>{summary}</a>
        </h3>
        <p className="route">
          <Method name={method} />
          <code>{path}</code>
        </p>
        <Prose html={renderMarkdown(description)} />
        {route['x-required-scope'] && (
          <p className="scope">
            Needs the scope <code>{route['x-required-scope']}</code>.
          </p>
        )}
        <ParametersOf place="path" title="Path" parameters={parameters} document={document} />
        <ParametersOf place="query" title="Query" parameters={parameters} document={document} />
        {body && (
          <>
            <h4>Body {!requestBody.required && <span className="mark">optional</span>}</h4>
            <Fields schema={body.schema} document={document} isRequest />
          </>
        )}
        <ParametersOf place="header" title="Headers" parameters={parameters} document={document} />
        <h4>
          Answer <span className="status ok">{status}</span>
        </h4>
        <Fields schema={answer!.content![JSON_TYPE]!.schema} document={document} />
        <Errors responses={responses} />
      </div>
      <div className="samples">
        <Alternatives
          codes={route['x-codeSamples'].map(({ lang, source }) => ({ text: source, language: lang }))}
          label={`the sample: ${summary}`}
        />
        <TryIt route={route} />
        <CodeBlock
          code={{ text: toJson(answer!.content![JSON_TYPE]!.examples?.typical?.value), language: 'json' }}
          caption={
            <>
              Example of the answer <span className="status ok">{status}</span>
            </>
          }
          label={`the answer: ${summary}`}
        />
      </div>
    </>
  );
}

interface ParametersOfProps {
  place: Parameter['in'];
  title: string;
  parameters: Parameter[];
  document: ApiDocument;
}

function ParametersOf({ place, title, parameters, document }: ParametersOfProps) {
  const ofPlace = parameters.filter((parameter) => parameter.in === place);
  if (ofPlace.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <Parameters parameters={ofPlace} document={document} />
    </>
  );
}

/** By code, as an answer's description tells them: "`CODE`: when". */
function Errors({ responses }: { responses: Record<string, Response> }) {
  const errors = Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .flatMap(([status, { description, content }]) =>
      Object.entries(content?.[JSON_TYPE]?.examples ?? {}).map(([code, { value }]) => ({
        status,
        code,
        when: new RegExp(`^\`${code}\`: (.*)$`, 'm').exec(description)?.[1] ?? '',
        value,
      })),
    );
  return (
    <>
      <h4>Errors</h4>
      <ul className="errors">
        {errors.map(({ status, code, when, value }) => (
          <li key={code}>
            <details>
              <summary>
                <span className="status">{status}</span> <code>{code}</code>
              </summary>
              <Prose html={renderMarkdown(when)} />
              <CodeBlock code={{ text: toJson(value), language: 'json' }} label={`the answer ${code}`} />
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}
