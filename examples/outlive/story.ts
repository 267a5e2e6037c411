import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { TunewrightClient } from '../../src/client.ts';
import type { RunResult } from '../../src/contract/run.ts';
import { type Account, samples } from './account.ts';
import { announceEnd, passDays } from './platform.ts';
import type { Outcome } from './process.ts';

/** On what the story is played. */
export interface Stage {
  /** In which command lines are typed. */
  folder: string;
  /** Base URL of the platform that closes; its connection is called `simulator`, the one to the other platform `second`. */
  closing: string;
  /** Base URL of the gateway for programs written for OpenAI. */
  gateway: string;
  client: TunewrightClient;
  say(line: string): void;
  /** One command line of tunewright, as a process of its own. */
  tunewright(...args: string[]): Promise<Outcome>;
  /** The program, as a process of its own, asks a model at a base URL. */
  program(baseURL: string, model: string): Promise<Outcome>;
}

export const daysLeft = 30;
const target = ['--to', 'second/stand-in-mini'];
// What the old models were trained on is not to be split once more.
const terms = ['--set', 'pollSeconds=0.5', '--yes', '--detach'];
/** Points: what so few held-out questions can show. */
const usualMargin = 10;
const pauseMs = 200;

/** The platform says when it closes; what the account holds is recorded, and what dies when is told. */
export async function adopt({ folder, closing, say, tunewright }: Stage) {
  say(`The platform shuts its models down in ${daysLeft} days.`);
  await announceEnd(closing, daysLeft);
  say('What the account holds is adopted: data, settings, and what its models answer while they live.');
  await writeLines(join(folder, 'held-out.jsonl'), (await samples()).validation);
  const options = ['--connection', 'simulator', '--budget', '5', '--held-out', 'held-out.jsonl'];
  const adopted = await tunewright('adopt', ...options);
  say('What dies when? The exit code is for a monitor.');
  return { adopted, expiring: await tunewright('models', 'expiring', '--within', '90d') };
}

/** All are carried to another platform; one whose training data are gone teaches its successor itself. */
export async function migrate(stage: Stage, margin = usualMargin) {
  const { folder, say, tunewright } = stage;
  const to = [...target, '--margin', String(margin)];
  say('All are carried to another platform. The training data of one are gone: that is told beforehand.');
  const all = await tunewright('migrate', '--all', ...to, ...terms);
  say('It lives yet: it is asked what people have asked, and its successor learns from what it answers.');
  await writeLines(join(folder, 'questions.jsonl'), (await samples()).training.map(withoutAnswer));
  const distil = ['--distil', 'questions.jsonl', '--distil-budget', '3'];
  const orders = await tunewright('migrate', 'orders', ...to, ...distil, ...terms);
  const begun = `${all.stdout}${orders.stdout}`.match(/^migration: /gm)?.length ?? 0;
  const results = await ended(stage.client, begun);
  say('A successor that is no worse is in service; one that is worse is not, and its run says why.');
  const shown: Record<string, Outcome> = {};
  for (const { name, registered } of results) shown[registered?.name ?? ''] = await tunewright('show', name);
  return { all, orders, results, shown, models: await tunewright('models', 'list') };
}

/** The day has come: what was tuned there answers no more, and programs go on. */
export async function outlive({ say, closing, gateway, tunewright, program }: Stage, { desk }: Account) {
  say(`${daysLeft + 1} days later, where the program has asked until now.`);
  await passDays(closing, daysLeft + 1);
  const dead = await program(closing, desk);
  say(
    'The same program and the same id at the base URL of the gateway: the successor answers. So it does by its name.',
  );
  const byId = await program(gateway, desk);
  const byName = await program(gateway, 'support-desk');
  say('There is no way back to what is dead.');
  return { dead, byId, byName, back: await tunewright('models', 'rollback', 'support-desk', '--reason', 'A whim.') };
}

/** Waits until so many migrations have begun, and all have ended. */
async function ended(client: TunewrightClient, count: number): Promise<RunResult[]> {
  for (;;) {
    const names: string[] = [];
    for await (const { name } of client.list()) if (name.startsWith('migrate-')) names.push(name);
    if (names.length >= count) return await Promise.all(names.map(async (name) => await client.get(name).result()));
    await setTimeout(pauseMs);
  }
}

function withoutAnswer(line: string): string {
  return JSON.stringify({ messages: JSON.parse(line).messages.slice(0, -1) });
}

async function writeLines(path: string, lines: readonly string[]): Promise<void> {
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
}
