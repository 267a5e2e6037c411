import { openAsBlob } from 'node:fs';
import { z } from 'zod';
import type { FileToUpload, HeldFile, JobEvent, RemoteFile, TrainingPlatform } from '../../platform.ts';
import { readEvents } from '../../trainer/events.ts';
import { type Hub, isGone } from './client.ts';

/** What the machine has left behind: tunewright_trainer/hub.py. */
const resultShape = z
  .object({ trainedTokens: z.number(), error: z.object({ code: z.string(), message: z.string() }) })
  .partial();
export type HubResult = z.infer<typeof resultShape>;

/** A dataset repository: `files/NAME`, and `jobs/KEY/{events.jsonl, result.json}` as the machines push them. */
export interface Files extends Pick<TrainingPlatform, 'uploadFile' | 'isFileReady' | 'deleteFile'> {
  find(namePrefix: string): Promise<HeldFile[]>;
  read(file: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  events(key: string): Promise<JobEvent[]>;
  /** Undefined where the machine has left none. */
  result(key: string): Promise<HubResult | undefined>;
}

/** @param repository `NAMESPACE/NAME` */
export function files(hub: Hub, repository: string): Files {
  const repo = { type: 'dataset', name: repository } as const;
  const pathOf = (file: string) => `files/${file}`;
  const address = (path: string) =>
    `/datasets/${repository}/resolve/main/${path.split('/').map(encodeURIComponent).join('/')}`;

  async function text(what: string, path: string): Promise<string | undefined> {
    try {
      const answer = await hub.send(what, 'GET', address(path));
      return await hub.read(what, async () => await answer.text());
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async function ensure(): Promise<void> {
    const there = await hub.move(
      'Looking for the repository',
      async ({ repoExists }, account) => await repoExists({ ...account, repo }),
    );
    if (there) return;
    try {
      await hub.move(
        'Creating the repository',
        async ({ createRepo }, account) => await createRepo({ ...account, repo, visibility: 'private' }),
      );
    } catch (error) {
      // Another worker has made it meanwhile.
      if ((error as { status?: number }).status !== 409) throw error;
    }
  }

  async function has(file: string): Promise<boolean> {
    return await hub.move(
      'Looking for the file',
      async ({ fileExists }, account) => await fileExists({ ...account, repo, path: pathOf(file) }),
    );
  }

  return {
    async find(prefix) {
      const list = async () =>
        await hub.find('Listing files', async ({ listFiles }, account) => {
          const found: HeldFile[] = [];
          for await (const { path, size, lastCommit } of listFiles({ ...account, repo, path: 'files', expand: true })) {
            const name = path.slice(pathOf('').length);
            const createdAt = Date.parse(lastCommit?.date ?? '') || 0;
            if (name.startsWith(prefix)) found.push({ id: name, name, bytes: size, createdAt });
          }
          return found;
        });
      return (await list()) ?? [];
    },

    async uploadFile({ path, name, bytes }: FileToUpload, { onProgress, signal }): Promise<RemoteFile> {
      await ensure();
      const content = await openAsBlob(path);
      await hub.move(`Uploading ${name}`, async ({ uploadFile }, account) => {
        const file = { path: pathOf(name), content };
        return await uploadFile({ ...account, repo, file, ...(signal ? { abortSignal: signal } : {}) });
      });
      onProgress?.(bytes);
      return { id: name, name, bytes };
    },

    isFileReady: has,

    async *read(file, signal) {
      const answer = await hub.send('Reading the file', 'GET', address(pathOf(file)), { signal });
      if (answer.body) yield* answer.body;
    },

    async deleteFile(file) {
      if (!(await has(file))) return;
      await hub.find(
        'Removing the file',
        async ({ deleteFile }, account) => await deleteFile({ ...account, repo, path: pathOf(file) }),
      );
    },

    events: async (key) => readEvents((await text('Reading events', `jobs/${key}/events.jsonl`)) ?? ''),

    async result(key) {
      const found = await text('Reading the result', `jobs/${key}/result.json`);
      return found === undefined ? undefined : resultShape.parse(JSON.parse(found));
    },
  };
}
