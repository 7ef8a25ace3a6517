const fulfil = (id, search = '') => `/resources/lease-requests/records/${id}/fulfil${search}`;
const list = (resource, search = '') => `/resources/${resource}/actions/list${search}`;
const queue = (search = '') => `/pages/queue${search}`;

/** The request that is most like it; a small database may have none that is quite so. */
const request = (where, order = 'id') =>
  `SELECT id FROM lease_request WHERE status = 'requested' ORDER BY coalesce(${where}, false) DESC, ${order} LIMIT 1`;
const closedRequest = (order) => `SELECT id FROM lease_request WHERE status = 'assigned' ORDER BY ${order} LIMIT 1`;
const hotPartner = `'org_' || lpad('1', 26, '0')`;
const smallPartner = '(SELECT id FROM organization ORDER BY id DESC LIMIT 1)';
const ofHotPartner = `organization_id = ${hotPartner}`;

/** Goes so many pages on from the first. */
async function cursorAfter(service, address, pages) {
  let cursor = null;
  for (let page = 0; page < pages; page += 1) {
    const { body } = await service.get(`${address}${cursor ? `&cursor=${cursor}` : ''}`);
    if (!body.nextCursor) break;
    cursor = body.nextCursor;
  }
  return cursor ? `${address}&cursor=${cursor}` : address;
}

/** What adds up every live lease, or every transfer: it grows with them. */
export const wholeReads = ['renewals', 'wallets', 'month', 'month, the one before'];

/** The address that a question reads, found out before anything is measured. */
export const questions = {
  queue: () => queue(),
  'queue, mine': () => queue('?view=mine'),
  'queue, unclaimed': () => queue('?view=unclaimed'),
  'queue, overdue': () => queue('?view=overdue'),
  'queue, blocked': () => queue('?view=blocked'),
  'queue, wallet short': () => queue('?view=wallet-short'),
  'queue, a blocker': () => queue('?blocker=policy'),
  'queue, a rare blocker': () => queue('?blocker=other'),
  'queue, a vertical': () => queue('?vertical=coffee'),
  'queue, no such vertical': () => queue('?vertical=nothing'),
  'queue, a language': () => queue('?language=en'),
  'queue, no language': () => queue('?language=any'),
  'queue, a partner': (service) => service.one(`SELECT ${hotPartner}`).then((id) => queue(`?partner=${id}`)),
  "queue, part of a partner's name": () => queue('?partner=number%201'),
  'queue, text of a few': () => queue('?q=number%2012'),
  'queue, text of none': () => queue('?q=zzzzzz'),
  'queue, text of all': () => queue('?q=e'),
  'queue, everything at once': () => queue('?view=unclaimed&vertical=coffee&language=en&q=number'),
  'queue, second page': (service) => cursorAfter(service, queue('?view=all'), 1),
  'queue, a late page': (service) => cursorAfter(service, queue('?view=all'), 80),

  'request, open': (service) => service.one(request('true', 'submitted_at DESC')).then((id) => fulfil(id)),
  'request, of the largest partner': (service) => service.one(request(`${ofHotPartner}`)).then((id) => fulfil(id)),
  'request, no language or country': (service) =>
    service.one(request("language IS NULL AND geo IS NULL AND vertical = 'coffee'")).then((id) => fulfil(id)),
  'request, unknown vertical': (service) => service.one(request("vertical LIKE '% fans'")).then((id) => fulfil(id)),
  "request, a partner's word": (service) => service.one(request("vertical LIKE 'the %'")).then((id) => fulfil(id)),
  'request, fifty accounts': (service) =>
    service.one(request('count = 50', 'assigned_count DESC, id')).then((id) => fulfil(id)),
  'request, final': (service) => service.one(closedRequest('submitted_at DESC')).then((id) => fulfil(id)),
  'request, old and final': (service) => service.one(closedRequest('submitted_at')).then((id) => fulfil(id)),
  'request, pool searched': (service) => service.one(request('true')).then((id) => fulfil(id, '?q=yoga.1')),
  'request, pool searched by one letter': (service) => service.one(request('true')).then((id) => fulfil(id, '?q=a')),
  'request, pool searched by language': (service) => service.one(request('true')).then((id) => fulfil(id, '?q=en')),
  'request, pool searched for none': (service) => service.one(request('true')).then((id) => fulfil(id, '?q=zzzzzz')),
  'requests, list': () => list('lease-requests'),
  'requests, open': () => list('lease-requests', '?filters.status=requested'),
  'requests, of a partner': (service) =>
    service.one(`SELECT ${hotPartner}`).then((id) => list('lease-requests', `?filters.organizationId=${id}`)),
  'requests, a vertical': () => list('lease-requests', '?filters.vertical=coffee'),
  'requests, no such id': () => list('lease-requests', '?filters.requestId=zzzzzz'),

  pool: () => list('social-accounts'),
  'pool, last page': () => list('social-accounts', '?page=201&perPage=50'),
  'pool, by handle': () => list('social-accounts', '?sortBy=handle&direction=asc'),
  'pool, by followers': () => list('social-accounts', '?sortBy=followers&direction=desc'),
  'pool, a status': () => list('social-accounts', '?filters.status=available'),
  'pool, a rare status': () => list('social-accounts', '?filters.status=retired'),
  'pool, a vertical': () => list('social-accounts', '?filters.verticals=coffee'),
  'pool, no such vertical': () => list('social-accounts', '?filters.verticals=nothing'),
  'pool, a language': () => list('social-accounts', '?filters.language=en'),
  'pool, a language by region': () => list('social-accounts', '?filters.language=en-GB'),
  'pool, no such language': () => list('social-accounts', '?filters.language=xx'),
  'pool, a country': () => list('social-accounts', '?filters.countries=US'),
  'pool, no such country': () => list('social-accounts', '?filters.countries=AQ'),
  'pool, followers': () => list('social-accounts', '?filters.followers~~from=400000'),
  'pool, hardly any with so many followers': () => list('social-accounts', '?filters.followers~~from=500900'),
  'pool, none with so many followers': () => list('social-accounts', '?filters.followers~~from=9000000'),
  'pool, a handle': () => list('social-accounts', '?filters.handle=yoga.1'),
  'pool, one letter of a handle': () => list('social-accounts', '?filters.handle=o'),
  'pool, no such handle': () => list('social-accounts', '?filters.handle=zzzzzz'),
  'pool, status, vertical and language': () =>
    list('social-accounts', '?filters.status=available&filters.verticals=coffee&filters.language=en'),
  'pool, everything at once': () =>
    list(
      'social-accounts',
      '?filters.status=available&filters.verticals=coffee&filters.language=en&filters.countries=US&filters.followers~~from=100000&filters.handle=coffee',
    ),
  'pool, filtered and sorted': () =>
    list('social-accounts', '?filters.verticals=coffee&filters.language=de&sortBy=followers&direction=desc'),
  'account, its leases': (service) =>
    service
      .one('SELECT social_account_id FROM lease GROUP BY 1 ORDER BY count(*) DESC LIMIT 1')
      .then((id) => `/resources/social-accounts/records/${id}/overview`),
  verticals: () => list('verticals'),
  'verticals, the scarcest first': () => list('verticals', '?sortBy=available&direction=asc'),
  'vertical, a common one': () => '/resources/verticals/records/coffee/show',

  dashboard: () => '/pages/dashboard',
  'dashboard, 7 days': () => '/pages/dashboard?days=7',
  'dashboard, 90 days': () => '/pages/dashboard?days=90',

  'search, a handle': () => '/pages/search?q=yoga.1',
  'search, two letters': () => '/pages/search?q=yo',
  'search, three letters of many': () => '/pages/search?q=fee',
  "search, a request's own id": (service) =>
    service
      .one("SELECT request_id FROM lease_request WHERE request_id LIKE 'camp%' LIMIT 1")
      .then((id) => `/pages/search?q=${id}`),
  "search, part of many requests' ids": () => '/pages/search?q=campaign',
  'search, an id': (service) => service.one(request('true')).then((id) => `/pages/search?q=${id}`),
  'search, a partner': () => '/pages/search?q=number%2012',
  'search, a key': () => '/pages/search?q=lp_live_000000000000000A',
  'search, a reference': () => '/pages/search?q=Invoice%20000012-3',
  'search, nothing': () => '/pages/search?q=zzzzzz',

  leases: () => list('leases'),
  'leases, of a partner': (service) =>
    service.one(`SELECT ${hotPartner}`).then((id) => list('leases', `?filters.organizationId=${id}`)),
  'leases, past due': () => list('leases', '?filters.status=past_due'),
  wallets: () => list('wallets'),
  'wallets, a name': () => list('wallets', '?filters.organizationName=number%2012'),
  'wallet, of the largest partner': (service) =>
    service.one(`SELECT ${hotPartner}`).then((id) => `/resources/wallets/records/${id}/overview`),
  partners: () => list('organizations'),
  'partners, a name': () => list('organizations', '?filters.name=number%2012'),
  'partner, the largest': (service) =>
    service.one(`SELECT ${hotPartner}`).then((id) => `/resources/organizations/records/${id}/overview`),
  keys: () => list('api-keys'),
  transfers: () => list('ledger-transfers'),
  'transfers, of a partner': (service) =>
    service.one(`SELECT ${hotPartner}`).then((id) => list('ledger-transfers', `?filters.organizationId=${id}`)),
  'transfers, a reference': () => list('ledger-transfers', '?filters.reference=Invoice%20000012'),
  'transfers, of a kind': () => list('ledger-transfers', '?filters.kind=top_up'),
  renewals: () => '/pages/renewals',
  month: () => '/pages/month',
  'month, the one before': () => {
    const month = new Date();
    month.setUTCDate(0);
    return `/pages/month?month=${month.toISOString().slice(0, 7)}`;
  },
  'wallet, of a small partner': (service) =>
    service.one(`SELECT ${smallPartner}`).then((id) => `/resources/wallets/records/${id}/overview`),
  'wallet, one that is past due': (service) =>
    service
      .one(
        "SELECT organization_id FROM lease GROUP BY 1 ORDER BY count(*) FILTER (WHERE status = 'past_due') DESC LIMIT 1",
      )
      .then((id) => `/resources/wallets/records/${id}/overview`),
  'partner, a small one': (service) =>
    service.one(`SELECT ${smallPartner}`).then((id) => `/resources/organizations/records/${id}/overview`),
  notes: () => list('request-notes'),
  audit: () => list('audit-events'),
  'audit, a type': () => list('audit-events', '?filters.type=lease_request.submitted'),
  'audit, a rare type': () => list('audit-events', '?filters.type=wallet.adjusted'),
  'audit, of a partner': (service) =>
    service.one(`SELECT ${hotPartner}`).then((id) => list('audit-events', `?filters.organizationId=${id}`)),
  'audit, a name': () => list('audit-events', '?filters.actorName=Colleague'),
  'audit, a kind of actor that did nothing': () => list('audit-events', '?filters.actorKind=system'),
  'audit, no such actor': () => list('audit-events', '?filters.actorId=stf_nobody'),
  'audit, no such call': () => list('audit-events', '?filters.requestId=req_none'),
  'audit, no such name': () => list('audit-events', '?filters.actorName=zzzzzz'),
};
