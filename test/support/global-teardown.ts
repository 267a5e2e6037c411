import { rm } from 'node:fs/promises';

/** Ends what `global-setup.ts` started; its state is in memory, so there is nothing to end gently for. */
export default async function tearDown(): Promise<void> {
  if (!globalThis.sharedTemporal) return;
  const { server, folder } = globalThis.sharedTemporal;
  await server.kill();
  await rm(folder, { recursive: true, force: true });
}
