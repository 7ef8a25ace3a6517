const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const COUNTRY = /^[A-Z]{2}$/;
const OPTIONAL_TEXT = 2_000;

/** The fields of a body that is in order, in one order; `null` for any other, without saying what is wrong with it. */
export function readSubmission(body, pathProjectId) {
  const { projectId, count, niche, target, note, metadata, ...others } = body;
  const { vertical, audience, language, geo, ...otherNiche } = niche ?? {};
  const isRight =
    projectId === pathProjectId &&
    Number.isInteger(count) &&
    count >= 1 &&
    count <= 50 &&
    isText(vertical, 100) &&
    isOptional(audience, (value) => isText(value, 500)) &&
    isOptional(language, (value) => LANGUAGE.test(value)) &&
    isOptional(geo, (value) => Array.isArray(value) && value.every((country) => COUNTRY.test(country))) &&
    isOptional(target, (value) => isText(value, OPTIONAL_TEXT)) &&
    isOptional(note, (value) => isText(value, OPTIONAL_TEXT)) &&
    isOptional(metadata, (value) => Object.values(value).every((text) => isText(text, 500))) &&
    Object.keys(others).length + Object.keys(otherNiche).length === 0;
  return isRight ? { count, niche: { vertical, audience, language, geo }, target, note, metadata } : null;
}

const isOptional = (value, isRight) => value === undefined || isRight(value);
const isText = (value, max) => typeof value === 'string' && value.length >= 1 && value.length <= max;
