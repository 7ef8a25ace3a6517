/** SQL of what a database is filled with. Chance is a hash of a number and a word, so that every run fills the same. */

/** An id of a kind that sorts by its number. */
export const id = (kind, number) => `'${kind}_' || lpad((${number})::text, 26, '0')`;
/** The same where the partner API takes nothing but a uuid after the prefix. */
export const uuidOf = (kind, number) => `'${kind}_' || lpad((${number})::text, 32, '0')::uuid`;
/** A number of 0 to 999,999 that belongs to another number: the same in every run. */
export const chance = (number, salt) => `(abs(hashtext((${number})::text || '${salt}')) % 1000000)`;

export const words = (list) => `(ARRAY[${list.map((word) => `'${word}'`).join(',')}])`;

const commonVerticals =
  'coffee,fitness,mobile games,beauty,travel,fashion,education,cooking,finance,music,parenting,pets,home decor,gardening,cars,sports,tech,books,film,' +
  'photography,crafts,comedy,dance,health,skin care,vegan food,outdoors,motorcycles,history,science,cycling,running,yoga,anime,board games,street wear,' +
  'jewellery,wedding,real estate,careers';
const verticals = words(commonVerticals.split(','));
export const VERTICALS = commonVerticals.split(',').length;

/** The language and the home country of an account, or of a wish, by the same place in both lists. */
export const languages = words('en,en-US,en-GB,es,es-MX,pt-BR,de,fr,it,ja,ko,nl'.split(','));
export const countries = words('CA,US,GB,ES,MX,BR,DE,FR,IT,JP,KR,NL'.split(','));
export const LANGUAGES = 12;
export const place = (number, salt) => `(1 + ${chance(number, salt)} % ${LANGUAGES})`;

/** A vertical that many want; some are far more wanted than others. */
export const commonVertical = (number, salt) =>
  `${verticals}[1 + floor(${VERTICALS} * power(${chance(number, salt)} / 1000000.0, 1.6))::int]`;

/** A vertical of an account: every twentieth is one of few accounts, of which a larger database has more. */
export const someVertical = (number, salt, rare) =>
  `CASE WHEN ${chance(number, `${salt} rare`)} < 50000 THEN 'niche ' || ${chance(number, `${salt} which`)} % ${rare}
        ELSE ${commonVertical(number, salt)} END`;

/** A vertical as a partner writes it: mostly the pool's word, at times one that staff have mapped, or one that nobody knows. */
export const askedVertical = (number, salt, rare) =>
  `CASE WHEN ${chance(number, `${salt} word`)} < 30000 THEN 'the ' || ${commonVertical(number, salt)}
        WHEN ${chance(number, `${salt} word`)} < 60000 THEN ${commonVertical(number, salt)} || ' fans'
        ELSE ${someVertical(number, salt, rare)} END`;

export const mappedWords = `SELECT 'the ' || word AS synonym, word AS vertical FROM unnest(${verticals}) word`;
