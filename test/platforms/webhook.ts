import { createHmac } from 'node:crypto';

/** Headers of a webhook delivery, signed by the Standard Webhooks scheme as its specification has it. */
export function signed(
  body: string,
  secret: string,
  { id = 'wh_1', at = Date.now() }: { id?: string; at?: number } = {},
): Record<string, string> {
  const timestamp = Math.floor(at / 1000);
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}

/** The body of an event about a job. */
export function jobEvent(jobId: string, { id = 'evt_1', type = 'fine_tuning.job.succeeded' } = {}): string {
  return JSON.stringify({ id, object: 'event', created_at: 1_790_000_000, type, data: { id: jobId } });
}
