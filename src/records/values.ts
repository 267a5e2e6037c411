import { TunewrightError } from '../contract/errors.ts';

/** PostgreSQL takes neither NUL nor halves of surrogate pairs in a text. */
export function text(value: string): string {
  return value.toWellFormed().replaceAll('\0', '\ufffd');
}

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? text(part) : part));
}

/** What {@link toJson} has written of that type. */
export function fromJson<T>(json: string): T {
  return JSON.parse(json) as T;
}

/** As ISO text in UTC, of one length, so that texts sort as times do. Throws `invalid_config`. */
export function time(value: string): string {
  const date = new Date(value);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw invalid(`"${value}" is not a time.`, 'Give an ISO time, such as 2026-11-28T12:00:00Z.');
}

export function now(): string {
  return new Date().toISOString();
}

export function invalid(message: string, advice: string): TunewrightError {
  return new TunewrightError('invalid_config', message, { advice });
}

/** The fields that have a value: what is null in a row is absent outside. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], null | undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as never;
}
