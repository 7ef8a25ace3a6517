import React from 'react';
import { Link } from 'react-router-dom';
import { formatCount, formatDollars } from '../../lib/format.js';
import { toListPath } from '../../lib/paths.js';
import { formatDay, formatUtc } from '../../lib/times.js';
import { Card, Chip } from '../../ui/elements.js';
import { Day } from '../../ui/times.js';
import type { RequestView } from './types.js';

/** What the partner's wallet holds, and how many of the wanted accounts it pays for. */
export const WalletCard: React.FC<{ view: RequestView; now: number }> = ({ view, now }) => {
  const { request, wallet } = view;
  const filters = { organizationId: request.partner.id };
  return (
    <Card title="Wallet" aside={<Link to={toListPath('ledger-transfers', filters)}>Statement</Link>}>
      <div className="lc-big">{formatDollars(wallet.balanceCents)}</div>
      {request.status === 'requested' && <Coverage view={view} />}
      <dl className="lc-facts">
        <dt>Price</dt>
        <dd>{formatDollars(wallet.priceCents)} a month each</dd>
        <dt>Committed</dt>
        <dd>
          {formatDollars(wallet.monthlyCommitmentCents)} a month
          {wallet.liveLeases > 0 && (
            <>
              {' '}
              <span className="lc-nowrap">
                (<Link to={toListPath('leases', filters)}>{formatCount(wallet.liveLeases, 'lease')}</Link>)
              </span>
            </>
          )}
        </dd>
        {wallet.nextRenewalAt && (
          <>
            <dt>Next due</dt>
            <dd>
              <Day iso={wallet.nextRenewalAt} now={now} />
              {wallet.dues.length > 0 && `, ${formatDollars(getFirstDayDueCents(wallet.dues))}`}
            </dd>
            <dt>Lasts until</dt>
            <dd>
              <BalanceDepleted at={wallet.runsDryAt} now={now} />
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
};

const WARNING_MS = 31 * 86_400_000;

const BalanceDepleted: React.FC<{ at: string | null; now: number }> = ({ at, now }) => {
  if (!at) return <span className="lc-muted">over 3 years</span>;
  const tone = Date.parse(at) - now < WARNING_MS ? 'warn' : '';
  return (
    <Chip tone={tone} title={formatUtc(at)}>
      {tone && '▲ '}
      {formatDay(at, now)}
    </Chip>
  );
};

const Coverage: React.FC<{ view: RequestView }> = ({ view: { request, wallet, cover } }) => {
  if (!cover) return null;
  const wanted = request.count - request.assignedCount;
  const { walletCovers: net, walletCoversAlone: alone, earlierWanted } = cover;
  const afterOthers = net < alone ? ' after earlier requests' : '';
  if (net >= wanted) {
    const spare = wallet.covers - earlierWanted - wanted;
    return (
      <div className="lc-muted">
        covers {wanted === 1 ? 'the last one' : `the ${wanted} still wanted`}
        {spare > 0 && `, and ${spare} more`}
      </div>
    );
  }
  const missingCents = (earlierWanted + wanted) * wallet.priceCents + wallet.owedCents - wallet.balanceCents;
  return (
    <div className="lc-coverage">
      <Chip tone={net === 0 ? 'bad' : 'warn'}>
        ▲{' '}
        {wanted === 1
          ? `does not cover the last one${afterOthers}`
          : `covers ${net || 'none'} of ${afterOthers ? wanted : `the ${wanted} still wanted`}${afterOthers}`}
      </Chip>
      <div className="lc-muted">
        {afterOthers && `${alone >= wanted ? `all ${wanted}` : `${alone} of ${wanted}`} alone · `}
        {formatDollars(missingCents)} more needed{(wanted > 1 || afterOthers) && ' for all'}
      </div>
    </div>
  );
};

/** What falls due on the (UTC) day of the next renewal. */
function getFirstDayDueCents(dues: RequestView['wallet']['dues']): number {
  const getDay = ({ at }: (typeof dues)[number]) => at.slice(0, 10);
  const firstDay = dues[0] && getDay(dues[0]);
  return dues.filter((due) => getDay(due) === firstDay).reduce((sum, { cents }) => sum + cents, 0);
}
