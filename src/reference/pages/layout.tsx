import React, { type ReactNode } from 'react';
import type { Route } from '../api-document.js';
import type { Topic } from '../topics.js';

export interface Navigation {
  topics: Topic[];
  guides: { name: string; title: string }[];
  tags: { name: string; routes: Route[] }[];
  assets: { script: string; styles: string; icon: string };
}

interface PageProps {
  title: string;
  navigation: Navigation;
  /** The address of the page. */
  address: string;
  /** Whether there are routes to try, which takes a key. */
  takesKey?: boolean;
  children: ReactNode;
}

/** The frame of every page: the bar, the menu, the content. */
export function Page({ title, navigation, address, takesKey = false, children }: PageProps) {
  const { assets } = navigation;
  return (
    <html lang="en" data-language="curl">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="icon" href={assets.icon} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.styles} />
        <script src={assets.script} type="module" />
      </head>
      <body>
        <a className="skip" href="#content">
          Skip to the content
        </a>
        <header className="bar">
          <button type="button" className="menu-button" aria-expanded="false" aria-controls="menu">
            Menu
          </button>
          <a className="brand" href="/docs">
            Layers <span>Partner API</span>
          </a>
          {takesKey && <Key />}
        </header>
        <nav id="menu" className="menu" aria-label="Reference">
          <div className="search" hidden>
            <label htmlFor="search" className="visually-hidden">
              Find a route or a page
            </label>
            <input id="search" type="search" placeholder="Find a route or a page" autoComplete="off" />
            <kbd aria-hidden="true">/</kbd>
          </div>
          <p className="nothing" role="status" />
          <MenuGroup title="Start here">
            {navigation.topics.map(({ id, title: name }) => (
              <MenuLink key={id} href={`/docs#${id}`} address={address} text={name} />
            ))}
          </MenuGroup>
          <MenuGroup title="Guides">
            {navigation.guides.map(({ name, title: text }) => (
              <MenuLink key={name} href={`/docs/guides/${name}`} address={address} text={text} />
            ))}
          </MenuGroup>
          {navigation.tags.map(({ name, routes }) => (
            <MenuGroup key={name} title={name}>
              {routes.map(({ operationId, summary, method, path }) => (
                <MenuLink
                  key={operationId}
                  href={`/docs#${operationId}`}
                  address={address}
                  text={summary}
                  method={method}
                  words={`${method} ${path} ${operationId}`}
                />
              ))}
            </MenuGroup>
          ))}
        </nav>
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </body>
    </html>
  );
}

/** Of the calls that are tried out; its script is `assets/key.js`. */
function Key() {
  return (
    <div className="key" hidden>
      <span id="key-hint">In this tab’s memory alone: a reload forgets it.</span>
      <label htmlFor="key">Your key</label>
      <input
        id="key"
        type="password"
        autoComplete="off"
        spellCheck={false}
        placeholder="lp_test_…"
        aria-describedby="key-hint"
      />
      <span className="key-status" role="status" />
      <button type="button" className="forget" hidden>
        Forget<span className="visually-hidden"> the key</span>
      </button>
    </div>
  );
}

function MenuGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="group">
      <h2>{title}</h2>
      <ul>{children}</ul>
    </section>
  );
}

interface MenuLinkProps {
  href: string;
  address: string;
  text: string;
  method?: string;
  /** What the search finds it by besides its text. */
  words?: string;
}

function MenuLink({ href, address, text, method, words = '' }: MenuLinkProps) {
  return (
    <li data-words={`${text} ${words}`.toLowerCase()}>
      <a href={href} aria-current={href === address ? 'page' : undefined}>
        <span>{text}</span>
        {method && <Method name={method} />}
      </a>
    </li>
  );
}

export function Method({ name }: { name: string }) {
  return <span className={`method ${name.toLowerCase()}`}>{name === 'DELETE' ? 'DEL' : name}</span>;
}

/** HTML that `markdown.ts` made of texts of ours. */
export function Prose({ html }: { html: string }) {
  return <div className="prose" dangerouslySetInnerHTML={{ __html: html }} />;
}
