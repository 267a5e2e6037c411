import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** A TCP port of `host` that nothing listens on now. Another process may take it before the caller does. */
export const freePort = (host = '127.0.0.1'): Promise<number> => bindBriefly(host, 0);

/** Whether a server could listen on `port` of `host` now. */
export async function isFree(host: string, port: number): Promise<boolean> {
  try {
    await bindBriefly(host, port);
    return true;
  } catch {
    return false;
  }
}

/** Whether something listens on `port` of `host` now. */
export async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function bindBriefly(host: string, port: number): Promise<number> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return bound;
}
