import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the parts of a running embedded stack are found. */
export interface Stack {
  temporalAddress: string;
  uiUrl: string;
  simulatorUrl: string;
  /** Of the process that holds the stack. */
  pid: number;
}

const fileName = 'stack.json';

/** The stack whose state lies in `home`; undefined when none is up. */
export function readStack(home: string): Stack | undefined {
  try {
    const stack = JSON.parse(readFileSync(join(home, fileName), 'utf8')) as Stack;
    // Signal 0 only asks whether the process is there: a stack that was killed left its file behind.
    process.kill(stack.pid, 0);
    return stack;
  } catch {
    return undefined;
  }
}

export async function writeStack(home: string, stack: Stack): Promise<void> {
  await writeFile(join(home, fileName), JSON.stringify(stack));
}

export async function removeStack(home: string): Promise<void> {
  await rm(join(home, fileName), { force: true });
}
