import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { TunewrightError } from '../../contract/errors.ts';
import { isRecord, parseJson } from '../../datasets/reading/json.ts';
import { cannotGrade } from '../graders/grader.ts';

/** How code is started, and where. */
export interface Command {
  file: string;
  args: readonly string[];
  folder: string;
  env: Readonly<Record<string, string>>;
  /** Told to the process in the first line. */
  settings: Readonly<Record<string, unknown>>;
}

/**
 * A process that grades: it reads its settings, says `{"ready":true}` or `{"broken":"why"}`, then answers each JSON line with `{"score":1}` or
 * `{"error":"why"}`.
 */
export interface GradingProcess {
  /** Throws `invalid_config` for code that does not load. */
  load(): Promise<void>;
  /** One at a time. Throws `invalid_config` for code that does not load, `grader_failed` for what gives no grade. */
  grade(line: string): Promise<{ score: number; reason?: string | undefined }>;
  /** Whether it has answered all that it was told, so that it can be told more. */
  sound(): boolean;
  /** Ends it with all that it has started. */
  kill(): Promise<void>;
}

export function startProcess({ file, args, folder, env, settings }: Command): GradingProcess {
  // A group of its own, so that it ends with all that it has started.
  const child = spawn(file, args, { cwd: folder, env: { ...env }, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
  // Of a process that has died one hears by the line that does not come.
  child.stdin.on('error', () => {});
  child.stdin.write(`${JSON.stringify(settings)}\n`);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let ready = false;
  let owed = 0;

  async function said(): Promise<Record<string, unknown>> {
    const { value = '', done } = await lines.next();
    const parsed = done ? {} : parseJson(value);
    return 'value' in parsed && isRecord(parsed.value) ? parsed.value : {};
  }

  async function load(): Promise<void> {
    if (ready) return;
    const first = await said();
    ready = first.ready === true;
    if (ready) return;
    const why = typeof first.broken === 'string' ? first.broken : 'its process ended';
    throw new TunewrightError('invalid_config', `The code of the grader does not load: ${why}.`, {
      advice: 'Mend the code; docs/evaluation.md tells what it may use.',
    });
  }

  return {
    load,
    async grade(line) {
      await load();
      owed += 1;
      child.stdin.write(`${line}\n`);
      const { score, reason, error } = await said();
      if (score !== undefined || error !== undefined) owed -= 1;
      if (typeof score === 'number') return { score, reason: typeof reason === 'string' ? reason : undefined };
      throw cannotGrade(
        typeof error === 'string' ? `The code of the grader failed: ${error}.` : 'The process of the grader ended.',
        'Mend the code of the grader.',
      );
    },
    sound: () => ready && owed === 0,
    async kill() {
      killGroup(child);
      await ended;
    },
  };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
