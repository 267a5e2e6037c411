/** A deployment that answers for a model. */
export interface HeldDeployment {
  name: string;
  model: string;
  /** Milliseconds since the epoch, by the platform's clock. */
  createdAt: number;
}

/** How a deployment stands: `ready` once it has answered, `gone` when there is none of that name. */
export type DeploymentState = 'creating' | 'ready' | 'gone';

/** For platforms where a model answers only under a deployment, which costs money while it stands. */
export interface Deployments {
  /** Set where a job's checkpoints are deployed as models are, several at once: a run may then choose among them. */
  readonly checkpoints?: true;
  /** The deployment that answers for the model by configuration; such a one is never removed. */
  existing(model: string): string | undefined;
  /** The names of all that answer by configuration. */
  readonly configured: readonly string[];
  /** Creates it, or takes up the one of that name; throws `contradiction` when that one answers for another model. */
  create(deployment: { name: string; model: string }, signal?: AbortSignal): Promise<void>;
  /** Throws `refused` with the platform's reason when it failed. */
  state(name: string, signal?: AbortSignal): Promise<DeploymentState>;
  remove(name: string, signal?: AbortSignal): Promise<void>;
  /** Every deployment whose name starts so; all pages are read. */
  find(namePrefix: string, signal?: AbortSignal): Promise<HeldDeployment[]>;
  /** What one costs while it stands, US dollars an hour, where the catalogue knows it. */
  hourlyUsd(model: string): number | undefined;
}
