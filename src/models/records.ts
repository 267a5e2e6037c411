import { TunewrightError } from '../contract/errors.ts';
import type { Records, Watch } from '../records/index.ts';
import type { News, Source } from './source.ts';

/** How long nothing is heard at most. */
const stillMs = 15_000;

interface Opened {
  records: Records;
  watch: Watch;
}

/** The records at that place, loaded and opened when they are first needed, and again when that has failed. */
export function recordsSource(location: string): Source {
  let opening: Promise<Opened> | undefined;
  async function opened(): Promise<Opened> {
    opening ??= open(location);
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }
  const records = async () => (await opened()).records;

  return {
    serving: async (name) => await (await records()).serving(name),
    async *follow(name, signal) {
      yield* follow(await opened(), name, signal);
    },
    list: async () => await (await records()).listModels(),
    async get(name) {
      const model = await (await records()).getModel(name);
      return { ...model, list: await (await records()).listVersions(name) };
    },
    promote: async (request) => await (await records()).promote(request),
    rollback: async (request) => await (await records()).rollback(request),
    feedback: async (feedback) => await (await records()).feedback(feedback),
    async close() {
      await (await opening?.catch(() => undefined))?.records.close();
    },
  };
}

/** Services that ask a gateway load no database. */
async function open(location: string): Promise<Opened> {
  const { openRecords, watchRevisions } = await import('../records/index.ts');
  const records = await openRecords(location);
  return { records, watch: watchRevisions(records) };
}

async function* follow({ records, watch }: Opened, name: string, signal: AbortSignal): AsyncGenerator<News> {
  let revision: number | undefined;
  for (let changed = true; !signal.aborted; ) {
    // Asked even when nothing was heard: records that cannot be reached end this.
    const now = (await records.revisions([name])).get(name);
    if (changed || now !== revision) {
      revision = now;
      yield await newsOf(records, name);
    } else yield 'still';
    changed = await watch.changed(name, revision, AbortSignal.any([signal, AbortSignal.timeout(stillMs)]));
  }
}

async function newsOf(records: Records, name: string): Promise<News> {
  try {
    return { serving: await records.serving(name) };
  } catch (error) {
    if (error instanceof TunewrightError && error.code === 'no_champion') return { none: error };
    throw error;
  }
}
