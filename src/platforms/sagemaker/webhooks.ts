import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { TunewrightError } from '../../contract/errors.ts';
import type { TrainingPlatform, WebhookEvent } from '../platform.ts';
import type { SageMakerSettings } from './settings.ts';
import { sns } from './sns.ts';

/** The header that an API destination of EventBridge sends the secret in. */
const secretHeader = 'x-tunewright-secret';
/** SNS sets it; there is a signature in the body then. */
const snsHeader = 'x-amz-sns-message-type';

/** docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html */
const eventShape = z.looseObject({ source: z.string(), 'detail-type': z.string(), detail: z.unknown() });
const detailShape = z.looseObject({
  TrainingJobName: z.string().min(1),
  TrainingJobStatus: z.string(),
  SecondaryStatus: z.string().optional(),
  SecondaryStatusTransitions: z.array(z.unknown()).optional(),
});

/** EventBridge's events about training jobs, through an API destination or an SNS topic. */
export function webhooks(
  { webhookSecretEnv, webhookTopicArn: arn, timeoutSeconds, endpoints }: SageMakerSettings,
  env: NodeJS.ProcessEnv,
): Pick<TrainingPlatform, 'verifyWebhook'> {
  const topic = arn ? sns({ arn, endpoint: endpoints.sns, timeoutMs: timeoutSeconds * 1000 }) : undefined;

  function checkSecret(given: string | undefined): void {
    const secret = env[webhookSecretEnv];
    if (!secret) {
      throw new TunewrightError('missing_key', `The environment variable ${webhookSecretEnv} is not set.`, {
        advice: `Set ${webhookSecretEnv}, where the gateway runs, to what the API destination sends as ${secretHeader}.`,
      });
    }
    if (given !== undefined && timingSafeEqual(digest(given), digest(secret))) return;
    throw new TunewrightError('wrong_key', `The webhook does not carry the secret of ${webhookSecretEnv}.`, {
      advice: `Check that the API destination sends it as ${secretHeader}.`,
    });
  }

  async function notification(rawBody: string): Promise<string | undefined> {
    if (topic) return await topic.read(rawBody);
    throw new TunewrightError('invalid_config', 'A message of SNS came, and the connection names no topic.', {
      advice: 'Name it in webhookTopicArn.',
    });
  }

  return {
    async verifyWebhook(rawBody, headers) {
      if (headers[snsHeader] === undefined) {
        checkSecret(headers[secretHeader]);
        return readEvent(rawBody);
      }
      const event = await notification(rawBody);
      return event === undefined ? undefined : readEvent(event);
    },
  };
}

function readEvent(text: string): WebhookEvent | undefined {
  try {
    const { source, detail, ...event } = eventShape.parse(JSON.parse(text));
    const type = event['detail-type'];
    if (source !== 'aws.sagemaker' || type !== 'SageMaker Training Job State Change') return undefined;
    const { TrainingJobName: jobId, TrainingJobStatus, ...rest } = detailShape.parse(detail);
    // Several events may tell one change, each with an id of its own: the change is what counts.
    const { SecondaryStatus = '', SecondaryStatusTransitions = [] } = rest;
    const id = [jobId, TrainingJobStatus, SecondaryStatus, SecondaryStatusTransitions.length].join(' ');
    return { id, type: `${type}: ${TrainingJobStatus}`, jobId };
  } catch (cause) {
    throw new TunewrightError('bad_answer', 'The webhook is genuine but is no event of EventBridge.', {
      advice: 'Send events as they are, without an input transformer.',
      cause,
    });
  }
}

/** Of one length, whatever was given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
