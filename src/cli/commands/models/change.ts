import type { Command } from 'commander';
import type { ChampionChange } from '../../../contract/registry.ts';
import type { Records } from '../../../records/index.ts';
import type { Context, Perform } from '../../context.ts';
import { wholeNumber } from '../../options.ts';
import { type ActOptions, actCommand, actOf, alive, repeatable } from './act.ts';
import { broughtUp, type WaitOptions, waiting } from './bring-up.ts';

interface PromoteOptions extends ActOptions, WaitOptions {
  reason?: string;
  expect?: number;
}

interface ReasonedOptions extends ActOptions {
  reason: string;
}

interface RollbackOptions extends ReasonedOptions, WaitOptions {}

interface RetireOptions extends ReasonedOptions {
  evenChampion?: boolean;
}

const version = wholeNumber(1);

export function changeCommands(models: Command, perform: Perform): void {
  waiting(repeatable(actCommand(models, 'promote', 'put a version into service')))
    .argument('<version>', 'its number', version)
    .option('--reason <text>', 'why; it is kept in the audit')
    .option('--expect <version>', 'only if this version is in service now', version)
    .action((name: string, number: number, options: PromoteOptions) =>
      perform((context) => promote(context, name, number, options)),
    );
  waiting(repeatable(actCommand(models, 'rollback', 'put the version before, or an earlier one, back into service')))
    .argument('[version]', 'its number; the one that was replaced when absent', version)
    .requiredOption('--reason <text>', 'why; it is kept in the audit')
    .action((name: string, number: number | undefined, options: RollbackOptions) =>
      perform((context) => rollback(context, name, number, options)),
    );
  repeatable(actCommand(models, 'retire', 'let a version never go into service again'))
    .argument('<version>', 'its number', version)
    .requiredOption('--reason <text>', 'why; it is kept with the version')
    .option('--even-champion', 'even the one in service: the name then resolves to nothing')
    .action((name: string, number: number, options: RetireOptions) =>
      perform((context) => retire(context, name, number, options)),
    );
}

async function promote(context: Context, name: string, number: number, options: PromoteOptions): Promise<undefined> {
  const { reason, expect } = options;
  const request = {
    ...actOf(name, options),
    version: number,
    ...(reason === undefined ? {} : { reason }),
    ...(expect === undefined ? {} : { expectedChampion: expect }),
  };
  await broughtUp(context, request, options);
  const records = await context.records();
  await tell(context, records, await records.promote(request, await alive(context)));
}

async function rollback(
  context: Context,
  name: string,
  number: number | undefined,
  options: RollbackOptions,
): Promise<undefined> {
  const request = {
    ...actOf(name, options),
    ...(number === undefined ? {} : { version: number }),
    reason: options.reason,
  };
  const { rollbackTarget } = await import('../../../hosting/index.ts');
  const records = await context.records();
  const version = await rollbackTarget(records, name, number);
  if (version !== undefined) await broughtUp(context, { ...request, version }, options);
  await tell(context, records, await records.rollback(request, await alive(context)));
}

async function retire(
  { records, out }: Context,
  name: string,
  number: number,
  { reason, evenChampion = false, ...options }: RetireOptions,
): Promise<undefined> {
  const request = { ...actOf(name, options), version: number, reason, evenChampion };
  const change = await (await records()).retire(request);
  out.data(change);
  const left = change.champion === undefined ? 'No version is in service.' : `In service: version ${change.champion}.`;
  out.say(`Version ${number} of ${name} ${change.changed ? 'is retired' : 'was retired before'}. ${left}`);
}

async function tell({ out }: Context, records: Records, change: ChampionChange): Promise<void> {
  const { model, champion, previous, changed } = change;
  out.data(change);
  const from = previous === undefined ? '' : `, in place of version ${previous}`;
  out.say(
    changed
      ? `Version ${champion} of ${model} is in service now${from}.`
      : `Version ${champion} of ${model} is in service already.`,
  );
  if (champion === undefined) return;
  const { lineage } = await records.getVersion(model, champion);
  const gate = lineage.adopted ? undefined : lineage.evaluation?.gate;
  // A person may know better, and has to know that.
  if (gate && gate.decision !== 'promote') out.note(`The gate had not let it pass: ${gate.says}`);
}
