import type { MigrationInterface, QueryRunner } from 'typeorm';
import { foldedLetters, type Script } from '../../core/case-folding.js';
import { INVISIBLE, INVISIBLE_ASTRAL, WHITE_SPACE } from '../../core/text-key.js';

const invisible = `[${INVISIBLE}${INVISIBLE_ASTRAL.map((range) => range.replace(/[0-9a-f]+/g, (code) => `\\U${code.padStart(8, '0')}`)).join('')}]`;
const whiteSpace = `[${WHITE_SPACE}]`;

/** `translate` looks at each letter in turn: those that most texts have come first, and stay what they are. */
const frequent: Record<Script, string> = {
  latin: '',
  greek: 'αοιετσνηυρπκμλωδγχθφβξζψ',
  cyrillic: 'оеаинтсрвлкмдпуяыьгзбчхжшюцщэфъ',
  other: '',
};

/** Only where the text has a letter of the script: `translate` is slow, a class of a regular expression fast. */
function foldScript(script: Script): string {
  const letters = [...foldedLetters[script]];
  const from = frequent[script] + letters.map(([letter]) => letter).join('');
  const to = frequent[script] + letters.map(([, folded]) => folded).join('');
  return `IF t COLLATE "C" ~ '[${toRanges(letters.map(([letter]) => letter.codePointAt(0)!))}]' THEN
            t := translate(t, '${from}', '${to}');
          END IF;`;
}

/** A character class, where one long list of letters would be slow to compile. */
function toRanges(codes: number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const code of codes.sort((one, other) => one - other)) {
    const range = ranges.at(-1);
    if (range && code === range[1] + 1) range[1] = code;
    else ranges.push([code, code]);
  }
  const escape = (code: number) => `\\U${code.toString(16).padStart(8, '0')}`;
  return ranges.map(([first, last]) => `${escape(first)}-${escape(last)}`).join('');
}

/**
 * The key of a text, by which names, searches and filters compare (docs/decisions/022), and what is unique by it. A partner whose name
 * counts as that of an older one keeps it, which `shares_name` says; nobody else can take it.
 */
export class TextKeys1767225600029 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION text_key_of_any(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
        BEGIN
          t := lower(normalize(t, NFKD) COLLATE "C");
          IF t COLLATE "C" ~ '${invisible}' THEN
            t := regexp_replace(t COLLATE "C", '${invisible}+', '', 'g');
          END IF;
          ${Object.keys(foldedLetters)
            .map((script) => foldScript(script as Script))
            .join('\n          ')}
          t := normalize(replace(replace(t, 'ẞ', 'ss'), 'ß', 'ss'), NFKC);
          IF t COLLATE "C" ~ '[${WHITE_SPACE.replace('\\u0020', '')}]|^ |  | $' THEN
            t := btrim(regexp_replace(t COLLATE "C", '${whiteSpace}+', ' ', 'g'), ' ');
          END IF;
          RETURN t;
        END $$;
      -- One expression, which PostgreSQL puts in place of the call: most texts are plain ASCII.
      CREATE FUNCTION text_key(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN CASE WHEN octet_length(t) = char_length(t) AND t COLLATE "C" !~ '[^ -~]|^ |  | $'
                    THEN lower(t COLLATE "C") ELSE text_key_of_any(t) END;

      LOCK TABLE organization, staff_user IN SHARE ROW EXCLUSIVE MODE;
      DO $$
        DECLARE people text;
        BEGIN
          SELECT string_agg(format('%s (%s)', email, id), ', ' ORDER BY created_at, id) INTO people
            FROM staff_user GROUP BY text_key(email) HAVING count(*) > 1 LIMIT 1;
          IF people IS NOT NULL THEN
            RAISE EXCEPTION 'staff accounts whose emails count as one: %; change all but one of them first', people;
          END IF;
        END $$;
      ALTER TABLE organization ADD COLUMN shares_name boolean NOT NULL DEFAULT false;
      UPDATE organization SET shares_name = true
        FROM (SELECT id, row_number() OVER (PARTITION BY text_key(name) ORDER BY created_at, id) AS place
                FROM organization WHERE NOT sandbox) named
       WHERE named.id = organization.id AND named.place > 1;
      DO $$
        DECLARE partners text;
        BEGIN
          FOR partners IN
            SELECT string_agg(format('“%s” (%s)', name, id), ', ' ORDER BY created_at, id)
              FROM organization WHERE NOT sandbox GROUP BY text_key(name) HAVING count(*) > 1
          LOOP
            RAISE WARNING 'partners whose names count as one: %; rename all but one of them', partners;
          END LOOP;
        END $$;

      DROP INDEX organization_name_key, organization_text, staff_user_email_key;
      CREATE UNIQUE INDEX organization_name_key ON organization (text_key(name) COLLATE "C") WHERE NOT sandbox AND NOT shares_name;
      CREATE INDEX organization_text ON organization USING gin (text_key(name) COLLATE "C" gin_trgm_ops);
      CREATE UNIQUE INDEX staff_user_email_key ON staff_user (text_key(email) COLLATE "C");
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX organization_name_key, organization_text, staff_user_email_key;
      CREATE UNIQUE INDEX organization_name_key ON organization (lower(name)) WHERE NOT sandbox;
      CREATE INDEX organization_text ON organization USING gin (name gin_trgm_ops);
      CREATE UNIQUE INDEX staff_user_email_key ON staff_user (lower(email));
      ALTER TABLE organization DROP COLUMN shares_name;
      DROP FUNCTION text_key(text), text_key_of_any(text);
    `);
  }
}
