import type { DashboardFigures as DashboardFiguresAnswer } from '../../../dashboard/figures.js';
import type { Jsonified } from '../../lib/jsonified.js';

/** Days and months are those of the business's time zone. */
export type DashboardFigures = Jsonified<DashboardFiguresAnswer>;
export type Speed = DashboardFigures['speed']['whole'];
export type WarmCell = DashboardFigures['warm']['cells'][number];
