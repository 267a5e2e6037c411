import type { Context } from 'hono';
import { badRequest } from './errors.ts';

/** A JSON object from outside, nothing known of its fields. */
export type JsonObject = Record<string, unknown>;

/** Whether a value is a JSON object (no array, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The request's body as a JSON object; throws OpenAI's 400 for anything else. */
export async function readJson(c: Context): Promise<JsonObject> {
  let value: unknown;
  try {
    value = JSON.parse(await c.req.text());
  } catch {
    throw badRequest('We could not parse the JSON body of your request. The body must be a valid JSON object.');
  }
  if (!isObject(value)) throw badRequest('The body of your request must be a JSON object.');
  return value;
}

/** A required non-empty string. */
export function requiredString(body: JsonObject, name: string): string {
  const value = body[name];
  if (value === undefined || value === null || value === '') {
    throw badRequest(`Missing required parameter: '${name}'.`, name, 'missing_required_parameter');
  }
  if (typeof value !== 'string') throw wrongType(name, 'a string', value);
  return value;
}

/** A string that may be absent or null. */
export function optionalString(body: JsonObject, name: string): string | null {
  const value = body[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw wrongType(name, 'a string', value);
  return value;
}

/** A number within bounds that may be absent or null. */
export function optionalNumber(
  body: JsonObject,
  name: string,
  bounds: { min: number; max: number; integer?: boolean },
): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || (bounds.integer && !Number.isInteger(value))) {
    throw wrongType(name, bounds.integer ? 'an integer' : 'a number', value);
  }
  if (value < bounds.min || value > bounds.max) {
    throw badRequest(
      `Invalid '${name}': expected a value between ${bounds.min} and ${bounds.max}, but got ${value} instead.`,
      name,
      value < bounds.min ? 'integer_below_min_value' : 'integer_above_max_value',
    );
  }
  return value;
}

/** Metadata: at most 16 pairs, keys up to 64 and values up to 512 characters; null when absent. */
export function optionalMetadata(body: JsonObject): Record<string, string> | null {
  const value = body.metadata;
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw wrongType('metadata', 'an object', value);
  const pairs = Object.entries(value);
  if (pairs.length > 16) {
    throw badRequest(
      `Invalid 'metadata': too many properties. Expected at most 16 properties, but got ${pairs.length} instead.`,
      'metadata',
      'object_above_max_properties',
    );
  }
  const metadata: Record<string, string> = {};
  for (const [key, text] of pairs) {
    if (key.length > 64) throw badRequest("Invalid 'metadata': a key has more than 64 characters.", 'metadata');
    if (typeof text !== 'string') throw wrongType(`metadata.${key}`, 'a string', text);
    if (text.length > 512) throw badRequest(`Invalid 'metadata.${key}': more than 512 characters.`, `metadata.${key}`);
    metadata[key] = text;
  }
  return metadata;
}

/** The 400 for a value of the wrong type. */
export function wrongType(name: string, expected: string, value: unknown) {
  const got = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  return badRequest(`Invalid type for '${name}': expected ${expected}, but got ${got} instead.`, name, 'invalid_type');
}
