import type { Platform } from '../platform.ts';
import type { StoredRecord } from '../store.ts';
import { ownName } from './names.ts';

/** A deployment as kept in the store. Times in ms of the platform's clock. */
export interface DeploymentRecord extends StoredRecord {
  /** As the client named it. */
  format: string;
  modelName: string;
  version: string | null;
  sku: { name: string; capacity: number };
  /** The platform's own model that answers. */
  model: string;
  /** `Succeeded` from then on, and answering from then on, which is later. */
  succeededMs: number;
  readyMs: number;
  /** Since when it is being deleted. */
  deletedMs: number | null;
}

export type ProvisioningState = 'Creating' | 'Succeeded' | 'Deleting';

/** Deployments of the cheapest tier are taken away so long after their creation. */
const developerTier = 'developertier';
const developerLifeMs = 24 * 3_600_000;

/** Takes a deployment away when its time is over; each request does this first. */
export function tidyDeployments({ store, clock, settings }: Platform): void {
  const now = clock.now();
  for (const one of store.list<DeploymentRecord>('deployment')) {
    const expired = one.sku.name.toLowerCase() === developerTier && now >= one.createdMs + developerLifeMs;
    const deleted = one.deletedMs !== null && now >= one.deletedMs + settings.current.deployMs;
    if (expired || deleted) store.remove('deployment', one.id);
  }
}

export function findDeployment({ store }: Platform, name: string): DeploymentRecord | undefined {
  return store.get<DeploymentRecord>('deployment', name);
}

export function stateOf({ deletedMs, succeededMs }: DeploymentRecord, now: number): ProvisioningState {
  if (deletedMs !== null) return 'Deleting';
  return now < succeededMs ? 'Creating' : 'Succeeded';
}

/** The platform's own model that a deployment's `model` means; undefined when there is none. */
export function modelToDeploy(platform: Platform, name: string, version: string | null): string | undefined {
  const own = ownName(name, platform);
  const named = own === name && version !== null ? `${name}-${version}` : own;
  return platform.models.resolve(named)?.id ?? platform.models.resolve(own)?.id;
}
