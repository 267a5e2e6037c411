import { createHmac } from 'node:crypto';
import { TunewrightError } from '../contract/errors.ts';
import type { Told } from '../contract/notice.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';

const timeoutMs = 10_000;

export function notifyActivities({ notices }: Dependencies) {
  return {
    /**
     * Posts what has happened to the address that the worker was given; nothing where it has none. Signed after the
     * Standard Webhooks specification where there is a secret. Throws `platform_unreachable` until it is taken.
     */
    async notify(notice: Told): Promise<void> {
      if (!notices) return;
      const { url, secret } = notices;
      const body = JSON.stringify({
        type: `tunewright.${notice.event}`,
        timestamp: new Date().toISOString(),
        data: notice,
      });
      const signed = secret === undefined ? {} : signature(notice.id, body, secret);
      await attended(async () => {
        const answer = await fetch(url, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json', ...signed },
          signal: AbortSignal.timeout(timeoutMs),
          redirect: 'error',
        }).catch((cause: unknown) => {
          throw notTaken('does not answer', cause);
        });
        await answer.body?.cancel();
        if (!answer.ok) throw notTaken(`answers ${answer.status}`);
      });
    },
  };
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function signature(id: string, body: string, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${digest}` };
}

function notTaken(how: string, cause?: unknown): TunewrightError {
  return new TunewrightError('platform_unreachable', `The address in TUNEWRIGHT_NOTIFY_URL ${how}.`, {
    advice: 'See that it is up and takes POST requests; it is tried again for an hour.',
    retry: 'yes',
    cause,
  });
}
