import { createHmac } from 'node:crypto';
import type { Clock } from './clock.ts';
import { newId } from './ids.ts';
import type { Store, StoredRecord } from './store.ts';

/** Where events are delivered. */
export interface WebhookEndpoint {
  url: string;
  /** `whsec_` and the signing key in base64. */
  secret: string;
  /** Event types wanted, such as `fine_tuning.job.succeeded`; all when absent. */
  events?: string[];
}

interface Delivery extends StoredRecord {
  endpoint: WebhookEndpoint;
  body: string;
  attempts: number;
}

/** Sends signed events, again with growing pauses until answered with a 2xx or given up. */
export interface Webhooks {
  /** Replaces the endpoints; outlives a restart. Throws a RangeError for a bad URL or secret. */
  setEndpoints(endpoints: WebhookEndpoint[]): void;
  /** Queues an event about an object; belongs into the transaction of the change it tells of. */
  emit(type: string, id: string): void;
  /** Starts sending what is queued, and what an earlier process left queued. */
  start(): void;
  close(): void;
}

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 200;
const PAUSE_FACTOR = 4;
const ANSWER_TIMEOUT_MS = 10_000;

/** Webhooks whose queue is kept in the store. */
export function createWebhooks(store: Store, clock: Clock, configured?: WebhookEndpoint[]): Webhooks {
  let endpoints = configured ?? store.get<{ endpoints: WebhookEndpoint[] }>('webhooks', 'endpoints')?.endpoints ?? [];
  endpoints.forEach(checkEndpoint);
  const timers = new Set<NodeJS.Timeout>();
  const stopped = new AbortController();
  let started = false;

  function schedule(delivery: Delivery, pauseMs: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void attempt(delivery);
    }, pauseMs);
    timers.add(timer);
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const ok = await send(delivery, stopped.signal);
    if (stopped.signal.aborted) return;
    const next = { ...delivery, attempts: delivery.attempts + 1 };
    if (ok || next.attempts >= ATTEMPTS) return store.remove('delivery', delivery.id);
    store.put('delivery', next);
    schedule(next, FIRST_PAUSE_MS * PAUSE_FACTOR ** (next.attempts - 1));
  }

  return {
    setEndpoints(list) {
      list.forEach(checkEndpoint);
      endpoints = list;
      store.put('webhooks', { id: 'endpoints', createdMs: 0, endpoints });
    },
    emit(type, id) {
      const event = { id: newId('evt_'), object: 'event', created_at: clock.seconds(), type, data: { id } };
      for (const endpoint of endpoints) {
        if (endpoint.events && !endpoint.events.includes(type)) continue;
        const delivery: Delivery = {
          id: newId('wh_'),
          createdMs: clock.now(),
          endpoint,
          body: JSON.stringify(event),
          attempts: 0,
        };
        store.put('delivery', delivery);
        if (started) schedule(delivery, 0);
      }
    },
    start() {
      started = true;
      for (const delivery of store.list<Delivery>('delivery', { order: 'asc' })) schedule(delivery, 0);
    },
    close() {
      stopped.abort();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** The Standard Webhooks signature over the exact body; `timestamp` in seconds. */
function sign(endpoint: WebhookEndpoint, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(endpoint.secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

async function send(delivery: Delivery, stopped: AbortSignal): Promise<boolean> {
  // The machine's own time: a receiver compares it with its own, whatever the platform's clock was moved to.
  const timestamp = Math.floor(Date.now() / 1000);
  try {
    const answer = await fetch(delivery.endpoint.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'tunewright-simulator',
        'webhook-id': delivery.id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign(delivery.endpoint, delivery.id, timestamp, delivery.body),
      },
      body: delivery.body,
      signal: AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

function checkEndpoint({ url, secret }: WebhookEndpoint): void {
  if (!URL.canParse(url)) throw new RangeError(`Webhook URL "${url}" is no URL.`);
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret)) throw new RangeError('A webhook secret is "whsec_" and base64.');
}
