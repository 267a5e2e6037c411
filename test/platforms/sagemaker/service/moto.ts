import { createServer } from 'node:net';
import { join } from 'node:path';
import { runServer, type ServerProcess } from '../../../../src/embedded/server-process.ts';
import { until } from '../../../faults/support/outcome.ts';
import { trainerEnv, trainerPython } from '../../trainers.ts';

/** moto's server, which really checks what S3 checks: parts, checksums, conditions. */
export async function startMoto(folder: string): Promise<{ url: string; server: ServerProcess }> {
  const port = await freePort();
  const args = ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)];
  const server = await runServer(trainerPython, args, join(folder, 'moto.log'), trainerEnv());
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () =>
      await fetch(`${url}/moto-api/`)
        .then(({ ok }) => ok)
        .catch(() => false),
    (ok) => ok,
  );
  return { url, server };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
