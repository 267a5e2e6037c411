import { TunewrightError } from '../contract/errors.ts';
import { type ReadOptions, resumed } from './resume.ts';

const mostHops = 5;

/**
 * Reads what lies at an address. `hosts` are those that may be asked, for every hop: names, by HTTPS, or whole origins
 * such as `http://files.internal:8080`. Throws `forbidden` for any other, `source_missing`, and `source_unreadable`, with a
 * retry where that may help.
 */
export function readWeb(
  address: string,
  hosts: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const name = shownAddress(address);
  let etag: string | null = null;
  return resumed(
    name,
    async (from, signal) => {
      const rest: Record<string, string> = from > 0 && etag ? { range: `bytes=${from}-`, 'if-range': etag } : {};
      const response = await ask(new URL(address), hosts, rest, signal);
      await checkStatus(name, response, from);
      etag = response.headers.get('etag');
      const length = Number(response.headers.get('content-length') ?? Number.NaN);
      const encoded = response.headers.has('content-encoding');
      return {
        body: bodyOf(response),
        total: Number.isNaN(length) || encoded ? undefined : from + length,
        // A weak tag says that it means the same, not that it is the same.
        resumable: etag?.startsWith('"') === true && !encoded,
      };
    },
    options,
  );
}

/** With the response: collected as garbage while nobody reads its body it would cancel that. */
async function* bodyOf(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body) yield* response.body;
}

/** Without what may be nobody's business. */
export function shownAddress(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}

async function ask(
  address: URL,
  hosts: readonly string[],
  rest: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  let url = address;
  for (let hop = 0; hop <= mostHops; hop++) {
    checkAllowed(url, hosts);
    const response = await sent(url, rest, signal);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || !location) return response;
    await response.body?.cancel();
    if (!URL.canParse(location, url.href)) break;
    url = new URL(location, url);
  }
  throw new TunewrightError(
    'source_unreadable',
    `${shownAddress(address.href)} leads from one address to another, and to no file.`,
    {
      advice: 'Name the address at which the file really lies.',
    },
  );
}

async function sent(url: URL, rest: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    const headers = { 'accept-encoding': 'identity', ...rest };
    return await fetch(url, { headers, redirect: 'manual', signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    const { code } = ((cause as Error).cause ?? {}) as { code?: string };
    throw new TunewrightError('source_unreadable', `${url.origin} cannot be reached${code ? ` (${code})` : ''}.`, {
      advice: 'Check the address, and the network of the worker.',
      retry: 'yes',
      cause,
    });
  }
}

function checkAllowed(url: URL, hosts: readonly string[]): void {
  const secure = url.protocol === 'https:';
  if (hosts.some((host) => host === url.origin || (secure && (host === url.hostname || host === url.host)))) return;
  throw new TunewrightError('forbidden', `Data may not be read from ${url.origin}.`, {
    advice: "Add the host to the worker's TUNEWRIGHT_DATA_HOSTS, if it is to be trusted.",
  });
}

async function checkStatus(name: string, response: Response, from: number): Promise<void> {
  const { status, headers } = response;
  if (status === 200 && from === 0) return;
  if (status === 206 && headers.get('content-range')?.startsWith(`bytes ${from}-`)) return;
  await response.body?.cancel();
  if (status === 200 || status === 206) {
    throw new TunewrightError('source_unreadable', `${name} was changed while it was read.`, {
      advice: 'It is read again from its beginning.',
      retry: 'yes',
    });
  }
  if (status === 404 || status === 410) {
    throw new TunewrightError('source_missing', `There is nothing at ${name} (HTTP ${status}).`, {
      advice: 'Check the address.',
      status,
    });
  }
  const passes = status === 408 || status === 429 || status >= 500;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  throw new TunewrightError('source_unreadable', `${name} cannot be read (HTTP ${status}).`, {
    advice: passes
      ? 'It is tried again.'
      : 'Check that it can be read without logging in, or use s3:// with a role of the worker.',
    status,
    ...(passes ? { retry: 'yes' as const } : {}),
    ...(passes && seconds >= 0 && Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {}),
  });
}
