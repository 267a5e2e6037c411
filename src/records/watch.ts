import type { ServingRecords } from './serving.ts';

/** Notices what others have changed. */
export interface Watch {
  /** Resolves to true when the model's revision is another one than that, to false when the signal is aborted. */
  changed(name: string, revision: number | undefined, signal: AbortSignal): Promise<boolean>;
}

interface Waiting {
  name: string;
  revision: number | undefined;
  resolve(changed: boolean): void;
}

/** Asks for the revisions of all that is waited for at once, however many wait, and not at all when none does. */
export function watchRevisions(records: Pick<ServingRecords, 'revisions'>, everyMs = 1_000): Watch {
  const waiting = new Set<Waiting>();
  let timer: NodeJS.Timeout | undefined;
  let looking = false;

  async function look(): Promise<void> {
    timer = undefined;
    looking = true;
    const asked = [...waiting];
    // Records that cannot be reached now are asked again: whoever waits gives up by its signal.
    const revisions = await records.revisions([...new Set(asked.map(({ name }) => name))]).catch(() => undefined);
    for (const one of revisions ? asked : []) {
      if (revisions?.get(one.name) !== one.revision) one.resolve(true);
    }
    looking = false;
    schedule();
  }

  function schedule(): void {
    if (waiting.size > 0 && !looking) timer ??= setTimeout(() => void look(), everyMs);
    if (waiting.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  }

  return {
    async changed(name, revision, signal) {
      if (signal.aborted) return false;
      return await new Promise<boolean>((resolve) => {
        const end = () => one.resolve(false);
        const one: Waiting = {
          name,
          revision,
          resolve(changed) {
            waiting.delete(one);
            signal.removeEventListener('abort', end);
            schedule();
            resolve(changed);
          },
        };
        signal.addEventListener('abort', end, { once: true });
        waiting.add(one);
        schedule();
      });
    },
  };
}
