import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createClient } from '../../src/client.ts';
import { runWorker } from '../../src/worker.ts';
import { testSettings } from '../support/pipeline.ts';

let server: Http2Server;
let address = '';
beforeAll(async () => {
  // As Temporal Cloud answers a key that is none of its own, or one of another namespace.
  server = createServer();
  server.on('stream', (stream) => {
    const refusal = { 'grpc-status': '16', 'grpc-message': 'Request unauthorized.' };
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...refusal }, { endStream: true });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => await new Promise((resolve) => void server.close(resolve)));

const refused = {
  code: 'forbidden',
  message: 'Temporal refuses this client: Request unauthorized.',
  advice: expect.stringContaining('TEMPORAL_API_KEY'),
};

test('a key that Temporal does not take is named, and not told as a cluster out of reach', async () => {
  await expect(createClient({ address, namespace: 'default' })).rejects.toMatchObject(refused);
});

test('so it is by a worker', async () => {
  const settings = testSettings('.', 'http://127.0.0.1:9');
  const temporal = { address, namespace: 'default' };
  await expect(runWorker({ ...settings, temporal }, new AbortController().signal)).rejects.toMatchObject(refused);
});
