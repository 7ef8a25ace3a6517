import type { ChosenStatus } from '../account-pool/account-status.js';
import type { SeededRandom } from './seeded-random.js';

/** An account of the demo's pool. */
export interface DemoAccount {
  handle: string;
  followers: number;
  verticals: string[];
  language: string;
  countries: string[];
  status: ChosenStatus;
  /** Why it is quarantined. */
  reason?: string;
  createdDaysAgo: number;
}

interface Vertical {
  name: string;
  also: string[];
  /** First and second half of a handle. */
  starts: string[];
  ends: string[];
}

const verticals: Vertical[] = [
  {
    name: 'coffee',
    also: ['home baristas', 'food'],
    starts: ['slowpour', 'brewwith', 'latteart', 'dailygrind', 'moka', 'crema', 'filter', 'roast'],
    ends: ['nora', 'liam', 'eva', 'theo', 'club', 'notes', 'corner', 'diary'],
  },
  {
    name: 'fitness',
    also: ['running', 'wellness'],
    starts: ['liftwith', 'fiveam', 'kettle', 'core', 'mile', 'sweat', 'stretch', 'strong'],
    ends: ['maya', 'jon', 'ines', 'coach', 'daily', 'reset', 'squad', 'lab'],
  },
  {
    name: 'mobile games',
    also: ['gaming'],
    starts: ['tap', 'pixel', 'quest', 'combo', 'idle', 'loot', 'speedrun', 'casual'],
    ends: ['kai', 'zoe', 'arcade', 'nest', 'hero', 'break', 'den', 'lobby'],
  },
  {
    name: 'travel',
    also: ['city breaks'],
    starts: ['weekendin', 'carryon', 'nighttrain', 'islands', 'far', 'window', 'border', 'hostel'],
    ends: ['lena', 'marco', 'seat', 'atlas', 'miles', 'away', 'stories', 'maps'],
  },
  {
    name: 'baking',
    also: ['food', 'recipes'],
    starts: ['sourdough', 'crumb', 'butter', 'proof', 'tart', 'rise', 'sugar', 'levain'],
    ends: ['anna', 'paul', 'bench', 'club', 'queen', 'shelf', 'hour', 'lab'],
  },
  {
    name: 'skincare',
    also: ['beauty'],
    starts: ['glow', 'barrier', 'spf', 'dewy', 'serum', 'gentle', 'calm', 'mist'],
    ends: ['amy', 'rosa', 'shelf', 'notes', 'daily', 'lab', 'routine', 'edit'],
  },
  {
    name: 'street food',
    also: ['food', 'travel'],
    starts: ['nightmarket', 'wok', 'skewer', 'noodle', 'taco', 'griddle', 'dumpling', 'cart'],
    ends: ['min', 'diego', 'run', 'hunter', 'crawl', 'uncle', 'diary', 'stop'],
  },
  {
    name: 'pets',
    also: ['dogs', 'cats'],
    starts: ['goodboy', 'whisker', 'zoomies', 'rescue', 'paw', 'tail', 'twocats', 'pup'],
    ends: ['otto', 'luna', 'mornings', 'house', 'patrol', 'stories', 'and.me', 'gang'],
  },
  {
    name: 'fashion',
    also: ['thrift', 'beauty'],
    starts: ['fitcheck', 'thrifted', 'linen', 'capsule', 'denim', 'hem', 'vintage', 'layered'],
    ends: ['chloe', 'sam', 'edit', 'rack', 'daily', 'studio', 'closet', 'file'],
  },
  {
    name: 'gardening',
    also: ['home decor'],
    starts: ['balcony', 'seedling', 'compost', 'monstera', 'tomato', 'plot', 'moss', 'bloom'],
    ends: ['greta', 'joe', 'diary', 'jungle', 'nerd', 'weekly', 'shed', 'club'],
  },
  {
    name: 'personal finance',
    also: ['side hustles'],
    starts: ['budget', 'penny', 'first10k', 'frugal', 'index', 'payday', 'debtfree', 'cash'],
    ends: ['nina', 'raj', 'plan', 'notes', 'school', 'diary', 'coach', 'tips'],
  },
  {
    name: 'home decor',
    also: ['diy'],
    starts: ['renter', 'tinyflat', 'paint', 'shelf', 'lamp', 'cosy', 'oak', 'corner'],
    ends: ['ida', 'max', 'makeover', 'studio', 'finds', 'project', 'edit', 'diary'],
  },
  {
    name: 'music',
    also: ['indie artists'],
    starts: ['bedroom', 'loop', 'vinyl', 'chorus', 'synth', 'openmic', 'tape', 'bassline'],
    ends: ['ella', 'dev', 'sessions', 'room', 'radio', 'notes', 'club', 'theory'],
  },
];

interface Audience {
  languages: string[];
  /** The first of them is almost always there. */
  countries: string[];
}

const english: Audience = { languages: ['en', 'en-US', 'en-GB'], countries: ['US', 'GB', 'CA', 'AU', 'IE', 'NZ'] };
const otherAudiences: Audience[] = [
  { languages: ['es', 'es-MX'], countries: ['ES', 'MX', 'AR', 'CO', 'US'] },
  { languages: ['de'], countries: ['DE', 'AT', 'CH'] },
  { languages: ['fr'], countries: ['FR', 'BE', 'CA', 'CH'] },
  { languages: ['pt-BR', 'pt'], countries: ['BR', 'PT'] },
  { languages: ['it'], countries: ['IT', 'CH'] },
  { languages: ['ja'], countries: ['JP'] },
  { languages: ['ko'], countries: ['KR'] },
  { languages: ['pl'], countries: ['PL', 'GB'] },
  { languages: ['id'], countries: ['ID', 'MY'] },
];

const statuses = [
  [84, 'available'],
  [8, 'warming'],
  [3, 'resetting'],
  [3, 'quarantined'],
  [2, 'retired'],
] as const;

const reasons = [
  'Views fell to near zero after the last upload; looks shadow-banned.',
  'Asked for an identity check; waiting for the appeal.',
  'Follower spike of 40k overnight; resting until it is understood.',
  'Recovery phone number lost; ticket with the carrier.',
];

/** A pool of `size` accounts, alike over the verticals but for twice as much coffee, which the published example asks for. */
export function makePool(size: number, chance: SeededRandom): DemoAccount[] {
  const handles = new Set<string>();
  const places = [...verticals, verticals[0]!];
  return Array.from({ length: size }, (_, n) => {
    const place = n % places.length;
    const round = Math.floor(n / places.length);
    return makeAccount(places[place]!, chooseAudience(place, round), chance, handles);
  });
}

/** Every second account of a vertical is English; the others take turns. */
function chooseAudience(place: number, round: number): Audience {
  return round % 2 === 0 ? english : otherAudiences[(place + (round - 1) / 2) % otherAudiences.length]!;
}

function makeAccount(vertical: Vertical, audience: Audience, chance: SeededRandom, handles: Set<string>): DemoAccount {
  const status = chance.weighted(statuses);
  return {
    handle: newHandle(vertical, chance, handles),
    // Mostly a few thousand, now and then half a million.
    followers: Math.round(Math.exp(7.3 + 4.2 * chance.next() + 1.6 * chance.next() ** 3)),
    verticals: [vertical.name, ...(chance.next() < 0.35 ? [chance.oneOf(vertical.also)] : [])],
    language: chance.oneOf(audience.languages),
    countries: audience.countries.filter((_, rank) => chance.next() < (rank === 0 ? 0.92 : 0.4)).slice(0, 4),
    status,
    ...(status === 'quarantined' && { reason: chance.oneOf(reasons) }),
    createdDaysAgo: chance.between(32, 75),
  };
}

function newHandle({ starts, ends }: Vertical, chance: SeededRandom, handles: Set<string>): string {
  for (;;) {
    const handle = `${chance.oneOf(starts)}${chance.oneOf(['.', '_', ''])}${chance.oneOf(ends)}`;
    const shown = chance.next() < 0.12 ? `${handle}${chance.between(2, 99)}` : handle;
    const key = shown.replace(/[._]/g, '');
    if (!handles.has(key)) {
      handles.add(key);
      return shown;
    }
  }
}
