import type { Clock } from './clock.ts';
import type { Store } from './store.ts';

/** One thing that was created or paid for. */
export interface LedgerEntry {
  /** The platform's time, ms. */
  atMs: number;
  kind: 'file' | 'upload' | 'job' | 'training' | 'batch' | 'deployment' | 'model';
  /**
   * The id of the file, upload, job or batch; for a training that of its job, for a deployment its name and time, for a model
   * made of a checkpoint its name.
   */
  id: string;
  /** The base model of a job or training. */
  model?: string;
  /** Billed training tokens. */
  tokens?: number;
  dollars?: number;
  metadata?: Record<string, string> | null;
}

/** Use of one model by chat requests, batches included. */
export interface ChatUse {
  requests: number;
  promptTokens: number;
  completionTokens: number;
  dollars: number;
}

/** All that was ever created and paid; deleting an object takes nothing out of it. */
export interface Ledger {
  entries: LedgerEntry[];
  chat: Record<string, ChatUse>;
  totals: {
    files: number;
    uploads: number;
    jobs: number;
    /** Jobs that were paid for. */
    trainings: number;
    batches: number;
    deployments: number;
    trainedTokens: number;
    /** Training and inference together. */
    dollars: number;
  };
}

/** Writes and reads the ledger; writes belong into the transaction of their effect. */
export interface LedgerBook {
  add(entry: Omit<LedgerEntry, 'atMs'>): void;
  addChat(model: string, use: ChatUse): void;
  read(): Ledger;
}

/** The ledger kept in the store. */
export function openLedger(store: Store, clock: Clock): LedgerBook {
  return {
    add(entry) {
      const atMs = clock.now();
      store.put('ledger', { ...entry, id: `${entry.kind}:${entry.id}`, createdMs: atMs, of: entry.id, atMs });
    },
    addChat(model, use) {
      const so = store.get<ChatUse>('ledger-chat', model);
      store.put('ledger-chat', {
        id: model,
        createdMs: clock.now(),
        requests: (so?.requests ?? 0) + use.requests,
        promptTokens: (so?.promptTokens ?? 0) + use.promptTokens,
        completionTokens: (so?.completionTokens ?? 0) + use.completionTokens,
        dollars: (so?.dollars ?? 0) + use.dollars,
      });
    },
    read() {
      const entries = store
        .list<LedgerEntry & { createdMs: number; of: string }>('ledger', { order: 'asc' })
        .map(({ createdMs: _, of, ...entry }) => ({ ...entry, id: of }));
      const chat = Object.fromEntries(
        store
          .list<ChatUse & { id: string; createdMs: number }>('ledger-chat', { order: 'asc' })
          .map(({ id, createdMs: _, ...use }) => [id, use]),
      );
      return { entries, chat, totals: totals(entries, Object.values(chat)) };
    },
  };
}

function totals(entries: LedgerEntry[], chat: ChatUse[]): Ledger['totals'] {
  const count = (kind: LedgerEntry['kind']) => entries.filter((entry) => entry.kind === kind).length;
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    files: count('file'),
    uploads: count('upload'),
    jobs: count('job'),
    trainings: count('training'),
    batches: count('batch'),
    deployments: count('deployment'),
    trainedTokens: sum(entries.map((entry) => entry.tokens ?? 0)),
    dollars: sum([...entries.map((entry) => entry.dollars ?? 0), ...chat.map((use) => use.dollars)]),
  };
}
