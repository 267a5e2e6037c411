/** Resolves when a server of this process is asked to stop; keeps the process alive until then. */
export async function untilInterrupted(interrupt: AbortSignal): Promise<void> {
  if (interrupt.aborted) return;
  const keepAlive = setInterval(() => undefined, 0x7fff_ffff);
  await new Promise((resolve) => {
    interrupt.addEventListener('abort', resolve, { once: true });
  });
  clearInterval(keepAlive);
}
