import { once } from 'node:events';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inCache } from '../../src/embedded/cache.ts';
import { downloadFrom, type SdkDownload } from '../../src/embedded/download.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { cachedName, gadget, temporaryFolder } from './fixtures.ts';

const root = await temporaryFolder();

async function search() {
  const cache = await mkdtemp(join(root, 'cache-'));
  return { cache, search: { binary: gadget, env: { TUNEWRIGHT_CACHE: cache }, note: () => {} } };
}

async function source(answering: boolean) {
  const server = createServer((_, response) => {
    if (answering) response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const never: SdkDownload = () => Promise.reject(new Error('not to be called'));

describe('downloadFrom', () => {
  test('caches what came under a name of its own, whole, for several searches at once', async () => {
    await using reachable = await source(true);
    const { cache, search: one } = await search();
    const download: SdkDownload = (binary, folder) =>
      writeFile(join(folder, `the-sdk-names-it-${binary.version}`), '#!/bin/sh');
    const paths = await Promise.all([1, 2, 3].map(() => downloadFrom(one, reachable.url, download)));
    expect(new Set(paths)).toEqual(new Set([join(cache, cachedName)]));
    expect(await readdir(cache)).toEqual([cachedName]);
    expect(await readFile(join(cache, cachedName), 'utf8')).toBe('#!/bin/sh');
    expect(await inCache(one)).toBe(join(cache, cachedName));
  });

  test('says in one line why the download failed, and leaves nothing half done', async () => {
    await using reachable = await source(true);
    const { cache, search: one } = await search();
    const download: SdkDownload = async (_, folder) => {
      await writeFile(join(folder, 'half'), '');
      throw Object.assign(new Error('Command failed'), { stderr: 'warning\nError: disk is full\n    at x\n' });
    };
    await expect(downloadFrom(one, reachable.url, download)).rejects.toThrow(/^download: Error: disk is full$/);
    expect(await readdir(cache)).toEqual([]);
  });

  test('does not begin when nothing listens there', async () => {
    const { search: one } = await search();
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(downloadFrom(one, url, never)).rejects.toThrow(
      `download: ${url} cannot be reached (connect ECONNREFUSED`,
    );
  });

  test('gives up within seconds when the source is silent', async () => {
    await using silent = await source(false);
    const { search: one } = await search();
    const began = Date.now();
    await expect(downloadFrom(one, silent.url, never)).rejects.toThrow(`download: ${silent.url} cannot be reached`);
    expect(Date.now() - began).toBeLessThan(60_000);
  });
});
