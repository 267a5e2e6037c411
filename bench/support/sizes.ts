/** How much is measured; smaller is sooner done and says less. */
export interface Sizes {
  /** Through the worker whose throughput is measured. */
  pipelines: number;
  /** How often a worker is killed for each way in which another one takes over. */
  rounds: number;
}
