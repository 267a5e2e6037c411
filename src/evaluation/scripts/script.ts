import type { Script } from '../graders/context.ts';
import { cannotGrade } from '../graders/grader.ts';
import { type Command, type GradingProcess, startProcess } from './process.ts';

/** What a script needs before its first process, and what is left to be done after its last. */
export interface Prepared {
  command: Command;
  cleanUp(): Promise<void>;
}

export interface ScriptLimits {
  /** Of one grade, the start of a process included. */
  timeoutMs?: number;
  /** Processes at once, each started when it is needed. */
  atOnce?: number;
}

/**
 * Code in processes that live as long as the script and grade many answers each. One that takes too long or ends is killed,
 * and the next answer gets a new one.
 */
export function openScript(
  prepare: () => Promise<Prepared>,
  { timeoutMs = 30_000, atOnce = 4 }: ScriptLimits = {},
): Script {
  const idle: GradingProcess[] = [];
  const all = new Set<GradingProcess>();
  const waiting: (() => void)[] = [];
  let busy = 0;
  let prepared: Promise<Prepared> | undefined;

  async function process(): Promise<GradingProcess> {
    const free = idle.pop();
    if (free) return free;
    prepared ??= prepare();
    const started = startProcess((await prepared).command);
    all.add(started);
    return started;
  }

  async function drop(its: GradingProcess): Promise<void> {
    all.delete(its);
    await its.kill();
  }

  async function using<T>(work: (its: GradingProcess) => Promise<T>): Promise<T> {
    while (busy >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    busy += 1;
    try {
      const its = await process();
      try {
        return await within(timeoutMs, work(its));
      } finally {
        if (its.sound()) idle.push(its);
        else await drop(its);
      }
    } finally {
      busy -= 1;
      waiting.shift()?.();
    }
  }

  return {
    load: async () => await using(async (its) => await its.load()),
    grade: async (item, sample) => await using(async (its) => await its.grade(JSON.stringify({ item, sample }))),
    async close() {
      await Promise.all([...all].map(drop));
      await (await prepared?.catch(() => undefined))?.cleanUp();
    },
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `The code of the grader gave no grade within ${ms / 1000} s.`;
    timer = setTimeout(() => reject(cannotGrade(message, 'Make the code of the grader faster.')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // When it is late, that it fails afterwards is of no interest any more.
    work.catch(() => {});
  }
}
