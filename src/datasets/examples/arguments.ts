import { isRecord, type JsonRecord } from '../reading/json.ts';

/** Where a value breaks a schema, as names and indices joined by dots, and how. */
export interface Mismatch {
  at: string;
  how: string;
}

/**
 * The first place at which `value` breaks a JSON schema. Knows type, enum, required, properties, additionalProperties:
 * false and items; what else a schema says is taken as kept.
 */
export function mismatchOf(value: unknown, schema: unknown, at = ''): Mismatch | undefined {
  if (!isRecord(schema)) return undefined;
  if (!isOfType(value, schema.type)) return { at, how: 'it has another type' };
  if (Array.isArray(schema.enum) && !isScalarOf(value, schema.enum)) return { at, how: 'it is none of the enum' };
  if (isRecord(value)) return mismatchOfObject(value, schema, at);
  if (!Array.isArray(value) || !isRecord(schema.items)) return undefined;
  return first(value.entries(), ([index, item]) => mismatchOf(item, schema.items, below(at, String(index))));
}

function mismatchOfObject(value: JsonRecord, schema: JsonRecord, at: string): Mismatch | undefined {
  const { required, additionalProperties } = schema;
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const names = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return { at: below(at, missing), how: 'it is required and missing' };
  return first(Object.keys(value), (name) => {
    if (Object.hasOwn(properties, name)) return mismatchOf(value[name], properties[name], below(at, name));
    const closed = additionalProperties === false && !isRecord(schema.patternProperties);
    return closed ? { at: below(at, name), how: 'it is not declared' } : undefined;
  });
}

function isOfType(value: unknown, type: unknown): boolean {
  if (Array.isArray(type)) return type.some((one) => isOfType(value, one));
  switch (type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
}

/** Lists and objects in an enum are not compared. */
function isScalarOf(value: unknown, allowed: readonly unknown[]): boolean {
  return (typeof value === 'object' && value !== null) || allowed.includes(value);
}

function below(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

function first<T>(items: Iterable<T>, find: (item: T) => Mismatch | undefined): Mismatch | undefined {
  for (const item of items) {
    const found = find(item);
    if (found) return found;
  }
  return undefined;
}
