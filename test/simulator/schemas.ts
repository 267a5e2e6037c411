import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

const shared = process.env.TUNEWRIGHT_SHARED ?? join(import.meta.dirname, '../../../shared');
const path = join(shared, 'data/openai-openapi/openapi.json');

/** OpenAI's own description of its API, or undefined where it is not at hand. */
export const specPath = existsSync(path) ? path : undefined;

interface Operation {
  responses?: Record<string, { content?: Record<string, { schema?: { $ref?: string } }> }>;
}

interface Description {
  components: { schemas: { FineTuningJob: { properties: { hyperparameters: object } } } };
  paths: Record<string, Record<string, Operation>>;
}

let compiled: { ajv: Ajv; paths: Description['paths'] } | undefined;

/** Validator of a component schema by name. Throws without the description. */
export function componentSchema(name: string): ValidateFunction {
  return validator(`openapi#/components/schemas/${name}`);
}

/** `fetch` that throws when a JSON answer does not fit OpenAI's description; counts what it checked. */
export const validatingFetch: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init);
  const type = answer.headers.get('content-type') ?? '';
  if (!specPath || !type.startsWith('application/json')) return answer;
  const url = new URL(input instanceof Request ? input.url : input);
  const name = schemaOf(url.pathname, (init?.method ?? 'GET').toLowerCase(), answer.status);
  // The description calls the bytes of a file a JSON string; and a fault may make an answer no JSON at all.
  const text = await answer.clone().text();
  if (name && isJson(text)) {
    const validate = validator(name);
    if (!validate(JSON.parse(text))) {
      throw new TypeError(
        `${url.pathname} ${answer.status}: ${JSON.stringify(validate.errors?.slice(0, 3))} in ${text}`,
      );
    }
    checked.add(name);
  }
  return answer;
};

/** References of the schemas that answers were checked against so far. */
export const checked = new Set<string>();

function schemaOf(pathname: string, method: string, status: number): string | undefined {
  if (status >= 400) return 'openapi#/components/schemas/ErrorResponse';
  const { paths } = spec();
  const parts = pathname.replace(/^(\/openai)?\/v1/, '').split('/');
  const fits = (pattern: string) => {
    const wanted = pattern.split('/');
    return wanted.length === parts.length && wanted.every((part, at) => part.startsWith('{') || part === parts[at]);
  };
  const operation = Object.entries(paths).find(([pattern, operations]) => fits(pattern) && operations?.[method])?.[1];
  const content = operation?.[method]?.responses?.['200']?.content;
  const ref = content?.['application/json']?.schema?.$ref;
  return ref && `openapi${ref}`;
}

function validator(ref: string): ValidateFunction {
  const { ajv } = spec();
  const validate = ajv.getSchema(ref);
  if (!validate) throw new Error(`no schema ${ref}`);
  return validate;
}

function spec(): { ajv: Ajv; paths: Description['paths'] } {
  if (!specPath) throw new Error("OpenAI's API description is not at hand");
  if (compiled) return compiled;
  const document = asJsonSchema(withNulls(JSON.parse(readFileSync(specPath, 'utf8')))) as Description;
  const ajv = new Ajv({ strict: false, allErrors: false });
  addFormats.default(ajv);
  ajv.addFormat('unixtime', true);
  ajv.addSchema({ components: document.components }, 'openapi');
  compiled = { ajv, paths: document.paths };
  return compiled;
}

/** The description has these as required, and says that they are "only returned when running `supervised` jobs". */
function withNulls(document: Description): Description {
  const { properties } = document.components.schemas.FineTuningJob;
  properties.hyperparameters = { anyOf: [properties.hyperparameters, { type: 'null' }] };
  return document;
}

/** What is written as in OpenAPI 3.0 (`nullable` beside no `type`, `exclusiveMinimum: true`) as JSON Schema. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asJsonSchema(each)]));
  if (copy.exclusiveMinimum === true) {
    copy.exclusiveMinimum = copy.minimum;
    delete copy.minimum;
  }
  if (copy.nullable === true && Array.isArray(copy.enum)) copy.enum = [...copy.enum, null];
  if (copy.nullable === undefined || copy.type !== undefined) return copy;
  const { nullable, ...rest } = copy;
  return nullable === true ? { anyOf: [rest, { type: 'null' }] } : rest;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
