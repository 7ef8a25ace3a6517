import { PUBLISHED_PROJECT_ID } from './published-page.js';
import { days, hours, type DemoPartner } from './scenario.js';

/** Every lease begins less than four weeks ago, so that none renews on the demo's first day. */
export const earlyPartners: DemoPartner[] = [
  {
    name: 'Quinn Coffee',
    projects: ['Home espresso', 'Filter club'],
    projectId: PUBLISHED_PROJECT_ID,
    tier: 'partner',
    joinedDaysAgo: 41,
    walletCents: 300_000,
    lowBalanceCents: 150_000,
    topUps: [{ daysAgo: 9, cents: 250_000, reference: 'INV-2291' }],
    requests: [
      {
        minutesAgo: days(19, 5),
        body: {
          count: 4,
          niche: { vertical: 'coffee', audience: 'home baristas 25–40', language: 'en', geo: ['US', 'CA', 'GB'] },
          target: 'Short-form brew tutorials.',
          requestId: 'espresso-october-1',
        },
        actions: [
          { afterMinutes: 45, assign: 4, by: 'omar', everyMinutes: 6 },
          { afterMinutes: days(11), release: 2, reason: 'Tone did not fit the brand.' },
        ],
      },
      {
        minutesAgo: days(8, 2),
        project: 1,
        body: { count: 3, niche: { vertical: 'coffee', language: 'de', geo: ['DE', 'AT'] }, requestId: 'filter-dach' },
        actions: [
          { afterMinutes: 90, assign: 1, by: 'jo' },
          {
            afterMinutes: 95,
            note: 'Only one of the German ones is warm; two more come out of warming in a month.',
            by: 'jo',
          },
          {
            afterMinutes: hours(26),
            closeShort: 'One account is ready today. Please ask again next month for the others.',
            by: 'jo',
            outcome: 'no_inventory',
          },
        ],
      },
      {
        minutesAgo: hours(5),
        body: {
          count: 5,
          niche: { vertical: 'coffee', audience: 'students and first flats', language: 'en', geo: ['US', 'GB'] },
          target: 'Cheap good coffee at home; paid UGC-style creative for ads.',
        },
        actions: [
          { afterMinutes: 70, assign: 2, by: 'omar', everyMinutes: 4 },
          { afterMinutes: 80, note: 'Started with two US ones; the rest after lunch.', by: 'omar' },
        ],
      },
    ],
  },
  {
    name: 'Fernweh Reisen',
    projects: ['Inseln 2027', 'Night trains'],
    tier: 'pilot',
    joinedDaysAgo: 60,
    walletCents: 900_000,
    topUps: [{ daysAgo: 16, cents: 600_000, reference: 'RE-2026-0418' }],
    requests: [
      {
        minutesAgo: days(22, 3),
        body: { count: 3, niche: { vertical: 'travel', language: 'en' }, target: 'Island guides for families.' },
        actions: [{ afterMinutes: 30, assign: 3, by: 'jo', everyMinutes: 9 }],
      },
      {
        minutesAgo: days(15, 20),
        project: 1,
        body: {
          count: 2,
          niche: { vertical: 'travel', geo: ['FR', 'CH', 'ES', 'US'] },
          note: 'Sleeper trains across Europe.',
        },
        actions: [
          { afterMinutes: hours(3), assign: 2, by: 'omar', everyMinutes: 5 },
          {
            afterMinutes: days(6),
            disconnect: 1,
            by: 'fiona',
            reason: 'TikTok banned the account after mass reports.',
            refund: true,
          },
        ],
      },
      {
        minutesAgo: days(2, 7),
        body: {
          count: 6,
          niche: { vertical: 'travel', audience: 'families', language: 'de', geo: ['DE', 'AT', 'CH'] },
          target: 'Herbstferien in den Bergen.',
        },
        actions: [
          { afterMinutes: hours(2), assign: 1, by: 'omar' },
          {
            afterMinutes: hours(3),
            note: 'One is yours. The next German ones come out of warming on Friday.',
            by: 'omar',
            visible: true,
            blocker: 'no_inventory',
          },
        ],
      },
      {
        minutesAgo: 38,
        body: { count: 2, niche: { vertical: 'travel', language: 'es', geo: ['ES', 'MX'] } },
        actions: [],
      },
    ],
  },
  {
    name: 'Petit Four Studio',
    projects: ['Atelier'],
    joinedDaysAgo: 33,
    walletCents: 90_000,
    requests: [
      {
        minutesAgo: days(12, 6),
        body: {
          count: 2,
          niche: { vertical: 'baking', geo: ['FR', 'BE', 'US', 'GB'] },
          target: 'Petits gâteaux, pas à pas.',
        },
        actions: [{ afterMinutes: 55, assign: 2, by: 'jo', everyMinutes: 3 }],
      },
      {
        minutesAgo: days(1, 4),
        body: {
          count: 3,
          niche: { vertical: 'baking', audience: 'bakers', language: 'en' },
          note: 'Same as last time, please.',
        },
        actions: [
          {
            afterMinutes: hours(2),
            note: 'Last time was French, this asks for English. Which of the two do you want?',
            by: 'jo',
            visible: true,
            blocker: 'needs_clarification',
          },
        ],
      },
    ],
  },
  {
    name: 'Kilo & Co',
    projects: ['Kettlebell app'],
    joinedDaysAgo: 48,
    walletCents: 75_000,
    lowBalanceCents: 50_000,
    topUps: [{ daysAgo: 20, cents: 15_000, reference: 'kilo-0007' }],
    requests: [
      {
        minutesAgo: days(18, 1),
        body: { count: 5, niche: { vertical: 'fitness', language: 'en', geo: ['US', 'GB', 'CA', 'AU'] } },
        actions: [
          { afterMinutes: 65, assign: 4, by: 'omar', everyMinutes: 4 },
          { afterMinutes: hours(20), assign: 1, by: 'jo' },
        ],
      },
      {
        minutesAgo: days(3, 10),
        body: {
          count: 5,
          niche: { vertical: 'fitness', audience: 'beginners over 40', language: 'en' },
          target: 'Five-minute routines.',
        },
        actions: [
          {
            afterMinutes: hours(4),
            note: 'Your wallet covers one of the five. We start as soon as it is topped up.',
            by: 'jo',
            visible: true,
            blocker: 'wallet_short',
          },
        ],
      },
    ],
  },
  {
    name: 'Pixel Pirates',
    projects: ['Treasure Tap', 'Merge Harbor'],
    joinedDaysAgo: 52,
    walletCents: 45_000,
    requests: [
      {
        minutesAgo: days(10, 9),
        body: {
          count: 2,
          niche: { vertical: 'mobile games', language: 'en' },
          target: 'Gameplay clips with a hook.',
          requestId: 'tt-launch:1',
        },
        actions: [{ afterMinutes: 25, assign: 2, by: 'omar', everyMinutes: 8 }],
      },
      {
        minutesAgo: days(5, 3),
        project: 1,
        body: { count: 4, niche: { vertical: 'mobile games', geo: ['US', 'GB'] }, requestId: 'merge:soft-launch' },
        actions: [
          { afterMinutes: hours(6), assign: 1, by: 'omar' },
          {
            afterMinutes: hours(6) + 2,
            note: 'Wallet is empty after this one; they promised to pay by Monday.',
            by: 'omar',
            blocker: 'wallet_short',
          },
        ],
      },
    ],
  },
];
