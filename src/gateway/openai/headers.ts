/** They belong to one connection: RFC 9110, 7.6.1. */
const ofTheConnection = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** What a caller says to the gateway alone: its key, its account elsewhere, what this connection needs. */
const ofTheCaller = new Set([
  ...ofTheConnection,
  'accept-encoding',
  'api-key',
  'authorization',
  'content-length',
  'cookie',
  'expect',
  'host',
  'openai-organization',
  'openai-project',
  'x-tunewright-key',
]);

/** What an upstream says to the gateway alone. */
const ofTheUpstream = new Set([...ofTheConnection, 'alt-svc', 'set-cookie', 'strict-transport-security']);

/** A caller's headers as an upstream gets them, under the connection's own. */
export function toUpstream(caller: Headers, own: Readonly<Record<string, string>>): Headers {
  const headers = without(caller, ofTheCaller);
  // Nothing is unpacked on the way, and so nothing is held up.
  headers.set('accept-encoding', 'identity');
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return headers;
}

/** An upstream's headers as a caller gets them. */
export function toCaller(upstream: Headers): Headers {
  const headers = without(upstream, ofTheUpstream);
  if (!headers.has('content-encoding')) return headers;
  // It has packed its answer all the same, and fetch has unpacked it.
  headers.delete('content-encoding');
  headers.delete('content-length');
  return headers;
}

function without(headers: Headers, names: ReadonlySet<string>): Headers {
  const kept = new Headers();
  const named = new Set(
    headers
      .get('connection')
      ?.toLowerCase()
      .split(/\s*,\s*/),
  );
  for (const [name, value] of headers) if (!names.has(name) && !named.has(name)) kept.append(name, value);
  return kept;
}
