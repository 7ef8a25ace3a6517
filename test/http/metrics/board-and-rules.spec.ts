import fs from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { startTestApp } from '../../support/app.js';
import { startMetrics } from '../../support/metrics.js';

interface Board {
  panels: { id: number; title: string; targets: { expr: string }[]; gridPos: { x: number; w: number } }[];
}
interface Rules {
  groups: { rules: { alert: string; expr: string; labels: object; annotations: { summary: string } }[] }[];
}

const board = JSON.parse(fs.readFileSync('docs/operations/grafana-board.json', 'utf8')) as Board;
const rules = (parse(fs.readFileSync('docs/operations/prometheus-rules.yaml', 'utf8')) as Rules).groups.flatMap(
  (group) => group.rules,
);
const boardExpressions = board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const expressions = [...boardExpressions, ...rules.map(({ expr }) => expr)];

/** Prometheus' own; it says whether a scrape succeeded. */
const ownMetrics = ['up'];

/** The names in a PromQL expression that are neither functions, nor operators, nor labels. */
function metricsIn(expression: string): string[] {
  const bare = expression.replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ').replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ');
  const names = [...bare.matchAll(/(?<![\w$.])[a-zA-Z_]\w*(?!\w)(?!\s*\()/g)].map(([name]) => name);
  return names.filter((name) => !['and', 'or', 'unless', 'bool', 'offset'].includes(name));
}

describe('docs/operations', () => {
  /** Each name of a series that is exported. */
  const exported = new Set(ownMetrics);
  beforeAll(async () => {
    const service = await startTestApp({ metricsPort: 1 });
    const metrics = await startMetrics(service);
    const { text } = await metrics.scrape();
    for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      for (const suffix of type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) exported.add(name! + suffix);
    }
    await metrics.close();
    await service.close();
  });

  it('shows and watches nothing but what is exported', () => {
    expect(expressions.filter((one) => metricsIn(one).length === 0)).toEqual([]);
    expect([...new Set(expressions.flatMap(metricsIn))].filter((name) => !exported.has(name))).toEqual([]);
  });

  it('shows every figure of ours', () => {
    const shown = new Set(boardExpressions.flatMap(metricsIn));
    const ours = [...exported].filter((name) => name.startsWith('lease_console_') || name.startsWith('db_client_'));
    expect(ours.filter((name) => !shown.has(name))).toEqual([]);
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    for (const { gridPos } of board.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  it('warns of a ledger that was never verified, whose age is no series yet', () => {
    const { expr } = rules.find(({ alert }) => alert === 'LeaseConsoleLedgerNotVerified')!;
    expect(expr).toContain('absent(lease_console_ledger_verification_age_seconds)');
  });

  it('explains every alert and names each once', () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    for (const { annotations, labels } of rules) {
      expect(annotations.summary).not.toBe('');
      expect(labels).toEqual({ severity: expect.stringMatching(/^(page|warn)$/) });
    }
  });
});
