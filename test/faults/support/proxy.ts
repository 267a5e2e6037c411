import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server of this machine that can be interrupted. */
export interface TcpProxy {
  port: number;
  /** Where connections lead from now on: a port of this machine. */
  leadTo(port: number): void;
  /** Connections stand and new ones are accepted, but nothing arrives any more, in neither direction. */
  blackhole(): void;
  /**
   * Ends that. A connection of which something was swallowed is reset, as by a router that has forgotten it: it could not go on.
   *
   * @returns how many bytes were swallowed on the way to the server, and on the way back
   */
  heal(): { there: number; back: number };
  /** Resets all connections; new ones are led on. */
  reset(): void;
  close(): Promise<void>;
}

/** Leads nowhere until it is told where. */
export async function openProxy(): Promise<TcpProxy> {
  let target = 0;
  let open = true;
  let swallowed = { there: 0, back: 0 };
  const connections = new Set<Socket[]>();
  const torn = new Set<Socket[]>();

  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const ends = [near, far];
    connections.add(ends);
    const pass = (from: Socket, to: Socket, way: keyof typeof swallowed) => {
      from.setNoDelay(true);
      from.on('error', () => {});
      from.on('data', (bytes) => {
        if (open) {
          to.write(bytes);
          return;
        }
        swallowed[way] += bytes.length;
        torn.add(ends);
      });
      from.on('close', () => {
        // The other end does not hear of it while nothing arrives.
        if (open) to.destroy();
        else torn.add(ends);
        if (near.destroyed && far.destroyed) connections.delete(ends);
      });
    };
    pass(near, far, 'there');
    pass(far, near, 'back');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  const tear = (which: Set<Socket[]>) => {
    for (const ends of which) for (const end of ends) end.resetAndDestroy();
    which.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    leadTo(port) {
      target = port;
    },
    blackhole() {
      open = false;
    },
    heal() {
      const was = swallowed;
      swallowed = { there: 0, back: 0 };
      open = true;
      tear(torn);
      return was;
    },
    reset() {
      tear(connections);
    },
    async close() {
      server.close();
      tear(connections);
      await once(server, 'close');
    },
  };
}
