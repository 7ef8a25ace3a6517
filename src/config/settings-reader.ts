import fs from 'node:fs';

/** What is missing or malformed in the settings; the message is one line for the operator. */
export class SettingsError extends Error {}

/** Thrown by a parser for a text that it cannot read; the message goes on from the setting's name. */
export class Malformed extends Error {}

/** Reads settings from the environment and gathers everything that is wrong with them. */
export class SettingsReader {
  private readonly errors: string[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  /** Set but empty is malformed: a deployment did not fill it in, and its default may be the demo. */
  text(name: string): string | undefined {
    const value = this.env[name];
    if (value === undefined || value.trim() !== '') return value;
    this.fail(`${name} is set but empty: give it a value or do not set it.`);
    return undefined;
  }

  /** @param parse throws `Malformed` */
  parsed<Value, Default>(name: string, fallback: Default, parse: (text: string) => Value): Value | Default {
    return this.parse(name, this.text(name), fallback, parse);
  }

  /**
   * A setting that is a secret: from `<name>_FILE` too, as container platforms mount secrets.
   * @param parse throws `Malformed`
   */
  secret<Value>(name: string, parse: (text: string) => Value): Value | null {
    const [text, file] = [this.text(name), this.text(`${name}_FILE`)];
    if (text !== undefined && file !== undefined) this.fail(`Set ${name} or ${name}_FILE, not both.`);
    if (file === undefined) return this.parse(name, text, null, parse);
    return this.parse(`${name}_FILE`, file, null, (path) => {
      const content = readTextFile(path);
      if (content === '') throw new Malformed(`names an empty file, ${path}`);
      return parse(content);
    });
  }

  /** Well-formed or not, empty too. */
  isSet(name: string): boolean {
    return this.env[name] !== undefined;
  }

  isFilled(name: string): boolean {
    return Boolean(this.env[name]?.trim());
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    return this.parsed(name, fallback, (text) => parseInteger(text, min, max));
  }

  /** `null` where it is not set. */
  optionalInteger(name: string, min: number, max: number): number | null {
    return this.parsed(name, null, (text) => parseInteger(text, min, max));
  }

  oneOf(name: string, allowed: readonly string[], fallback: string): string {
    return this.parsed(name, fallback, (text) => {
      if (allowed.includes(text)) return text;
      throw new Malformed(`must be one of ${allowed.join(', ')}, not "${text}"`);
    });
  }

  switch(name: string, fallback: boolean): boolean {
    return this.oneOf(name, ['on', 'off'], fallback ? 'on' : 'off') === 'on';
  }

  fail(message: string): void {
    this.errors.push(message);
  }

  /** @throws SettingsError with everything that is wrong */
  assertNoErrors(): void {
    if (this.errors.length > 0) throw new SettingsError(this.errors.join(' '));
  }

  private parse<Value, Default>(
    name: string,
    text: string | undefined,
    fallback: Default,
    parse: (text: string) => Value,
  ): Value | Default {
    if (text === undefined) return fallback;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.fail(`${name} ${error.message}.`);
      return fallback;
    }
  }
}

function parseInteger(text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new Malformed(`must be a whole number from ${min} to ${max}, not "${text}"`);
}

function readTextFile(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new Malformed(`names a file that cannot be read, ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}
