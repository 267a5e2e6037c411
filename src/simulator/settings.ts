import type { Store } from './store.ts';

/** Speeds and limits that can be changed while the platform runs. Times in milliseconds unless named otherwise. */
export interface Settings {
  /** Least time a job spends in training, whatever the learner needs. */
  trainingSeconds: number;
  /** Time a job waits in `queued` before it may start. */
  queueMs: number;
  /** Jobs trained at once; others wait in `queued`. */
  maxRunningJobs: number;
  /** Time a new file stays `uploaded` before it is `processed`. */
  fileProcessingMs: number;
  /** Files, jobs and batches show up in lists only this long after creation. */
  listLagMs: number;
  /** Added before every answer. */
  latencyMs: number;
  /** Chat requests a minute and model; 0 for no limit. */
  requestsPerMinute: number;
  /** Tokens a minute and model that chat requests may use; 0 for no limit. */
  tokensPerMinute: number;
  /** Requests a minute of every other kind; 0 for no limit. */
  callsPerMinute: number;
  /** Least time a batch takes to be answered; its requests are answered evenly over it. */
  batchSeconds: number;
  /** Time from the cancellation of a batch until it is `cancelled`. */
  batchCancelMs: number;
  /** A new model answers 404 for this long after its job succeeded. */
  modelReadyMs: number;
  /** `fine_tuned_model` stays null for this long after the job succeeded. */
  modelNameMs: number;
  /** Time until a deployment is `Succeeded`, and until one that is deleted is gone. */
  deployMs: number;
  /** Time from then on until it answers. */
  deployReadyMs: number;
  /** Largest file in one request, in bytes. */
  maxFileBytes: number;
  /** Largest part of an upload, in bytes. */
  maxPartBytes: number;
}

const DEFAULTS: Settings = {
  trainingSeconds: 0,
  queueMs: 0,
  maxRunningJobs: 3,
  fileProcessingMs: 0,
  listLagMs: 0,
  latencyMs: 0,
  requestsPerMinute: 0,
  tokensPerMinute: 0,
  callsPerMinute: 0,
  batchSeconds: 0,
  batchCancelMs: 0,
  modelReadyMs: 0,
  modelNameMs: 0,
  deployMs: 0,
  deployReadyMs: 0,
  maxFileBytes: 512 * 1024 * 1024,
  maxPartBytes: 64 * 1024 * 1024,
};

/** The settings in force. A change outlives a restart, unless the restart names another value itself. */
export interface SettingsHolder {
  readonly current: Settings;
  /** Throws a RangeError for an unknown name or a value that is no number >= 0. */
  set(patch: Partial<Settings>): void;
}

/** Defaults, then what an earlier process was set to, then `options`. */
export function createSettings(store: Store, options: Partial<Settings>): SettingsHolder {
  const stored = store.get<{ values: Partial<Settings> }>('settings', 'current')?.values ?? {};
  let changed = stored;
  let current: Settings = { ...DEFAULTS, ...stored, ...checked(options) };
  return {
    get current() {
      return current;
    },
    set(patch) {
      const valid = checked(patch);
      changed = { ...changed, ...valid };
      current = { ...current, ...valid };
      store.put('settings', { id: 'current', createdMs: 0, values: changed });
    },
  };
}

function checked(patch: Partial<Settings>): Partial<Settings> {
  const valid: Partial<Settings> = {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (!(name in DEFAULTS))
      throw new RangeError(`Unknown setting "${name}". Known: ${Object.keys(DEFAULTS).join(', ')}.`);
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
      throw new RangeError(`Setting "${name}" must be a number of 0 or more.`);
    }
    valid[name as keyof Settings] = value;
  }
  return valid;
}
