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
  /** First halves of handles. */
  prefixes: string[];
  suffixes: string[];
}

const verticals: Vertical[] = [
  {
    name: 'coffee',
    also: ['home baristas', 'food'],
    prefixes: ['slowpour', 'brewwith', 'latteart', 'dailygrind', 'moka', 'crema', 'filter', 'roast'],
    suffixes: ['nora', 'liam', 'eva', 'theo', 'club', 'notes', 'corner', 'diary'],
  },
  {
    name: 'fitness',
    also: ['running', 'wellness'],
    prefixes: ['liftwith', 'fiveam', 'kettle', 'core', 'mile', 'sweat', 'stretch', 'strong'],
    suffixes: ['maya', 'jon', 'ines', 'coach', 'daily', 'reset', 'squad', 'lab'],
  },
  {
    name: 'mobile games',
    also: ['gaming'],
    prefixes: ['tap', 'pixel', 'quest', 'combo', 'idle', 'loot', 'speedrun', 'casual'],
    suffixes: ['kai', 'zoe', 'arcade', 'nest', 'hero', 'break', 'den', 'lobby'],
  },
  {
    name: 'travel',
    also: ['city breaks'],
    prefixes: ['weekendin', 'carryon', 'nighttrain', 'islands', 'far', 'window', 'border', 'hostel'],
    suffixes: ['lena', 'marco', 'seat', 'atlas', 'miles', 'away', 'stories', 'maps'],
  },
  {
    name: 'baking',
    also: ['food', 'recipes'],
    prefixes: ['sourdough', 'crumb', 'butter', 'proof', 'tart', 'rise', 'sugar', 'levain'],
    suffixes: ['anna', 'paul', 'bench', 'club', 'queen', 'shelf', 'hour', 'lab'],
  },
  {
    name: 'skincare',
    also: ['beauty'],
    prefixes: ['glow', 'barrier', 'spf', 'dewy', 'serum', 'gentle', 'calm', 'mist'],
    suffixes: ['amy', 'rosa', 'shelf', 'notes', 'daily', 'lab', 'routine', 'edit'],
  },
  {
    name: 'street food',
    also: ['food', 'travel'],
    prefixes: ['nightmarket', 'wok', 'skewer', 'noodle', 'taco', 'griddle', 'dumpling', 'cart'],
    suffixes: ['min', 'diego', 'run', 'hunter', 'crawl', 'uncle', 'diary', 'stop'],
  },
  {
    name: 'pets',
    also: ['dogs', 'cats'],
    prefixes: ['goodboy', 'whisker', 'zoomies', 'rescue', 'paw', 'tail', 'twocats', 'pup'],
    suffixes: ['otto', 'luna', 'mornings', 'house', 'patrol', 'stories', 'and.me', 'gang'],
  },
  {
    name: 'fashion',
    also: ['thrift', 'beauty'],
    prefixes: ['fitcheck', 'thrifted', 'linen', 'capsule', 'denim', 'hem', 'vintage', 'layered'],
    suffixes: ['chloe', 'sam', 'edit', 'rack', 'daily', 'studio', 'closet', 'file'],
  },
  {
    name: 'gardening',
    also: ['home decor'],
    prefixes: ['balcony', 'seedling', 'compost', 'monstera', 'tomato', 'plot', 'moss', 'bloom'],
    suffixes: ['greta', 'joe', 'diary', 'jungle', 'nerd', 'weekly', 'shed', 'club'],
  },
  {
    name: 'personal finance',
    also: ['side hustles'],
    prefixes: ['budget', 'penny', 'first10k', 'frugal', 'index', 'payday', 'debtfree', 'cash'],
    suffixes: ['nina', 'raj', 'plan', 'notes', 'school', 'diary', 'coach', 'tips'],
  },
  {
    name: 'home decor',
    also: ['diy'],
    prefixes: ['renter', 'tinyflat', 'paint', 'shelf', 'lamp', 'cosy', 'oak', 'corner'],
    suffixes: ['ida', 'max', 'makeover', 'studio', 'finds', 'project', 'edit', 'diary'],
  },
  {
    name: 'music',
    also: ['indie artists'],
    prefixes: ['bedroom', 'loop', 'vinyl', 'chorus', 'synth', 'openmic', 'tape', 'bassline'],
    suffixes: ['ella', 'dev', 'sessions', 'room', 'radio', 'notes', 'club', 'theory'],
  },
];

interface Audience {
  languages: string[];
  /** The first one is almost always in it. */
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

/** The same number of accounts for each vertical, but twice as many for coffee, which the published example asks for. */
export function createPool(size: number, random: SeededRandom): DemoAccount[] {
  const handles = new Set<string>();
  const slots = [...verticals, verticals[0]!];
  return Array.from({ length: size }, (_, n) => {
    const index = n % slots.length;
    const turn = Math.floor(n / slots.length);
    return createAccount(slots[index]!, chooseAudience(index, turn), random, handles);
  });
}

/** Every second account of a vertical is English; the other audiences take turns. */
function chooseAudience(index: number, turn: number): Audience {
  return turn % 2 === 0 ? english : otherAudiences[(index + (turn - 1) / 2) % otherAudiences.length]!;
}

function createAccount(
  vertical: Vertical,
  audience: Audience,
  random: SeededRandom,
  handles: Set<string>,
): DemoAccount {
  const status = random.pickWeighted(statuses);
  return {
    handle: createHandle(vertical, random, handles),
    // Mostly a few thousand, sometimes half a million.
    followers: Math.round(Math.exp(7.3 + 4.2 * random.next() + 1.6 * random.next() ** 3)),
    verticals: [vertical.name, ...(random.next() < 0.35 ? [random.pick(vertical.also)] : [])],
    language: random.pick(audience.languages),
    countries: audience.countries.filter((_, position) => random.next() < (position === 0 ? 0.92 : 0.4)).slice(0, 4),
    status,
    ...(status === 'quarantined' && { reason: random.pick(reasons) }),
    createdDaysAgo: random.between(32, 75),
  };
}

function createHandle({ prefixes, suffixes }: Vertical, random: SeededRandom, handles: Set<string>): string {
  for (;;) {
    const handle = `${random.pick(prefixes)}${random.pick(['.', '_', ''])}${random.pick(suffixes)}`;
    const numbered = random.next() < 0.12 ? `${handle}${random.between(2, 99)}` : handle;
    const key = numbered.replace(/[._]/g, '');
    if (!handles.has(key)) {
      handles.add(key);
      return numbered;
    }
  }
}
