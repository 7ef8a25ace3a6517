import React, { type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { formatLanguage } from '../../../core/display-names.js';
import { sentence } from '../../../core/sentence.js';
import { formatCount } from '../../lib/format.js';
import { panelPath } from '../../lib/paths.js';
import { Card } from '../../ui/elements.js';
import { ScrollRegion } from '../../ui/scroll-region.js';
import { EmptyState } from '../../ui/states.js';
import type { DashboardFigures, WarmCell } from './types.js';

/** From so many missing accounts on the shade is darker. */
const MANY = 10;
const LABEL = 'Accounts in stock minus accounts wanted';

/** Accounts in stock minus accounts wanted, by vertical and language. Each cell leads to its requests. */
export const HeatMap: React.FC<{ warm: DashboardFigures['warm']; asTable: boolean }> = ({ warm, asTable }) => {
  const cells = new Map(warm.cells.map((cell) => [`${cell.vertical}\n${cell.language}`, cell]));
  return (
    <Card
      title="What to warm next"
      aside={<span className="lc-faint">in stock minus wanted · click a cell for its requests</span>}
      className="lc-warm"
    >
      {warm.verticals.length === 0 ? (
        <EmptyState title="Nothing is wanted.">No open request waits for an account.</EmptyState>
      ) : (
        <Scroller asTable={asTable}>
          <table className={asTable ? 'lc-table' : 'lc-heat'} aria-label={LABEL}>
            <thead>
              <tr>
                <th scope="col">
                  <span className="lc-visually-hidden">Vertical</span>
                </th>
                {warm.languages.map((language) => (
                  <th key={language} scope="col" title={language === 'any' ? 'any language' : formatLanguage(language)}>
                    {language}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {warm.verticals.map((vertical) => (
                <tr key={vertical}>
                  <th scope="row" title={vertical}>
                    {vertical}
                  </th>
                  {warm.languages.map((language) => (
                    <Cell key={language} cell={cells.get(`${vertical}\n${language}`)} asTable={asTable} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
      {!asTable && warm.verticals.length > 0 && (
        <div className="lc-legend lc-heat-legend">
          <span>
            <i className="few" aria-hidden="true" /> slightly short
          </span>
          <span>
            <i className="many" aria-hidden="true" /> very short
          </span>
          <span>
            <i className="stock" aria-hidden="true" /> spare accounts in stock
          </span>
        </div>
      )}
    </Card>
  );
};

const Scroller: React.FC<{ asTable: boolean; children: ReactNode }> = ({ asTable, children }) =>
  asTable ? (
    <ScrollRegion label={LABEL} className="lc-figure-table lc-warm-table">
      {children}
    </ScrollRegion>
  ) : (
    <div className="lc-scroll">{children}</div>
  );

const Cell: React.FC<{ cell: WarmCell | undefined; asTable: boolean }> = ({ cell, asTable }) => {
  if (!cell) return <td>—</td>;
  const { vertical, language, wanted, stock, stockIsMore, requests } = cell;
  const spare = stock - wanted;
  const text = spare < 0 ? `−${-spare}` : spare === 0 ? '0' : `+${spare}${stockIsMore ? ' +' : ''}`;
  const title = sentence`${vertical}, ${language}: ${formatCount(wanted, 'account')} wanted by ${formatCount(requests, 'request')}, ${stock}${stockIsMore ? ' or more' : ''} in stock`;
  const shown = asTable ? `${wanted} wanted, ${stock}${stockIsMore ? '+' : ''} in stock` : text;
  if (requests === 0) {
    return (
      <td className={getShade(spare)} title={title}>
        {shown}
      </td>
    );
  }
  const query = new URLSearchParams({ vertical, language });
  return (
    <td className={getShade(spare)}>
      <Link to={`${panelPath}?${query}`} title={title} aria-label={`${shown}. ${title}`}>
        {shown}
      </Link>
    </td>
  );
};

function getShade(spare: number): string {
  if (spare <= -2 * MANY) return 'many';
  if (spare <= -MANY) return 'more';
  if (spare < 0) return 'few';
  if (spare === 0) return 'even';
  return spare >= 2 * MANY ? 'stock much' : 'stock';
}
