export interface PlatformModel {
  id: string;
  /** YYYY-MM-DD, when the platform has announced one. */
  shutdownDate?: string | undefined;
  /** Whether it can be tuned; absent where the platform does not say. */
  tunable?: boolean | undefined;
}

/** Access, and the models that a platform offers or has made. */
export interface ModelMethods {
  /** Cheapest call that proves address and key. */
  checkAccess(signal?: AbortSignal): Promise<void>;
  /** The models the platform offers this account; undefined where it has no list of them. */
  listModels(signal?: AbortSignal): Promise<PlatformModel[] | undefined>;
  /** Throws `model_not_found`. */
  getModel(id: string, signal?: AbortSignal): Promise<PlatformModel>;
  deleteModel(id: string, signal?: AbortSignal): Promise<void>;
  /** The shell command with which a person deletes the model; it names the variable of the key, never the key. */
  deleteModelCommand(id: string): string;
}
