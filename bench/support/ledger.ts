import type { Ledger } from '../../src/simulator/index.ts';

/** What a simulated platform has created, taken payment for and answered so far. */
export interface Spent {
  jobs: number;
  trainings: number;
  answers: number;
}

/** Reads the books of the simulated platform at `simulatorUrl`, which ends with `/v1`. */
export async function readLedger(simulatorUrl: string): Promise<Spent> {
  const response = await fetch(new URL('/admin/ledger', simulatorUrl));
  if (!response.ok) throw new Error(`The simulated platform answered ${response.status} when asked for its books.`);
  const { totals, chat } = (await response.json()) as Ledger;
  const answers = Object.values(chat).reduce((sum, { requests }) => sum + requests, 0);
  return { jobs: totals.jobs, trainings: totals.trainings, answers };
}
