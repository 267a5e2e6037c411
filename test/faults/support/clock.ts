/**
 * Loaded into a worker before anything else: its clock is wrong by the milliseconds that its home tells, from the moment
 * they are written. What a test tells is a file in `TUNEWRIGHT_HOME`, as in `support/holds.ts`.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fileIn = (home: string) => join(home, 'clock');

/** @param ms ahead of the time; behind when negative */
export function setClock(home: string, ms: number): void {
  writeFileSync(`${fileIn(home)}.new`, String(ms));
  renameSync(`${fileIn(home)}.new`, fileIn(home));
}

export function shiftClock(home: string): void {
  const { now: inTruth } = Date;
  let ms = 0;
  const read = () => {
    ms = Number(readFileSync(fileIn(home), 'utf8'));
  };
  read();
  setInterval(read, 50).unref();
  const now = () => inTruth() + ms;
  Date.now = now;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
  });
}
