import type { ModelOverrides } from './catalogue.ts';
import type { PresetRule } from './faults/presets.ts';
import type { ActiveFault, FaultRule } from './faults/rules.ts';
import type { Ledger } from './ledger.ts';
import type { Settings } from './settings.ts';
import type { WebhookEndpoint } from './webhooks.ts';

/** How a simulator is started; every setting not given has a default. */
export interface SimulatorOptions extends Partial<Settings> {
  /** Folder of all state; made if missing. One process at a time. */
  dataDir: string;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0, any free port. */
  port?: number;
  /** Accepted keys; any non-empty key when absent. */
  apiKeys?: string[];
  /** Guards /admin; without it /admin answers only callers on the same machine. */
  adminToken?: string;
  /** Source of time in ms since 1970, default the machine's. */
  now?: () => number | Promise<number>;
  webhooks?: WebhookEndpoint[];
  models?: ModelOverrides;
  faults?: Array<FaultRule | PresetRule>;
}

/** A running simulator. */
export interface Simulator {
  /** Base URL for OpenAI clients, such as `http://127.0.0.1:4010/v1`. */
  url: string;
  port: number;
  ledger(): Ledger;
  faults: {
    /** Adds a rule or a preset; answers its id. Throws a RangeError for one that makes no sense. */
    add(rule: FaultRule | PresetRule): string;
    list(): ActiveFault[];
    remove(id: string): void;
    clear(): void;
  };
  /** Changes settings while running. Throws a RangeError for an unknown name or bad value. */
  set(patch: Partial<Settings>): void;
  /** Replaces the webhook endpoints. */
  setWebhooks(endpoints: WebhookEndpoint[]): void;
  /** Changes base models, such as their shutdown dates. */
  setModels(changes: ModelOverrides): void;
  /** Moves the platform's time forward. */
  advanceClock(ms: number): void;
  /** Stops listening; all state stays on disk. */
  close(): Promise<void>;
}
