import type { RunConfigInput } from '../../contract/config.ts';
import { overBudget } from '../../contract/cost.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { MigrationPlan, MigrationRequest, OtherBase } from '../../contract/migration.ts';
import { budgetOf } from './config.ts';

type Tried = NonNullable<RunConfigInput['tries']>;

/** One plan for all that a request tries: what stands in the way of one stands in the way of the run. */
export async function planOfAll(
  request: MigrationRequest,
  planOf: (single: MigrationRequest) => Promise<MigrationPlan>,
): Promise<MigrationPlan> {
  const { otherBases: _, changes: { tries: __, ...changes } = {}, ...single } = request;
  const tries = triedBy(request);
  if (tries.length === 0) return withinBudget(await planOf(request));
  const { config, estimateUsd: ___, ...plan } = await planOf({ ...single, changes: { ...changes, tries } });
  const each: MigrationPlan[] = [];
  for (const { model = request.baseModel, ...one } of tries) {
    const hyperparameters = { ...changes.hyperparameters, ...one.hyperparameters };
    each.push(await planOf({ ...single, baseModel: model, changes: { ...changes, hyperparameters } }));
  }
  const all = [plan, ...each];
  const obstacles = firstOfEach(
    all.flatMap((one) => one.obstacles),
    ({ message }) => message,
  );
  const estimates = each.flatMap(({ estimateUsd }) => estimateUsd ?? []);
  const estimateUsd = estimates.length === each.length ? estimates.reduce((sum, usd) => sum + usd, 0) : undefined;
  const soonest = (of: 'lastJob' | 'margin') => {
    const days = all.flatMap((one) => one.days?.[of] ?? []);
    return days.length > 0 ? { [of]: Math.min(...days) } : {};
  };
  const bases = firstOfEach(each, ({ to }) => to.baseModel).filter(({ to }) => to.baseModel !== request.baseModel);
  const budgetUsd = changes.budgetUsd ?? budgetOf(request, estimateUsd);
  return withinBudget({
    ...plan,
    ...(bases.length > 0 ? { others: bases.map(otherOf) } : {}),
    ...(obstacles.length === 0 && config ? { config: { ...config, budgetUsd } } : {}),
    obstacles,
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
    ...(estimateUsd === undefined ? {} : { estimateUsd }),
    days: { ...plan.days, ...soonest('lastJob'), ...soonest('margin') },
  });
}

/** What its run would be refused by once it has begun is in the way before. */
function withinBudget({ config, ...plan }: MigrationPlan): MigrationPlan {
  const { estimateUsd } = plan;
  if (!config) return plan;
  if (config.overBudget === 'ask' || estimateUsd === undefined || estimateUsd <= config.budgetUsd) {
    return { ...plan, config };
  }
  const [message, advice] = overBudget(estimateUsd, config.budgetUsd);
  return { ...plan, obstacles: [{ code: 'over_budget', message, advice }] };
}

/** The tries of the run, else its bases where there are several. Throws `invalid_config` where both are named. */
function triedBy({ baseModel, otherBases = [], changes: { tries = [] } = {} }: MigrationRequest): Tried {
  if (otherBases.length === 0) return tries;
  if (tries.length === 0) return [baseModel, ...otherBases].map((model) => ({ model }));
  throw new TunewrightError('invalid_config', 'Several bases are named, and the tries of the run as well.', {
    advice: 'Name one base, and the others as models of the tries.',
  });
}

function otherOf({ to, prices }: MigrationPlan): OtherBase {
  const { baseModel, shutdownDate, lastJobDate } = to;
  return {
    baseModel,
    ...(shutdownDate ? { shutdownDate } : {}),
    ...(lastJobDate ? { lastJobDate } : {}),
    ...(prices?.new ? { price: prices.new } : {}),
  };
}

/** The first of each key. */
function firstOfEach<T>(all: readonly T[], key: (one: T) => string): T[] {
  return all.filter((one, at) => all.findIndex((other) => key(other) === key(one)) === at);
}
