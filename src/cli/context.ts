import type { TunewrightClient } from '../client.ts';
import type { Settings } from '../config.ts';
import type { Records } from '../records/index.ts';
import type { ExitCode } from './exit.ts';
import type { Output } from './output.ts';
import type { World } from './world.ts';

/** What a command works with. */
export interface Context
  extends Pick<World, 'env' | 'directory' | 'now' | 'startStack' | 'openFile' | 'interrupts' | 'ask'> {
  readonly settings: Settings;
  readonly out: Output;
  /** Connects on first use. Throws `temporal_unreachable`. */
  client(): Promise<TunewrightClient>;
  /** Opens them on first use. Throws `records_unavailable`, `records_newer`. */
  records(): Promise<Records>;
  /** The same with settings read anew, after a stack was started. */
  renewed(): Promise<Context>;
  close(): Promise<void>;
}

/** A command's work; without an exit code it is done. */
export type Action = (context: Context) => Promise<ExitCode | undefined>;
/** Gives an action its context, prints what it throws, and remembers its exit code. */
export type Perform = (action: Action) => Promise<void>;

/** Reads the settings. Throws `invalid_config`. */
export async function createContext(world: World, out: Output): Promise<Context> {
  const settings = await world.loadSettings();
  let client: Promise<TunewrightClient> | undefined;
  let records: Promise<Records> | undefined;
  return {
    ...world,
    settings,
    out,
    client() {
      client ??= world.createClient(settings);
      return client;
    },
    records() {
      records ??= openRecords(settings);
      return records;
    },
    renewed: async () => await createContext(world, out),
    async close() {
      // One that could not connect has nothing to close, and said so when it was asked for.
      const connected = await client?.catch(() => undefined);
      await connected?.close();
      const opened = await records?.catch(() => undefined);
      await opened?.close();
    },
  };
}

/** Loaded when it is needed: few commands do. */
async function openRecords({ records }: Settings): Promise<Records> {
  const { openRecords } = await import('../records/index.ts');
  return await openRecords(records);
}
