import React from 'react';
import type { ApiDocument } from '../api-document.js';
import { toGuideAddress } from '../guides.js';
import { renderMarkdown } from '../markdown.js';
import { Page, Prose, type Navigation } from './layout.js';

interface ReferencePageProps {
  navigation: Navigation;
  document: ApiDocument;
  /** The HTML of each route, by operationId. */
  contents: Map<string, string>;
}

/** The whole reference on one page, so that the browser's own search finds all of it. */
export function ReferencePage({ navigation, document, contents }: ReferencePageProps) {
  return (
    <Page title="Partner API reference" navigation={navigation} address="/docs" takesKey>
      <h1 className="visually-hidden">Partner API reference</h1>
      {navigation.topics.map(({ id, title, markdown }) => (
        <section key={id} id={id} className="topic" aria-labelledby={`${id}-heading`}>
          <h2 id={`${id}-heading`}>{title}</h2>
          <Prose html={renderMarkdown(markdown, toGuideAddress)} />
        </section>
      ))}
      {navigation.tags.map(({ name, routes }) => (
        <section key={name} className="tag" aria-label={name}>
          <header>
            <h2>{name}</h2>
            <p>{document.tags.find((tag) => tag.name === name)?.description}</p>
          </header>
          {routes.map(({ operationId }) => (
            <section
              key={operationId}
              className="operation"
              id={operationId}
              aria-labelledby={`${operationId}-heading`}
              dangerouslySetInnerHTML={{ __html: contents.get(operationId)! }}
            />
          ))}
        </section>
      ))}
    </Page>
  );
}
