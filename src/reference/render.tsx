import { setImmediate } from 'node:timers/promises';
import React, { type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { listRoutes, type ApiDocument } from './api-document.js';
import type { Assets } from './assets.js';
import { readGuides } from './guides.js';
import { GuidePage } from './pages/guide-page.js';
import type { Navigation } from './pages/layout.js';
import { OperationContent } from './pages/operation.js';
import { ReferencePage } from './pages/reference-page.js';
import { writeTopics } from './topics.js';

/** Lets other work through between two routes: all of them take about a second. @returns the HTML of each page by its address */
export async function renderPages(document: ApiDocument, assets: Assets): Promise<Map<string, string>> {
  const routes = listRoutes(document);
  const contents = new Map<string, string>();
  for (const route of routes) {
    contents.set(route.operationId, renderToStaticMarkup(<OperationContent route={route} document={document} />));
    await setImmediate();
  }
  const guides = readGuides();
  const navigation: Navigation = {
    topics: writeTopics(routes),
    guides,
    tags: document.tags.map(({ name }) => ({ name, routes: routes.filter(({ tags }) => tags.includes(name)) })),
    assets: assets.addresses,
  };
  return new Map([
    ['/docs', render(<ReferencePage navigation={navigation} document={document} contents={contents} />)],
    ...guides.map(
      (guide) => [`/docs/guides/${guide.name}`, render(<GuidePage navigation={navigation} guide={guide} />)] as const,
    ),
  ]);
}

function render(page: ReactElement): string {
  return `<!doctype html>${renderToStaticMarkup(page)}`;
}
