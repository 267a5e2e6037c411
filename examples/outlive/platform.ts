const dayMs = 86_400_000;

/** A day from now on, YYYY-MM-DD. */
export function day(inDays: number): string {
  return new Date(Date.now() + inDays * dayMs).toISOString().slice(0, 10);
}

/** The simulated platform at `baseURL` announces that it shuts its model down, and all that was tuned from it. */
export async function announceEnd(baseURL: string, inDays: number): Promise<void> {
  await admin(baseURL, 'PATCH', 'models', { 'stand-in-mini': { shutdownDate: day(inDays) } });
}

/** There, and nowhere else, so many days pass. */
export async function passDays(baseURL: string, days: number): Promise<void> {
  await admin(baseURL, 'POST', 'clock', { advanceMs: days * dayMs });
}

async function admin(baseURL: string, method: string, path: string, body: object): Promise<void> {
  const response = await fetch(new URL(`/admin/${path}`, baseURL), { method, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`/admin/${path}: ${response.status} ${await response.text()}`);
}
