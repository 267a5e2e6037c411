import type { Client } from '@temporalio/client';
import { connect } from '../../src/client/connect.ts';
import type { RunHandle } from '../../src/client.ts';
import type { TrainingPlatform } from '../../src/platforms/platform.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import type { Finding, Reconciliation } from '../../src/reconcile/finding.ts';
import { type ReconcileOptions, reconcile } from '../../src/reconcile/reconcile.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';

const hourMs = 3_600_000;

/** A pipeline with what reconciling it needs, on one Temporal and one platform. */
export interface Bench extends Pipeline {
  temporal: Client;
  platform: TrainingPlatform;
  /** As it would be two hours from now, when nothing is young any more. */
  reconcile(changes?: Partial<ReconcileOptions>): Promise<Reconciliation>;
  /** Ends the run as Temporal does it, with no clean-up. */
  terminate(run: RunHandle): Promise<void>;
  /**
   * Temporal as it is while its lists lag behind this execution, or `everywhere`: when the execution's retention is over.
   * Really deleting one takes the server half a minute.
   */
  hiding(runId: string, where: 'in lists' | 'everywhere'): Client;
}

export async function bench(): Promise<Bench> {
  const at = await pipeline();
  const temporal = await connect(at.settings.temporal);
  const platforms = createPlatforms(at.settings.connections, { env: at.settings.env });
  const usual = { client: temporal, platforms, connections: ['simulator'], apply: false, olderThanMs: hourMs };
  return {
    ...at,
    temporal,
    platform: platforms.get('simulator'),
    reconcile: async (changes = {}) => await reconcile({ ...usual, now: Date.now() + 2 * hourMs, ...changes }),
    terminate: async (run) => void (await temporal.workflow.getHandle(run.name).terminate('for a test')),
    hiding(runId, where) {
      const { workflow } = temporal;
      const list: Client['workflow']['list'] = (options) => {
        const listed = workflow.list(options);
        const rest = async function* () {
          for await (const run of listed) if (run.runId !== runId) yield run;
        };
        return Object.assign(rest(), { intoHistories: listed.intoHistories });
      };
      const getHandle: Client['workflow']['getHandle'] = (id, of, ...more) =>
        workflow.getHandle(where === 'everywhere' && of === runId ? 'forgotten' : id, of, ...more);
      const changed = Object.assign(Object.create(workflow), { list, getHandle });
      return Object.create(temporal, { workflow: { value: changed } });
    },
    async close() {
      await temporal.connection.close();
      await at.close();
    },
  };
}

/** Kind, state of the run and verdict of each, with what came of it: `file terminated leftover`. */
export function told({ findings }: Reconciliation): string[] {
  const line = ({ kind, state, verdict, outcome }: Finding) =>
    [kind, state, verdict, outcome].filter(Boolean).join(' ');
  return findings.map(line).sort();
}
