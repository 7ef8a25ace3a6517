import { PAGE_PROJECT } from './published-page.js';
import { days, hours, type DemoPartner } from './scenario.js';

/** Every lease begins less than four weeks ago, so that none is due for renewal on the demo's first day. */
export const earlyPartners: DemoPartner[] = [
  {
    name: 'Quinn Coffee',
    projects: ['Home espresso', 'Filter club'],
    projectId: PAGE_PROJECT,
    tier: 'partner',
    joinedDaysAgo: 41,
    walletCents: 300_000,
    lowBalanceCents: 150_000,
    topUps: [{ daysAgo: 9, cents: 250_000, reference: 'INV-2291' }],
    requests: [
      {
        ago: days(19, 5),
        ask: {
          count: 4,
          niche: { vertical: 'coffee', audience: 'home baristas 25–40', language: 'en', geo: ['US', 'CA', 'GB'] },
          target: 'Short-form brew tutorials.',
          requestId: 'espresso-october-1',
        },
        then: [
          { after: 45, assign: 4, by: 'omar', every: 6 },
          { after: days(11), release: 2, reason: 'Tone did not fit the brand.' },
        ],
      },
      {
        ago: days(8, 2),
        project: 1,
        ask: { count: 3, niche: { vertical: 'coffee', language: 'de', geo: ['DE', 'AT'] }, requestId: 'filter-dach' },
        then: [
          { after: 90, assign: 1, by: 'jo' },
          {
            after: 95,
            note: 'Only one of the German ones is warm; two more come out of warming in a month.',
            by: 'jo',
          },
          {
            after: hours(26),
            closeShort: 'One account is ready today. Please ask again next month for the others.',
            by: 'jo',
            outcome: 'no_inventory',
          },
        ],
      },
      {
        ago: hours(5),
        ask: {
          count: 5,
          niche: { vertical: 'coffee', audience: 'students and first flats', language: 'en', geo: ['US', 'GB'] },
          target: 'Cheap good coffee at home; paid UGC-style creative for ads.',
        },
        then: [
          { after: 70, assign: 2, by: 'omar', every: 4 },
          { after: 80, note: 'Started with two US ones; the rest after lunch.', by: 'omar' },
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
        ago: days(22, 3),
        ask: { count: 3, niche: { vertical: 'travel', language: 'en' }, target: 'Island guides for families.' },
        then: [{ after: 30, assign: 3, by: 'jo', every: 9 }],
      },
      {
        ago: days(15, 20),
        project: 1,
        ask: {
          count: 2,
          niche: { vertical: 'travel', geo: ['FR', 'CH', 'ES', 'US'] },
          note: 'Sleeper trains across Europe.',
        },
        then: [
          { after: hours(3), assign: 2, by: 'omar', every: 5 },
          {
            after: days(6),
            disconnect: 1,
            by: 'fiona',
            reason: 'TikTok banned the account after mass reports.',
            refund: true,
          },
        ],
      },
      {
        ago: days(2, 7),
        ask: {
          count: 6,
          niche: { vertical: 'travel', audience: 'families', language: 'de', geo: ['DE', 'AT', 'CH'] },
          target: 'Herbstferien in den Bergen.',
        },
        then: [
          { after: hours(2), assign: 1, by: 'omar' },
          {
            after: hours(3),
            note: 'One is yours. The next German ones come out of warming on Friday.',
            by: 'omar',
            visible: true,
            blocker: 'no_inventory',
          },
        ],
      },
      { ago: 38, ask: { count: 2, niche: { vertical: 'travel', language: 'es', geo: ['ES', 'MX'] } }, then: [] },
    ],
  },
  {
    name: 'Petit Four Studio',
    projects: ['Atelier'],
    joinedDaysAgo: 33,
    walletCents: 90_000,
    requests: [
      {
        ago: days(12, 6),
        ask: {
          count: 2,
          niche: { vertical: 'baking', geo: ['FR', 'BE', 'US', 'GB'] },
          target: 'Petits gâteaux, pas à pas.',
        },
        then: [{ after: 55, assign: 2, by: 'jo', every: 3 }],
      },
      {
        ago: days(1, 4),
        ask: {
          count: 3,
          niche: { vertical: 'baking', audience: 'bakers', language: 'en' },
          note: 'Same as last time, please.',
        },
        then: [
          {
            after: hours(2),
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
        ago: days(18, 1),
        ask: { count: 5, niche: { vertical: 'fitness', language: 'en', geo: ['US', 'GB', 'CA', 'AU'] } },
        then: [
          { after: 65, assign: 4, by: 'omar', every: 4 },
          { after: hours(20), assign: 1, by: 'jo' },
        ],
      },
      {
        ago: days(3, 10),
        ask: {
          count: 5,
          niche: { vertical: 'fitness', audience: 'beginners over 40', language: 'en' },
          target: 'Five-minute routines.',
        },
        then: [
          {
            after: hours(4),
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
        ago: days(10, 9),
        ask: {
          count: 2,
          niche: { vertical: 'mobile games', language: 'en' },
          target: 'Gameplay clips with a hook.',
          requestId: 'tt-launch:1',
        },
        then: [{ after: 25, assign: 2, by: 'omar', every: 8 }],
      },
      {
        ago: days(5, 3),
        project: 1,
        ask: { count: 4, niche: { vertical: 'mobile games', geo: ['US', 'GB'] }, requestId: 'merge:soft-launch' },
        then: [
          { after: hours(6), assign: 1, by: 'omar' },
          {
            after: hours(6) + 2,
            note: 'Wallet is empty after this one; they promised to pay by Monday.',
            by: 'omar',
            blocker: 'wallet_short',
          },
        ],
      },
    ],
  },
];
