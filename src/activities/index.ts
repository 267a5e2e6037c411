import { accessActivities } from './access.ts';
import { accountActivities } from './account.ts';
import { adoptActivities } from './adopt/index.ts';
import { batchActivities } from './batch/index.ts';
import { catalogueActivities } from './catalogues.ts';
import { checkpointActivities } from './checkpoints.ts';
import { compareActivities } from './compare.ts';
import { compareWithFirstActivities } from './compare-with-first.ts';
import type { Dependencies } from './dependencies.ts';
import { deployActivities } from './deploy.ts';
import { distilActivities } from './distil/index.ts';
import { estimateActivities } from './estimate.ts';
import { evaluateActivities } from './evaluate.ts';
import { expiringActivities } from './expiring.ts';
import { hostingActivities } from './hosting.ts';
import { inspectActivities } from './inspect.ts';
import { jobActivities } from './job.ts';
import { migrateActivities } from './migrate/index.ts';
import { notifyActivities } from './notify.ts';
import { planEvaluationActivities } from './plan-evaluation.ts';
import { promptActivities } from './prompt.ts';
import { recordActivities } from './records.ts';
import { registryActivities } from './registry.ts';
import { releaseActivities } from './release.ts';
import { reportActivities } from './report.ts';
import { retireActivities } from './retire.ts';
import { splitActivities } from './split.ts';
import { stopEarlyActivities } from './stop-early.ts';
import { triesActivities } from './tries.ts';
import { uploadActivities } from './upload.ts';
import { waitActivities } from './wait.ts';
import { warmUpActivities } from './warmup.ts';

/** Every side effect of a run, one file a stage. */
export function createActivities(dependencies: Dependencies) {
  return {
    ...accountActivities(dependencies),
    ...adoptActivities(dependencies),
    ...inspectActivities(dependencies),
    ...splitActivities(dependencies),
    ...estimateActivities(dependencies),
    ...accessActivities(dependencies),
    ...uploadActivities(dependencies),
    ...jobActivities(dependencies),
    ...waitActivities(dependencies),
    ...stopEarlyActivities(dependencies),
    ...warmUpActivities(dependencies),
    ...deployActivities(dependencies),
    ...distilActivities(dependencies),
    ...hostingActivities(dependencies),
    ...checkpointActivities(dependencies),
    ...triesActivities(dependencies),
    ...compareActivities(dependencies),
    ...migrateActivities(dependencies),
    ...notifyActivities(dependencies),
    ...promptActivities(dependencies),
    ...recordActivities(dependencies),
    ...registryActivities(dependencies),
    ...batchActivities(dependencies),
    ...evaluateActivities(dependencies),
    ...planEvaluationActivities(dependencies),
    ...compareWithFirstActivities(dependencies),
    ...reportActivities(dependencies),
    ...releaseActivities(dependencies),
    ...retireActivities(dependencies),
    ...catalogueActivities(dependencies),
    ...expiringActivities(dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;
