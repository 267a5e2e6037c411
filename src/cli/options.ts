import { InvalidArgumentError } from 'commander';
import type { Override } from './run-file.ts';

/** A whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`It takes a whole number of ${least} or more.`);
  };
}

/** A number of 0 or more. */
export function amountOf(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
  throw new InvalidArgumentError('It takes a number of 0 or more.');
}

/** A share of a whole: above 0, at most 1. */
export function shareOf(text: string): number {
  const number = amountOf(text);
  if (number > 0 && number <= 1) return number;
  throw new InvalidArgumentError('It takes a share above 0 and at most 1, such as 0.1.');
}

/** A TCP port; 0 takes any free one. */
export function portNumber(text: string): number {
  const number = wholeNumber(0)(text);
  if (number <= 65_535) return number;
  throw new InvalidArgumentError('It takes a port from 0 to 65535.');
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time such as `90s`, `30m`, `1h` or `2d`, in milliseconds. */
export function duration(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError('It takes a time such as 90s, 30m, 1h or 2d.');
}

/** A hyperparameter: a number, or `auto`, which leaves the choice to the platform. */
export function numberOrAuto(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('It takes a number, or auto.');
}

/** `key.path=value`, as often as the option is given. */
export function overrides(text: string, earlier: readonly Override[] = []): Override[] {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (path === undefined || value === undefined || path.split('.').includes('')) {
    throw new InvalidArgumentError('It takes key=value, such as hyperparameters.epochs=3.');
  }
  return [...earlier, { path: path.split('.'), value }];
}
