import type { TunewrightClient } from '../client.ts';
import type { Settings } from '../config.ts';
import type { RunningStack, StackOptions } from '../embedded/stack.ts';

/** A stream of the process: where a command writes. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** The world outside of a command, so that a test can be another one. */
export interface World {
  readonly env: NodeJS.ProcessEnv;
  /** The folder in which the command was typed. */
  readonly directory: string;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  now(): Date;
  loadSettings(): Promise<Settings>;
  createClient(settings: Settings): Promise<TunewrightClient>;
  /** Shows a file in what the machine opens such files with. */
  openFile(path: string): Promise<void>;
  startStack(options: StackOptions): Promise<RunningStack>;
  /**
   * From now on SIGINT and SIGTERM abort this signal, with their name as the reason, and no longer end the process;
   * a second one does.
   */
  interrupts(): AbortSignal;
  /** What a person answers; undefined where nobody sits at a terminal. */
  ask(question: string): Promise<string | undefined>;
}
