import type { StageProgress } from '../../contract/run.ts';
import type { Batches, RemoteBatch } from '../../platforms/platform.ts';
import { knownAnswers } from '../answers.ts';
import { beating, heartbeat, lastHeartbeat, triedForMs } from '../context.ts';
import { createOnce } from '../create-once.ts';
import type { Dependencies } from '../dependencies.ts';
import { stillPending } from '../failures.ts';
import { countOf } from '../questions.ts';
import { type BatchAnswers, collect } from './collect.ts';
import { type BatchInput, keyPrefix, type Part, writeParts } from './parts.ts';

/** Carried from attempt to attempt: what was made, and whether others of the same key were looked for. */
interface BatchHeartbeat extends StageProgress {
  parts?: Part[];
  alone?: boolean;
}

const lookAgainMs = 1_000;

export function batchActivities({ platforms, store, records }: Dependencies) {
  return {
    /**
     * Asks a model its held-out questions by batch, and answers when all of it has ended, with whatever was answered by then:
     * undefined where the platform has no batches. Each batch is created once; until they have ended it fails as
     * `still_pending` and the server calls it again.
     */
    async askByBatch(input: BatchInput): Promise<BatchAnswers | undefined> {
      const { batches, capabilities } = platforms.get(input.connection);
      if (!batches) return undefined;
      const { listLagMs } = capabilities;
      const known = knownAnswers(records, input.evaluation);
      const beat: BatchHeartbeat = lastHeartbeat<BatchHeartbeat>() ?? { unit: 'examples', total: countOf(input) };

      return await beating(
        () => beat,
        async (signal) => {
          beat.parts ??= await writeParts(store, batches, known, input);
          const { parts } = beat;
          for (const part of parts) await create(batches, part, signal);
          const listed = triedForMs() >= listLagMs;
          let all = await look(batches, parts);
          if (!beat.alone && (listed || all.every(hasEnded))) {
            await stopOthers(batches, parts);
            beat.alone = true;
            all = await look(batches, parts);
          }
          const running = all.find((batch) => !hasEnded(batch));
          beat.done = all.reduce((sum, { answered }) => sum + answered, 0);
          beat.platformStatus = running?.platformStatus ?? 'ended';
          heartbeat(beat);
          if (!running) return await collect(store, known, batches, all, signal);
          throw stillPending(`The batch ${running.id} is ${running.platformStatus}.`, input.pollSeconds * 1000);
        },
      );

      async function create(batches: Batches, part: Part, signal: AbortSignal): Promise<void> {
        const { uploadFile, findFiles, create: begin, find } = batches;
        if (part.batchIds) return;
        const { key, questions } = part;
        const name = `${key}.jsonl`;
        const found = async () => {
          const ids = (await find({ keyPrefix: key, since: input.since })).flatMap((one) =>
            one.key === key ? [one.id] : [],
          );
          return ids.length > 0 || questions === 0 ? ids : undefined;
        };
        part.batchIds = await createOnce(
          found,
          async () => {
            part.fileId ??= await createOnce(
              async () => (await findFiles(name)).at(0)?.id,
              async () => {
                const { file } = part;
                return (await uploadFile({ path: await store.path(file), name, bytes: file.bytes }, { signal })).id;
              },
              listLagMs,
              () => beat,
            );
            heartbeat(beat);
            return [(await begin({ key, runName: input.runName, fileId: part.fileId })).id];
          },
          listLagMs,
          () => beat,
        );
        heartbeat(beat);
      }

      /** A request that arrived twice made two batches, of one of which nobody may have heard. */
      async function stopOthers({ find, cancel }: Batches, parts: Part[]): Promise<void> {
        const found = await find({ keyPrefix: keyPrefix(input), since: input.since });
        for (const part of parts) {
          const same = found.filter(({ key }) => key === part.key).map(({ id }) => id);
          part.batchIds = [...new Set([...(part.batchIds ?? []), ...same])];
          for (const id of part.batchIds.slice(1)) await cancel(id);
        }
      }
    },

    /**
     * Stops every batch of a model's questions, heard of or not, and answers when it has ended, with what was answered by then:
     * that is paid.
     */
    async stopBatches(input: BatchInput): Promise<BatchAnswers | undefined> {
      const { batches, capabilities } = platforms.get(input.connection);
      if (!batches) return undefined;
      return await beating(
        () => ({}),
        async (signal) => {
          const found = await batches.find({ keyPrefix: keyPrefix(input), since: input.since }, signal);
          const all: RemoteBatch[] = [];
          for (const batch of found) all.push(batch.state === 'running' ? await batches.cancel(batch.id) : batch);
          const stopping = all.find((batch) => !hasEnded(batch));
          if (stopping) throw stillPending(`Waiting for the batch ${stopping.id} to stop.`, lookAgainMs);
          // A create was begun: its answer may have been lost at any of its attempts.
          if (triedForMs() < capabilities.listLagMs)
            throw stillPending('Looking for a batch that may have been created.', lookAgainMs);
          return await collect(store, knownAnswers(records, input.evaluation), batches, all, signal);
        },
      );
    },
  };
}

function hasEnded({ state }: RemoteBatch): boolean {
  return state === 'ended';
}

async function look({ get }: Batches, parts: readonly Part[]): Promise<RemoteBatch[]> {
  return await Promise.all(parts.flatMap(({ batchIds = [] }) => batchIds).map(async (id) => await get(id)));
}
