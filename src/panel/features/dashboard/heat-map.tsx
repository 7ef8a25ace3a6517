import React from 'react';
import { Link } from 'react-router-dom';
import { Card, Empty } from '../../ui/elements.js';
import { howMany } from '../../lib/format.js';
import type { Figures, WarmCell } from './figures.js';

/** From so many missing on it is many. */
const many = 10;

/** What to warm next: accounts wanted and not in stock. Each cell leads to its requests. */
export const HeatMap: React.FC<{ warm: Figures['warm']; queuePath: string; plain: boolean }> = (props) => {
  const { warm, queuePath, plain } = props;
  const cellOf = new Map(warm.cells.map((cell) => [`${cell.vertical}\n${cell.language}`, cell]));
  return (
    <Card
      title="What to warm next"
      aside={<span className="lc-faint">in stock less wanted · click a cell for its requests</span>}
      className="lc-warm"
    >
      {warm.verticals.length === 0 ? (
        <Empty title="Nothing is wanted.">No open request waits for an account.</Empty>
      ) : (
        <div className={`lc-scroll ${plain ? 'lc-figure-table lc-warm-table' : ''}`} tabIndex={plain ? 0 : undefined}>
          <table className={plain ? 'lc-table' : 'lc-heat'} aria-label="Accounts in stock less accounts wanted">
            <thead>
              <tr>
                <th scope="col">
                  <span className="lc-unseen">Vertical</span>
                </th>
                {warm.languages.map((language) => (
                  <th key={language} scope="col">
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
                    <Cell
                      key={language}
                      cell={cellOf.get(`${vertical}\n${language}`)}
                      queuePath={queuePath}
                      plain={plain}
                    />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {!plain && warm.verticals.length > 0 && (
        <div className="lc-legend lc-heat-legend">
          <span>
            <i className="few" aria-hidden="true" /> short by a few
          </span>
          <span>
            <i className="many" aria-hidden="true" /> short by many
          </span>
          <span>
            <i className="stock" aria-hidden="true" /> in stock: spare accounts
          </span>
        </div>
      )}
    </Card>
  );
};

const Cell: React.FC<{ cell: WarmCell | undefined; queuePath: string; plain: boolean }> = ({
  cell,
  queuePath,
  plain,
}) => {
  if (!cell) return <td>—</td>;
  const { vertical, language, wanted, stock, stockIsMore, requests } = cell;
  const spare = stock - wanted;
  const text = spare < 0 ? `−${-spare}` : spare === 0 ? '0' : `+${spare}${stockIsMore ? ' +' : ''}`;
  const what = `${vertical}, ${language}: ${howMany(wanted, 'account')} wanted on ${howMany(requests, 'request')}, ${stock}${stockIsMore ? ' or more' : ''} in stock`;
  const shown = plain ? `${wanted} wanted, ${stock}${stockIsMore ? '+' : ''} in stock` : text;
  if (requests === 0) {
    return (
      <td className={shade(spare)} title={what}>
        {shown}
      </td>
    );
  }
  const query = new URLSearchParams({ vertical, language });
  return (
    <td className={shade(spare)}>
      <Link to={`${queuePath}?${query}`} title={what} aria-label={`${shown}. ${what}`}>
        {shown}
      </Link>
    </td>
  );
};

function shade(spare: number): string {
  if (spare <= -2 * many) return 'many';
  if (spare <= -many) return 'more';
  if (spare < 0) return 'few';
  if (spare === 0) return 'even';
  return spare >= 2 * many ? 'stock much' : 'stock';
}
