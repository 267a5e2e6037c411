import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Simulator } from '../../src/simulator/index.ts';

/** A time from one moment to another, in milliseconds since 1970. */
export type Span = readonly [from: number, to: number];

export interface Measured {
  wallMs: number;
  /** Wall time in which the platform neither answered a request nor had a job, from its creation to its end. */
  ownMs: number;
}

/** Stands before the simulated platform and takes down when it was at work. */
export interface Meter {
  /** Base URL for clients. */
  url: string;
  /** What a span is made of. */
  measured(span: Span): Measured;
  close(): Promise<void>;
}

export async function startMeter({ url, ledger }: Simulator): Promise<Meter> {
  const { hostname, port } = new URL(url);
  const requests: Span[] = [];
  const server = createServer((incoming, outgoing) => {
    const from = Date.now();
    outgoing.once('close', () => requests.push([from, Date.now()]));
    const { method, url: path, headers } = incoming;
    const forwarded = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.once('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function jobSpans(): Span[] {
    const { entries } = ledger();
    const paid = entries.filter(({ kind }) => kind === 'training');
    return paid.map(({ id, atMs }) => [entries.find((e) => e.kind === 'job' && e.id === id)?.atMs ?? atMs, atMs]);
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    measured([from, to]) {
      const wallMs = to - from;
      return { wallMs, ownMs: wallMs - covered([...requests, ...jobSpans()], [from, to]) };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** How much of a span the others cover together; where they overlap, time counts once. */
function covered(spans: readonly Span[], [from, to]: Span): number {
  let sum = 0;
  let reached = from;
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    sum += Math.max(0, Math.min(end, to) - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return sum;
}
