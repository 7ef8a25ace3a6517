import './panel-files.js';
import AdminJS from 'adminjs';
import { componentLoader, Components } from './components.js';
import { ROWS_A_PAGE } from './list-query.js';
import { locale } from './locale.js';
import { dashboardPage } from './pages/dashboard.js';
import { monthPage } from './pages/month.js';
import { queuePage } from './pages/queue.js';
import { renewalsPage } from './pages/renewals.js';
import { searchPage } from './pages/search.js';
import type { PanelServices } from './panel-services.js';
import { houseResources } from './resources/house.js';
import { moneyResources } from './resources/money.js';
import { partnerResources } from './resources/partners.js';
import { poolResources } from './resources/pool.js';
import { requestResources } from './resources/requests.js';
import { assets, branding } from './theme.js';

/** Where the panel is. */
export const panelPath = '/admin';

/** AdminJS with this house's resources, pages and looks. */
export function adminOver(services: PanelServices): AdminJS {
  const handler = queuePage(services);
  return new AdminJS({
    rootPath: panelPath,
    loginPath: `${panelPath}/login`,
    logoutPath: `${panelPath}/logout`,
    componentLoader,
    branding,
    assets,
    locale,
    settings: { defaultPerPage: ROWS_A_PAGE },
    dashboard: { component: Components.Queue, handler },
    pages: {
      queue: { component: Components.Queue, handler },
      dashboard: { component: Components.Dashboard, handler: dashboardPage(services) },
      renewals: { component: Components.Renewals, handler: renewalsPage(services) },
      month: { component: Components.Month, handler: monthPage(services) },
      search: { component: Components.Search, handler: searchPage(services) },
    },
    resources: [
      ...requestResources(services),
      ...poolResources(services),
      ...moneyResources(services),
      ...partnerResources(services),
      ...houseResources(services),
    ],
  });
}
