import type { RunProgress } from '../../contract/run.ts';
import { formatCount, formatUsd } from '../../evaluation/format.ts';
import { costLine } from './cost.ts';
import { progressBlock, type View } from './progress.ts';
import { questionLines } from './question.ts';
import { cleanLines } from './text.ts';
import { formatDate } from './time.ts';

/** Everything known of a run that its stages do not show; `url` is its page in the Web UI, `report` where that lies. */
export function runDetails(
  progress: RunProgress,
  { url, report }: { url: string | undefined; report: string | undefined },
  view: View,
): string {
  const { name, data, job, model, earlyStop, deployments, cost, parent, question, reason, runId, startedAt } = progress;
  const rows: [name: string, value: string | undefined][] = [
    ['started', formatDate(startedAt, view.timeZone)],
    ['run id', runId],
    ['continues', parent && `${parent.name}${parent.model ? `, which left ${parent.model}` : ''}`],
    ['data', data && dataLine(data)],
    ['warnings', data?.warnings.length ? data.warnings.join('\n') : undefined],
    ['job', job && `${job.id} (${job.platformStatus})`],
    ['early stop', earlyStop && `${earlyStop.state}. ${earlyStop.why}`],
    ['job page', job?.url],
    ['tuned model', model ?? job?.model],
    ['trained', job?.trainedTokens === undefined ? undefined : formatCount(job.trainedTokens, 'token')],
    ['deployments', deployments?.map(deploymentLine).join('\n')],
    ['cost', costLine(cost)],
    ['report', report],
    ['asks', question && questionLines(name, question).join('\n')],
    ['reason', reason && `${reason.message} [${reason.code}]`],
    ['what to do', reason?.advice],
    ['Web UI', url],
  ];
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined);
  const width = Math.max(...known.map(([name]) => name.length)) + 2;
  const lines = known.map(([name, value]) => {
    const text = cleanLines(value).replaceAll('\n', `\n${' '.repeat(width)}`);
    return `${view.paint('dim', name.padEnd(width))}${text}`;
  });
  return [progressBlock(progress, view), '', ...lines].join('\n');
}

function deploymentLine({ name, model, hourlyUsd }: NonNullable<RunProgress['deployments']>[number]): string {
  return `${name} of ${model}${hourlyUsd === undefined ? '' : `, ${formatUsd(hourlyUsd)} an hour`}`;
}

function dataLine({ train, validation, test }: NonNullable<RunProgress['data']>): string {
  return `${train.examples} training, ${validation.examples} validation, ${test.examples} held-out examples`;
}
