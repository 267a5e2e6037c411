import type OpenAI from 'openai';
import { TunewrightError } from '../../contract/errors.ts';
import type { TrainingPlatform } from '../platform.ts';
import { named } from './errors.ts';
import { limitsOf } from './limits.ts';
import { embeddingsShape } from './shapes.ts';

/** Texts as vectors, one call for all of them. */
export function embeddings(client: OpenAI): Required<Pick<TrainingPlatform, 'embed'>> {
  return {
    async embed({ model, texts, signal }) {
      const { data, usage, limits } = await named('Embedding texts', async () => {
        const asked = client.embeddings.create({ model, input: [...texts], encoding_format: 'float' }, { signal });
        const { data: answer, response } = await asked.withResponse();
        return { ...embeddingsShape.parse(answer), limits: limitsOf(response.headers) };
      });
      const vectors = texts.map((_, at) => data.find(({ index }) => index === at)?.embedding);
      const complete = vectors.filter((vector) => vector !== undefined);
      if (complete.length < texts.length) throw incomplete();
      return { vectors: complete, inputTokens: usage?.prompt_tokens ?? 0, ...(limits ? { limits } : {}) };
    },
  };
}

function incomplete(): TunewrightError {
  return new TunewrightError('bad_answer', 'Embedding texts: the platform left a text out.', {
    advice: 'It is tried again; if it stays so, check baseURL and any proxy on the way.',
    retry: 'unsure',
  });
}
