import { MetricsServer } from '../../src/metrics/metrics-server.js';
import type { TestApp } from './app.js';
import { call, type Reply } from './calls.js';

export interface TestMetrics {
  port: number;
  scrape(path?: string, method?: string): Promise<Reply>;
  /** The value of one series, written as in the text: `name{label="value"}`. */
  read(series: string): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Serves the metrics of a service that was started with a `metricsPort`, on a free port. */
export async function startMetrics(service: TestApp): Promise<TestMetrics> {
  const server = service.app.get(MetricsServer, { strict: false });
  const port = await server.listen(0, '127.0.0.1');
  const scrape = (path = '/metrics', method = 'GET') => call({ baseUrl: `http://127.0.0.1:${port}` }, method, path);
  return {
    port,
    scrape,
    read: async (series) => readSeries((await scrape()).text, series),
    close: () => server.close(),
  };
}

export function readSeries(text: string, series: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
