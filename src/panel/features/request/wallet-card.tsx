import React from 'react';
import { Link } from 'react-router-dom';
import { Card, Chip } from '../../ui/elements.js';
import type { Fulfil } from '../../lib/types.js';
import { dayOf, inUtc } from '../../ui/times.js';
import { formatDollars, howMany } from '../../lib/format.js';

/** What the partner's wallet holds and how far it reaches. */
export const WalletCard: React.FC<{ fulfil: Fulfil; now: number; resourcesPath: string }> = (props) => {
  const { request, wallet } = props.fulfil;
  const of = `filters.organizationId=${encodeURIComponent(request.partner.id)}`;
  return (
    <Card title="Wallet" aside={<Link to={`${props.resourcesPath}/ledger-transfers?${of}`}>Statement</Link>}>
      <div className="lc-big">{formatDollars(wallet.balanceCents)}</div>
      {request.status === 'requested' && <Reach fulfil={props.fulfil} />}
      <dl className="lc-facts">
        <dt>Price</dt>
        <dd>{formatDollars(wallet.priceCents)} a month each</dd>
        <dt>Commits</dt>
        <dd>
          {formatDollars(wallet.monthlyCommitmentCents)} a month
          {wallet.liveLeases > 0 && (
            <>
              {' '}
              <span className="lc-nowrap">
                (<Link to={`${props.resourcesPath}/leases?${of}`}>{howMany(wallet.liveLeases, 'lease')}</Link>)
              </span>
            </>
          )}
        </dd>
        {wallet.nextRenewalAt && (
          <>
            <dt>Next due</dt>
            <dd>
              <time dateTime={wallet.nextRenewalAt} title={inUtc(wallet.nextRenewalAt)}>
                {dayOf(wallet.nextRenewalAt, props.now)}
              </time>
              {wallet.dues.length > 0 && `, ${formatDollars(dueFirst(wallet.dues))}`}
            </dd>
            <dt>Runs dry</dt>
            <dd>
              <RunsDry at={wallet.runsDryAt} now={props.now} />
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
};

/** Within this time it is said in colour. */
const soonMs = 31 * 86_400_000;

const RunsDry: React.FC<{ at: string | null; now: number }> = ({ at, now }) => {
  if (!at) return <span className="lc-muted">not within 3 years</span>;
  const tone = Date.parse(at) - now < soonMs ? 'warn' : '';
  return (
    <Chip tone={tone} title={inUtc(at)}>
      {tone && '▲ '}
      {dayOf(at, now)}
    </Chip>
  );
};

const Reach: React.FC<{ fulfil: Fulfil }> = ({ fulfil: { request, wallet } }) => {
  const wanted = request.count - request.assignedCount;
  if (wallet.covers >= wanted) {
    const spare = wallet.covers - wanted;
    const what = wanted === 1 ? 'the last one' : `the ${wanted} still wanted`;
    return (
      <div className="lc-muted">
        covers {what}
        {spare > 0 && `, and ${spare} more`}
      </div>
    );
  }
  const missing = wanted * wallet.priceCents - wallet.balanceCents;
  return (
    <div className="lc-reach">
      <Chip tone={wallet.covers === 0 ? 'bad' : 'warn'}>
        ▲{' '}
        {wanted === 1
          ? 'does not cover the last one'
          : `covers ${wallet.covers || 'none'} of the ${wanted} still wanted`}
      </Chip>
      <div className="lc-muted">
        {formatDollars(missing)} more needed{wanted > 1 && ' for all'}
      </div>
    </div>
  );
};

/** What falls due on the day of the next renewal. */
function dueFirst(dues: Fulfil['wallet']['dues']): number {
  const dayOfFirst = dues[0]?.at.slice(0, 10);
  return dues.filter(({ at }) => at.slice(0, 10) === dayOfFirst).reduce((sum, { cents }) => sum + cents, 0);
}
