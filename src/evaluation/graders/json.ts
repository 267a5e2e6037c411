import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { RE2JS } from 're2js';
import { TunewrightError } from '../../contract/errors.ts';
import type { ConfigOf } from '../../contract/graders.ts';
import { canonicalJson, isRecord, parseJson } from '../../datasets/reading/json.ts';
import { cannotGrade, type Grade, type Grader, scored, textGrader, verdict } from './grader.ts';

const noJson = 'The answer is no JSON.';

export function json(config: ConfigOf<'json'>): Grader {
  const { check, schema, input, reference, pass_threshold: threshold } = config;
  if (check === 'fields') {
    const judge = (texts: { input: string; reference: string }) =>
      compareFields(texts.input, hopedJson(texts.reference), threshold);
    return textGrader({ input, reference }, judge, hopedJson);
  }
  const holds = schema ? validator(schema) : () => verdict(true);
  return textGrader({ input }, (texts) => {
    const parsed = parseJson(texts.input);
    return 'value' in parsed ? holds(parsed.value) : verdict(false, noJson);
  });
}

/** Patterns run on an engine of linear time: an answer must not hold up a worker. */
const regExp = Object.assign((pattern: string) => RE2JS.compile(pattern), { code: 'linear' });

function validator(schema: Record<string, unknown>): (value: unknown) => Grade {
  const old = typeof schema.$schema === 'string' && /draft-0[67]/.test(schema.$schema);
  const options = { strict: false, code: { regExp } };
  const ajv = old ? new Ajv(options) : new Ajv2020(options);
  formats.default(ajv);
  try {
    const validate = ajv.compile(schema);
    return (value) => {
      if (validate(value)) return verdict(true);
      const [error] = validate.errors ?? [];
      return verdict(false, `${error?.instancePath || 'It'} ${error?.message}.`);
    };
  } catch (cause) {
    throw new TunewrightError('invalid_config', `The schema of the grader is none: ${(cause as Error).message}.`, {
      advice: 'Mend schema under evaluation.grader; $ref can only name what is in it.',
      cause,
    });
  }
}

function hopedJson(reference: string): unknown {
  const hoped = parseJson(reference);
  if ('value' in hoped) return hoped.value;
  throw cannotGrade('The reference is no JSON.', 'Name the field with the JSON as reference of the grader.');
}

function compareFields(input: string, hoped: unknown, threshold: number): Grade {
  const said = parseJson(input);
  if (!('value' in said)) return { passed: false, score: 0, reason: noJson };
  const [have, want] = [leaves(said.value), leaves(hoped)];
  const paths = new Set([...have.keys(), ...want.keys()]);
  const different = [...paths].filter((path) => have.get(path) !== want.get(path));
  const [first] = different;
  const reason =
    first === undefined
      ? undefined
      : `${different.length} of ${paths.size} fields differ, first ${first || 'the value'}.`;
  return scored(1 - different.length / paths.size, threshold, reason);
}

/** Every value that has no values in it, by its path, as JSON. */
function leaves(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  const entries = Array.isArray(value) || isRecord(value) ? Object.entries(value) : [];
  if (entries.length === 0) into.set(path, canonicalJson(value));
  // No two places have the same path, whatever keys are called.
  const step = Array.isArray(value)
    ? (at: string) => `[${at}]`
    : (key: string) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  for (const [key, inner] of entries) leaves(inner, path + step(key), into);
  return into;
}
