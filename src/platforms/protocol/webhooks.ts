import type OpenAI from 'openai';
import { z } from 'zod';
import { TunewrightError } from '../../contract/errors.ts';
import type { TrainingPlatform } from '../platform.ts';

const eventShape = z.looseObject({ id: z.string().min(1), type: z.string(), data: z.unknown().optional() });
const jobDataShape = z.looseObject({ id: z.string().min(1) });

/** Verifies by the Standard Webhooks scheme over the raw body, with the SDK's own check (300 s of tolerance). */
export function webhooks(
  client: OpenAI,
  secret: { env: string; value: string | undefined },
): Pick<TrainingPlatform, 'verifyWebhook'> {
  return {
    async verifyWebhook(rawBody, headers) {
      if (!secret.value) {
        throw new TunewrightError('missing_key', `The environment variable ${secret.env} is not set.`, {
          advice: `Set ${secret.env} to the webhook's signing secret where the gateway runs.`,
        });
      }
      try {
        await client.webhooks.verifySignature(rawBody, headers, secret.value);
      } catch (cause) {
        throw new TunewrightError('wrong_key', 'The webhook carries no valid signature.', {
          advice: `Check that ${secret.env} is this endpoint's secret and that both clocks are right.`,
          cause,
        });
      }
      try {
        const { id, type, data } = eventShape.parse(JSON.parse(rawBody));
        // Events about other things need not carry an id in their data.
        return type.startsWith('fine_tuning.job.') ? { id, type, jobId: jobDataShape.parse(data).id } : undefined;
      } catch (cause) {
        throw new TunewrightError('bad_answer', 'The webhook is signed well but is no event.', {
          advice: 'Check which service the endpoint is registered with.',
          cause,
        });
      }
    },
  };
}
