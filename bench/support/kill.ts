import { setTimeout } from 'node:timers/promises';
import { readLedger } from './ledger.ts';
import { say } from './output.ts';

export interface KillOptions {
  simulatorUrl: string;
  /** The process is killed when the platform has answered so many questions. */
  afterAnswers: number;
  pid(): number;
  /** Ends the waiting. */
  signal: AbortSignal;
}

const lookEveryMs = 100;

/** Kills a process once, with SIGKILL, in the midst of an evaluation. Throws where there was no occasion. */
export async function killOnce({ simulatorUrl, afterAnswers, pid, signal }: KillOptions): Promise<void> {
  for (;;) {
    const { answers } = await readLedger(simulatorUrl);
    if (answers >= afterAnswers) {
      say(`${answers} questions are answered: the worker is killed`);
      process.kill(pid(), 'SIGKILL');
      return;
    }
    await setTimeout(lookEveryMs, undefined, { signal });
  }
}
