import type { RunHandle } from '../client.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { RunProgress, RunResult } from '../contract/run.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit.ts';
import { follow } from './follow.ts';
import { costLine } from './render/cost.ts';
import { evaluationTable, gateLines } from './render/evaluation.ts';
import { tryLines } from './render/tries.ts';
import { reportLine, saveReport } from './reports.ts';

/** Watches a run to its end and tells how it ended. Throws the named reason when it failed or was cancelled. */
export async function attend(context: Context, handle: RunHandle, embedded: boolean): Promise<ExitCode> {
  const { out } = context;
  const interrupt = context.interrupts();
  const last = await follow(handle, context, interrupt);
  if (interrupt.aborted) {
    out.note(howToGoOn(handle.name, embedded));
    return exitCodeOf(interrupt);
  }
  if (last?.status !== 'succeeded' && handle.url && !embedded) out.say(`Web UI: ${handle.url}`);
  if (last?.reason) throw reasonError(last, last.reason);
  // The address of a stack that ends with this command leads nowhere soon.
  await tellResult(context, await handle.result(), embedded ? undefined : handle.url);
  return exitCodes.done;
}

async function tellResult(context: Context, result: RunResult, url: string | undefined): Promise<void> {
  const { out } = context;
  const report = await saveReport(result.name, result.report, context);
  out.data({ event: 'ended', url, report, result });
  out.say(
    [
      '',
      ...(result.tries ? ['tries:', ...tryLines(result).map((line) => `  ${line}`), ''] : []),
      evaluationTable(result, out.paint),
      '',
      ...gateLines(result),
      `model:   ${result.model}`,
      `cost:    ${costLine(result.cost)}`,
      `report:  ${reportLine(report, result.report)}`,
      ...(url ? [`Web UI:  ${url}`] : []),
    ].join('\n'),
  );
}

function reasonError({ name, status }: RunProgress, reason: NonNullable<RunProgress['reason']>): TunewrightError {
  const ended = status === 'cancelled' ? 'was cancelled' : 'failed';
  return new TunewrightError(reason.code, `The run ${name} ${ended}: ${reason.message}`, {
    advice: reason.advice ?? `\`tunewright show ${name}\` tells more; \`tunewright retrain ${name}\` starts it again.`,
  });
}

function howToGoOn(name: string, embedded: boolean): string {
  if (embedded) {
    return [
      'Stopped, and with it the embedded stack. The run is kept:',
      '  tunewright up                  goes on with it',
      `  tunewright watch ${name}`,
      `  tunewright cancel ${name} --reason "..."`,
    ].join('\n');
  }
  return [
    'Stopped watching; the run goes on.',
    `  tunewright watch ${name}`,
    `  tunewright cancel ${name} --reason "..."`,
  ].join('\n');
}
