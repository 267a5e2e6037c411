import { exitCodeOf, exitCodes } from './exit.ts';
import { runProgram } from './program.ts';
import type { World } from './world.ts';

/** Runs the command line of this process; resolves to its exit code. */
export async function runInProcess(): Promise<number> {
  endWithReader(process.stdout);
  endWithReader(process.stderr);
  return await runProgram(process.argv.slice(2), processWorld());
}

function processWorld(): World {
  const { env } = process;
  const directory = process.cwd();
  let interrupts: AbortSignal | undefined;
  return {
    env,
    directory,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
    async loadSettings() {
      const { loadSettings } = await import('../config.ts');
      return loadSettings(env, directory);
    },
    async createClient({ temporal, taskQueue }) {
      const { createClient } = await import('../client.ts');
      return await createClient({ ...temporal, taskQueue });
    },
    async startStack(options) {
      const { startStack } = await import('../embedded/stack.ts');
      return await startStack(options);
    },
    async openFile(path) {
      const { default: open } = await import('open');
      await open(path);
    },
    interrupts() {
      interrupts ??= listen();
      return interrupts;
    },
    async ask(question) {
      const { stdin: input, stderr: output } = process;
      if (!input.isTTY || !output.isTTY) return undefined;
      const { createInterface } = await import('node:readline/promises');
      const reader = createInterface({ input, output });
      try {
        return await reader.question(question);
      } finally {
        reader.close();
      }
    },
  };
}

function listen(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCodeOf(controller.signal));
      controller.abort(name);
    });
  }
  return controller.signal;
}

/** A reader such as `head` goes when it has enough: that is no failure of the command. */
function endWithReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed);
  });
}
