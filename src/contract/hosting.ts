/** How the deployments of a registered model are kept, where its platform serves models under deployments alone. */
export interface ServeRule {
  /** So long a version that is in service no more stands on, for a rollback that takes effect at once. */
  keepPreviousHours: number;
  /** Seconds between two looks at each deployment. */
  lookSeconds: number;
}

/** A deployment that was made for a version of a registered model: once for each time that it stands. */
export interface VersionDeployment {
  id: string;
  connection: string;
  /** The platform's name of it: what a call asks. */
  name: string;
  model: string;
  version: number;
  /** The platform's id of what is deployed. */
  modelId: string;
  /** Who wanted it. */
  by: string;
  /** US dollars an hour when it was made, where that was known. */
  hourlyUsd?: number;
  /** ISO times; absent: it has not answered yet, and it still stands. */
  createdAt: string;
  readyAt?: string;
  endedAt?: string;
  /** Why it has ended. */
  reason?: string;
  /** It is of the champion, or of a canary's candidate. */
  inService: boolean;
  /** ISO time of its removal by rule; absent for one in service. */
  removeAt?: string;
}

/** What the deployments of versions begin with; no run's key is mistaken for one. */
export const versionDeploymentPrefix = 'tunewright-serve-';

/** Of 63 signs at most, as SageMaker allows; the same for a version whenever it is brought back. */
export function deploymentName(model: string, version: number): string {
  return `${versionDeploymentPrefix}${model}-v${version}`;
}

/** The workflow that keeps a deployment, from before it is made until it is seen gone. */
export function keeperName({ name, id }: Pick<VersionDeployment, 'name' | 'id'>): string {
  return `${name}-${id}`;
}

/** The workflow type of keepers. */
export const keeperType = 'keepDeployment';

const hourMs = 3_600_000;
/** One that never went into service: after the question of who wanted it was given up, nobody removes it. */
const untilReadyMs = 24 * hourMs;
const unusedMs = hourMs;

/** What decides when a deployment has stood for long enough. */
export interface Standing {
  createdAt: string;
  readyAt?: string | null;
  /** When it was last seen in service. */
  servedAt?: string | null;
  retired: boolean;
  rule: ServeRule | undefined;
}

/** ISO time at which one that is not in service is removed. */
export function removalOf({ createdAt, readyAt, servedAt, retired, rule }: Standing): string {
  // Nobody may ask it any more.
  if (retired || !rule) return createdAt;
  const after = (from: string, ms: number) => new Date(Date.parse(from) + ms).toISOString();
  if (servedAt) return after(servedAt, rule.keepPreviousHours * hourMs);
  return readyAt ? after(readyAt, unusedMs) : after(createdAt, untilReadyMs);
}
