import { styleText } from 'node:util';
import { failureOf } from './failure.ts';
import { type Paint, plain } from './render/text.ts';
import type { Terminal, World } from './world.ts';

/** All that a command says. The only place that writes to stdout and stderr. */
export interface Output {
  /** With `--json` stdout holds JSON alone. */
  readonly json: boolean;
  /** Colours for stdout; leaves text as it is where there are none. */
  readonly paint: Paint;
  /** Width of the terminal in columns; undefined when stdout is none, or holds JSON. */
  readonly width: number | undefined;
  /** Text for people, on stdout; nothing with `--json`. */
  say(text: string): void;
  /** One JSON document on a line of its own; nothing without `--json`. */
  data(value: unknown): void;
  /** What happens meanwhile, on stderr. */
  note(text: string): void;
  /** Text in place of the last one drawn; lines must fit the width. On a terminal only. */
  draw(text: string): void;
  /** Leaves what was drawn last where it stands. */
  keep(): void;
  /** What went wrong and what to do, on stderr; with `--json` on stdout. */
  fail(error: unknown): void;
}

const defaultColumns = 80;
const defaultRows = 24;

export function createOutput({ stdout, stderr, env }: Pick<World, 'stdout' | 'stderr' | 'env'>, json: boolean): Output {
  const terminal = stdout.isTTY === true && !json;
  const paintError = painter(stderr, env);
  let drawn = 0;

  function erase(): void {
    if (drawn > 0) stdout.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  }

  return {
    json,
    paint: json ? plain : painter(stdout, env),
    get width() {
      return terminal ? (stdout.columns ?? defaultColumns) : undefined;
    },
    say(text) {
      if (!json) stdout.write(`${text}\n`);
    },
    data(value) {
      if (json) stdout.write(`${JSON.stringify(value)}\n`);
    },
    note(text) {
      // What is drawn anew must not take the note for a part of it.
      drawn = 0;
      stderr.write(`${text}\n`);
    },
    draw(text) {
      if (!terminal) return;
      erase();
      // What has scrolled out of a low terminal cannot be drawn over.
      const lines = text.split('\n').slice(-((stdout.rows ?? defaultRows) - 1));
      stdout.write(`${lines.join('\n')}\n`);
      drawn = lines.length;
    },
    keep() {
      drawn = 0;
    },
    fail(error) {
      const { code, message, advice, stack } = failureOf(error, env);
      if (json) stdout.write(`${JSON.stringify({ error: { code, message, advice } })}\n`);
      else stderr.write(`${paintError('red', 'error:')} ${message}\n  what to do: ${advice}\n`);
      if (stack) stderr.write(`${stack}\n`);
    },
  };
}

function painter(stream: Terminal, env: NodeJS.ProcessEnv): Paint {
  if (!stream.isTTY || env.NO_COLOR || env.TERM === 'dumb') return plain;
  return (style, text) => styleText(style, text, { validateStream: false });
}
