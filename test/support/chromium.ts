import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Chromium's command where the machine has one. */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find((command) => {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

type Json = Record<string, unknown>;
type Listener = (method: string, params: Json) => void;

/** One tab, driven by Chromium's DevTools protocol. */
export interface Tab {
  /** Events seen so far, by name. */
  readonly events: { method: string; params: Json }[];
  send<T = Json>(method: string, params?: Json): Promise<T>;
  /** Loads a page and waits until it is there with all that it asks for. */
  open(url: string): Promise<void>;
  /** The value of an expression in the page. */
  evaluate<T>(expression: string): Promise<T>;
}

export interface Browser {
  tab(): Promise<Tab>;
  close(): Promise<void>;
}

/** Starts Chromium without a window, spoken to over a pipe: no port is opened. */
export async function startChromium(command: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'tunewright-chromium-'));
  const child = spawn(
    command,
    [
      ...['--headless', '--remote-debugging-pipe', `--user-data-dir=${profile}`, '--no-first-run', '--disable-gpu'],
      ...['--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update'],
      // Chromium's sandbox refuses to work for root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const connection = connect(child);
  return {
    async tab() {
      const { targetId } = await connection.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await connection.send<{ sessionId: string }>('Target.attachToTarget', {
        targetId,
        flatten: true,
      });
      return await openTab(connection, sessionId);
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Connection {
  send<T>(method: string, params?: Json, sessionId?: string): Promise<T>;
  listen(sessionId: string, listener: Listener): void;
}

/** Messages are JSON, each ended by a zero byte. */
function connect(child: ChildProcess): Connection {
  const [, , , commands, answers] = child.stdio as [null, null, null, Writable, Readable];
  const pending = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  const listeners = new Map<string, Listener>();
  let last = 0;
  let unread = '';
  answers.setEncoding('utf8').on('data', (text: string) => {
    const messages = (unread + text).split('\0');
    unread = messages.pop() ?? '';
    for (const message of messages) take(JSON.parse(message));
  });
  child.once('exit', () => {
    for (const { reject } of pending.values()) reject(new Error('Chromium has ended.'));
  });
  commands.on('error', () => undefined);

  function take(message: { id?: number; result?: Json; error?: Json; sessionId?: string; method?: string } & Json) {
    if (message.id !== undefined) {
      const { resolve, reject } = pending.get(message.id) ?? {};
      pending.delete(message.id);
      if (message.error) reject?.(new Error(JSON.stringify(message.error)));
      else resolve?.(message.result as never);
    } else if (message.method) {
      listeners.get(message.sessionId ?? '')?.(message.method, (message.params ?? {}) as Json);
    }
  }

  return {
    send: async (method, params = {}, sessionId) =>
      await new Promise((resolve, reject) => {
        last += 1;
        pending.set(last, { resolve, reject });
        commands.write(`${JSON.stringify({ id: last, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
      }),
    listen: (sessionId, listener) => listeners.set(sessionId, listener),
  };
}

async function openTab(connection: Connection, sessionId: string): Promise<Tab> {
  const events: Tab['events'] = [];
  let loaded: (() => void) | undefined;
  const send: Tab['send'] = async (method, params) => await connection.send(method, params, sessionId);
  connection.listen(sessionId, (method, params) => {
    events.push({ method, params });
    // A dialog holds the page until it is answered.
    if (method === 'Page.javascriptDialogOpening') void send('Page.handleJavaScriptDialog', { accept: true });
    if (method === 'Page.loadEventFired') loaded?.();
  });
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await send(`${domain}.enable`);
  return {
    events,
    send,
    async open(url) {
      const arrived = new Promise<void>((resolve) => {
        loaded = resolve;
      });
      await send('Page.navigate', { url });
      await arrived;
    },
    async evaluate<T>(expression: string) {
      const { result, exceptionDetails } = await send<{ result: { value: T }; exceptionDetails?: Json }>(
        'Runtime.evaluate',
        { expression, returnByValue: true, awaitPromise: true },
      );
      if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
      return result.value;
    },
  };
}
