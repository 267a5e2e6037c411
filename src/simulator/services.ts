import type { Blobs } from './blobs.ts';
import type { Catalogue } from './catalogue.ts';
import type { Clock } from './clock.ts';
import type { LedgerBook } from './ledger.ts';
import type { Models } from './models.ts';
import type { SettingsHolder } from './settings.ts';
import type { Store } from './store.ts';
import type { Webhooks } from './webhooks.ts';

/** What every part of the platform may use to keep state, tell time and count. */
export interface Services {
  dataDir: string;
  store: Store;
  blobs: Blobs;
  clock: Clock;
  settings: SettingsHolder;
  catalogue: Catalogue;
  ledger: LedgerBook;
  webhooks: Webhooks;
  models: Models;
}
