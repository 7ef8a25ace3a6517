import { days, hours, type DemoPartner } from './scenario.js';

/** Every lease begins less than four weeks ago, so that none renews on the demo's first day. */
export const laterPartners: DemoPartner[] = [
  {
    name: 'Tidepool Skincare',
    projects: ['Barrier cream'],
    priceCents: 12_000,
    joinedDaysAgo: 64,
    walletCents: 600_000,
    adjustments: [{ daysAgo: 14, cents: 12_000, reason: 'Goodwill for two days without posts.' }],
    requests: [
      {
        minutesAgo: days(24, 2),
        body: { count: 3, niche: { vertical: 'skincare', language: 'en', geo: ['US', 'GB', 'AU'] } },
        actions: [
          { afterMinutes: 40, assign: 3, by: 'jo', everyMinutes: 7 },
          {
            afterMinutes: days(4),
            disconnect: 3,
            by: 'ada',
            reason: 'Lost to a takeover; support has closed the case.',
            refund: false,
          },
        ],
      },
      {
        minutesAgo: days(7, 5),
        body: { count: 1, niche: { vertical: 'skincare' }, target: 'Prescription retinoid before and after.' },
        actions: [
          { afterMinutes: hours(5), note: 'Prescription claims: asked legal.', by: 'jo', blocker: 'policy' },
          {
            afterMinutes: hours(30),
            reject: 'We cannot place content about prescription medicine. Everything else is welcome.',
            by: 'jo',
            outcome: 'policy',
          },
        ],
      },
      {
        minutesAgo: hours(9),
        body: {
          count: 4,
          niche: { vertical: 'skincare', language: 'en', geo: ['US', 'CA'] },
          note: 'Two by Wednesday would be great.',
        },
        actions: [
          { afterMinutes: hours(1), assign: 1, by: 'jo' },
          { afterMinutes: hours(1) + 9, undo: 1, by: 'jo', reason: 'Wrong account: it posts about pets.' },
          { afterMinutes: hours(1) + 12, assign: 2, by: 'jo', everyMinutes: 3 },
        ],
      },
    ],
  },
  {
    name: 'Nomad Noodles',
    projects: ['Tokyo to Turin'],
    joinedDaysAgo: 30,
    walletCents: 210_000,
    requests: [
      {
        minutesAgo: days(13, 8),
        body: { count: 2, niche: { vertical: 'street food' }, target: 'One dish, one minute.' },
        actions: [
          { afterMinutes: 50, assign: 2, by: 'omar', everyMinutes: 5 },
          { afterMinutes: days(5), release: 1 },
        ],
      },
      {
        minutesAgo: days(4, 2),
        body: { count: 6, niche: { vertical: 'street food', language: 'zh-hant-tw', geo: ['TW'] } },
        actions: [
          {
            afterMinutes: hours(7),
            note: 'We have no warm account from Taiwan, and none in warming before January.',
            by: 'omar',
            visible: true,
            blocker: 'no_inventory',
          },
          {
            afterMinutes: hours(40),
            reject: 'Nothing fits this wish before January, so we close it. English ones are ready today.',
            by: 'omar',
            outcome: 'no_inventory',
          },
        ],
      },
      {
        minutesAgo: hours(2) + 20,
        body: { count: 3, niche: { vertical: 'street food', language: 'en' } },
        actions: [],
      },
    ],
  },
  {
    name: 'Hound & Harbor',
    projects: ['Adoption weeks', 'Winter coats'],
    joinedDaysAgo: 45,
    walletCents: 400_000,
    killedKey: 'Old agency',
    requests: [
      {
        minutesAgo: days(9, 4),
        body: { count: 3, niche: { vertical: 'pets', audience: 'dog people', language: 'en' } },
        actions: [{ afterMinutes: 35, assign: 3, by: 'jo', everyMinutes: 6 }],
      },
      {
        minutesAgo: days(6, 1),
        project: 1,
        body: {
          count: 10,
          niche: { vertical: 'pets', language: 'en', geo: ['GB', 'IE'] },
          target: 'Dogs in raincoats.',
        },
        actions: [
          { afterMinutes: hours(3), assign: 2, by: 'omar', everyMinutes: 6 },
          {
            afterMinutes: hours(4),
            note: 'Two of ten so far. Would Canada do as well?',
            by: 'omar',
            visible: true,
            blocker: 'needs_clarification',
          },
          { afterMinutes: hours(28), clearBlocker: true, by: 'omar' },
          {
            afterMinutes: hours(29),
            note: 'They rang: GB and IE only. Waiting for the shelter batch.',
            by: 'omar',
            blocker: 'other',
          },
        ],
      },
    ],
  },
  {
    name: 'Loom Collective',
    projects: ['Second hand first'],
    joinedDaysAgo: 38,
    walletCents: 105_000,
    lowBalanceCents: 60_000,
    requests: [
      {
        minutesAgo: days(17, 7),
        body: { count: 4, niche: { vertical: 'fashion', language: 'en' }, target: 'Thrift hauls without the haul.' },
        actions: [
          { afterMinutes: hours(2), assign: 3, by: 'jo', everyMinutes: 5 },
          { afterMinutes: hours(3), note: 'The fourth turned out to be quarantined.', by: 'jo' },
          {
            afterMinutes: hours(30),
            closeShort: 'Three of four: the last account failed our review, and you were not charged for it.',
            by: 'jo',
          },
        ],
      },
      {
        minutesAgo: days(1, 20),
        body: { count: 2, niche: { vertical: 'fashion', geo: ['IT', 'ES', 'FR'] } },
        actions: [{ afterMinutes: hours(3), assign: 1, by: 'omar' }],
      },
    ],
  },
  {
    name: 'Velvet Static',
    projects: ['Debut album'],
    joinedDaysAgo: 29,
    walletCents: 60_000,
    suspendedDaysAgo: 2,
    requests: [
      {
        minutesAgo: days(11, 3),
        body: { count: 1, niche: { vertical: 'music', language: 'en' } },
        actions: [{ afterMinutes: 80, assign: 1, by: 'omar' }],
      },
      {
        minutesAgo: days(3, 1),
        body: { count: 12, niche: { vertical: 'music', language: 'en' }, target: 'Buy followers for the album.' },
        actions: [
          { afterMinutes: hours(2), note: 'Reads like follower buying. Ada looks at it.', by: 'jo', blocker: 'policy' },
          {
            afterMinutes: hours(3),
            note: 'We are looking at your request and come back to you this week.',
            by: 'jo',
            visible: true,
          },
        ],
      },
    ],
  },
  {
    name: 'Greenhouse Radio',
    projects: ['Balcony season'],
    joinedDaysAgo: 26,
    walletCents: 180_000,
    requests: [
      {
        minutesAgo: days(5, 22),
        body: { count: 2, niche: { vertical: 'gardening', language: 'en' } },
        actions: [
          { afterMinutes: 48, note: 'Welcome! Your two accounts follow within the hour.', by: 'jo', visible: true },
          { afterMinutes: 60, withdrawLastNote: true, by: 'jo' },
          { afterMinutes: 75, assign: 2, by: 'jo', everyMinutes: 4 },
        ],
      },
      {
        minutesAgo: days(2, 20),
        body: { count: 1, niche: { vertical: 'x' }, note: 'test' },
        actions: [
          {
            afterMinutes: hours(2),
            reject: 'This looks like a test. Ask again with a vertical, and we start at once.',
            by: 'omar',
            outcome: 'unclear',
          },
        ],
      },
      {
        minutesAgo: 12,
        body: {
          count: 3,
          niche: { vertical: 'Gardening', language: 'EN-us', geo: ['US', 'CA'] },
          target: 'Winter herbs on a windowsill.',
        },
        actions: [],
      },
    ],
  },
];
