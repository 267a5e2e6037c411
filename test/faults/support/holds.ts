import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of an activity is felt outside of its process: the method of a request that was answered, PUT for an artifact. */
export type Effect = `${'GET' | 'POST' | 'DELETE' | 'PUT'} ${number}`;

/** Before an activity does anything, after its function has returned, or after an effect, such as its `POST 1`. */
export type Point = 'before' | 'after' | Effect;

/** Where a run is to be held still. */
export interface Hold {
  activityId: string;
  at: Point;
}

/** What a worker tells: an effect of an activity, or that it holds one. */
export interface Note {
  run: string;
  activityId: string;
  /** Of the activity, from 1. */
  attempt: number;
  effect?: Effect;
  /** The request whose effect it is. */
  request?: { activity: string; method: string; path: string };
  held?: Point;
}

const holdsFile = (home: string) => join(home, 'holds.json');
const notesFile = (home: string) => join(home, 'notes.jsonl');

/** Runs by name; in force for every activity that begins from now on. What is held and not named any more is released. */
export function writeHolds(home: string, holds: Readonly<Record<string, Hold>>): void {
  // Moved into place, for it is read all the time.
  writeFileSync(`${holdsFile(home)}.new`, JSON.stringify(holds));
  renameSync(`${holdsFile(home)}.new`, holdsFile(home));
}

export function readHold(home: string, run: string): Hold | undefined {
  return (JSON.parse(readFileSync(holdsFile(home), 'utf8')) as Record<string, Hold>)[run];
}

/** Written before it returns: the process may be killed at once. */
export function noteIn(home: string, note: Note): void {
  appendFileSync(notesFile(home), `${JSON.stringify(note)}\n`);
}

export function readNotes(home: string): Note[] {
  const lines = readFileSync(notesFile(home), 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Note);
}
