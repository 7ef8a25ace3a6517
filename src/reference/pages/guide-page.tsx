import React from 'react';
import type { Guide } from '../guides.js';
import { Page, Prose, type Navigation } from './layout.js';

export function GuidePage({ navigation, guide }: { navigation: Navigation; guide: Guide }) {
  return (
    <Page title={`${guide.title} – Partner API`} navigation={navigation} address={`/docs/guides/${guide.name}`}>
      <article className="topic">
        <Prose html={guide.html} />
      </article>
    </Page>
  );
}
