import type OpenAI from 'openai';
import { TunewrightError } from '../../contract/errors.ts';
import { splitLines } from '../../datasets/reading/lines.ts';
import type { BatchEntry } from '../catalogue.ts';
import type { Batches, BatchState, ChatAnswer, RemoteBatch, TrainingPlatform } from '../platform.ts';
import { chatAnswer, chatBody } from './chat.ts';
import { named } from './errors.ts';
import { findFiles, uploadWhole } from './files.ts';
import { clockSlackMs, keyField, runField } from './jobs.ts';
import { listAll } from './lists.ts';
import { type BatchShape, batchLineShape, batchShape } from './shapes.ts';

const purpose = 'batch';
const endpoint = '/v1/chat/completions';

const states: ReadonlyMap<string, BatchState> = new Map([
  ['completed', 'ended'],
  ['failed', 'ended'],
  ['expired', 'ended'],
  ['cancelled', 'ended'],
  ['cancelling', 'stopping'],
]);

/** Questions in a file, answered within 24 hours: found by the key in their metadata, for listings take no filter. */
export function batches(
  client: OpenAI,
  { priceShare, mostRequests, mostBytes }: BatchEntry,
  readFile: NonNullable<TrainingPlatform['readFile']>,
): Batches {
  const api = client.batches;

  async function get(id: string, signal?: AbortSignal): Promise<RemoteBatch> {
    return await named('Looking at the batch', async () =>
      toBatch(batchShape.parse(await api.retrieve(id, { signal }))),
    );
  }

  return {
    priceShare,
    mostRequests,
    mostBytes,

    line: (id, question) => JSON.stringify({ custom_id: id, method: 'POST', url: endpoint, body: chatBody(question) }),

    findFiles: async (namePrefix, signal) => await findFiles(client, purpose, namePrefix, signal),
    uploadFile: async (file, options) => await uploadWhole(client, purpose, file, options),

    async find({ keyPrefix, since }, signal) {
      return await named('Looking for the batch', async () => {
        const found: RemoteBatch[] = [];
        // Newest first, so the search can end.
        for await (const item of listAll(client, '/batches', { limit: 100 }, signal)) {
          const batch = batchShape.parse(item);
          if (batch.created_at * 1000 < since - clockSlackMs) break;
          if (batch.metadata?.[keyField]?.startsWith(keyPrefix)) found.push(toBatch(batch));
        }
        return found;
      });
    },

    async create({ key, runName, fileId }, signal) {
      return await named('Creating the batch', async () => {
        const metadata = { [keyField]: key, [runField]: runName };
        const window = { endpoint, completion_window: '24h', input_file_id: fileId } as const;
        return toBatch(batchShape.parse(await api.create({ ...window, metadata }, { signal })));
      });
    },

    get,

    /** Refused when it is over: then the truth is what it says itself. */
    async cancel(id, signal) {
      try {
        return await named('Cancelling the batch', async () =>
          toBatch(batchShape.parse(await api.cancel(id, { signal }))),
        );
      } catch (error) {
        const batch = await get(id, signal);
        if (batch.state === 'ended') return batch;
        throw error;
      }
    },

    async *answers({ outputFileId }, signal) {
      if (outputFileId === undefined) return;
      try {
        for await (const found of splitLines(readFile(outputFileId, signal))) {
          for (const one of found) {
            const answered = 'line' in one ? answerOf(one.line.text) : undefined;
            if (answered) yield answered;
          }
        }
      } catch (error) {
        // Removed once it was read: what it held is kept.
        if (!(error instanceof TunewrightError && error.status === 404)) throw error;
      }
    },
  };
}

/** Undefined for a question that got an error, and for what cannot be read: it is asked again. */
function answerOf(text: string): { id: string; answer: ChatAnswer } | undefined {
  try {
    const { custom_id: id, response } = batchLineShape.parse(JSON.parse(text));
    return response?.status_code === 200 ? { id, answer: chatAnswer(response.body) } : undefined;
  } catch {
    return undefined;
  }
}

function toBatch(batch: BatchShape): RemoteBatch {
  const { id, status, request_counts: counts, output_file_id: output, error_file_id: errors } = batch;
  const [problem] = batch.errors?.data ?? [];
  return {
    id,
    key: batch.metadata?.[keyField],
    runName: batch.metadata?.[runField],
    createdAt: batch.created_at * 1000,
    state: states.get(status) ?? 'running',
    platformStatus: status,
    answered: counts?.completed ?? 0,
    fileIds: [batch.input_file_id, output, errors].filter((file) => typeof file === 'string'),
    ...(output ? { outputFileId: output } : {}),
    ...(problem ? { error: { code: problem.code ?? 'unknown', message: problem.message ?? '' } } : {}),
  };
}
