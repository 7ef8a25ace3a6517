import AdminJS from 'adminjs';
import { componentLoader, Components } from '../bundle/components.js';
import { ROWS_PER_PAGE } from '../resources/list-query.js';
import { panelPath } from '../http/paths.js';
import { locale } from './locale.js';
import { dashboardPage } from '../page-handlers/dashboard.js';
import { monthPage } from '../page-handlers/month.js';
import { queuePage } from '../page-handlers/queue.js';
import { renewalsPage } from '../page-handlers/renewals.js';
import { searchPage } from '../page-handlers/search.js';
import type { PanelServices } from '../panel-services.js';
import { auditAndStaffResources } from '../resources/audit-and-staff.js';
import { callResources } from '../resources/calls.js';
import { moneyResources } from '../resources/money.js';
import { partnerResources } from '../resources/partners.js';
import { poolResources } from '../resources/pool.js';
import { requestResources } from '../resources/requests.js';
import { webhookResources } from '../resources/webhooks.js';
import { assets, branding } from './theme.js';

export function createAdmin(services: PanelServices): AdminJS {
  const handler = queuePage(services);
  return new AdminJS({
    rootPath: panelPath,
    loginPath: `${panelPath}/login`,
    logoutPath: `${panelPath}/logout`,
    componentLoader,
    branding,
    assets,
    locale,
    settings: { defaultPerPage: ROWS_PER_PAGE },
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
      ...webhookResources(services),
      ...callResources(services),
      ...auditAndStaffResources(services),
    ],
  });
}
