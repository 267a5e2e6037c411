import { Hono } from 'hono';
import type { Lifetimes } from '../contract/lifetimes.ts';
import type { Counts } from './counts.ts';

/** Platforms are not asked more often, however often a monitor looks. */
const freshMs = 600_000;

/** `GET /metrics` in Prometheus' text format: how long each version in service lives yet, and what was counted. */
export function metrics(look: () => Promise<Lifetimes>, counts: Counts): Hono {
  let seen: { at: number; text: Promise<string> } | undefined;
  const app = new Hono();
  app.get('/', async (c) => {
    if (!seen || Date.now() - seen.at > freshMs) seen = { at: Date.now(), text: look().then(metricsText) };
    try {
      return c.text((await seen.text) + counts.text(), 200, {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      });
    } catch {
      seen = undefined;
      return c.text('# The records do not answer.\n', 503);
    }
  });
  return app;
}

function metricsText({ versions }: Lifetimes): string {
  const name = 'tunewright_model_days_left';
  const lines = versions.flatMap(({ model, version, daysLeft }) =>
    // Names of models hold nothing that would have to be escaped.
    daysLeft === undefined ? [] : [`${name}{model="${model}",version="${version}"} ${daysLeft}`],
  );
  const help = `# HELP ${name} Days until the platform shuts down a version in service, where a date is known.`;
  return [help, `# TYPE ${name} gauge`, ...lines, ''].join('\n');
}
