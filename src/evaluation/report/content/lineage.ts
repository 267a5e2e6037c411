import type { ArtifactRef } from '../../../contract/artifact.ts';
import type { RunReport } from '../../report.ts';
import type { Block, Cell } from './block.ts';
import { tableOf } from './table.ts';

/** Where the tuned model comes from and what has become of it. */
export function lineageBlocks(report: RunReport): Block[] {
  const { run, connection, platform, baseModel, model, job, simulated, config, sources } = report;
  const code = (text: string): Cell => ({ text, code: true });
  const facts: (readonly [string, Cell | string | undefined])[] = [
    ['Tuned model', code(model)],
    ...registration(report),
    ['Base model', code(baseModel)],
    ['Method', config.method],
    ['Platform', `${platform}${simulated ? ' (a simulation)' : ''}`],
    ['Connection', connection],
    ['Job', code(job.id)],
    ['Job page', job.url === undefined ? undefined : { text: job.url, href: job.url, code: true }],
    ['Learnt from', distillation(report)],
    ['Trained tokens', job.trainedTokens?.toLocaleString('en-US')],
    ['Run', code(run.name)],
    ['Run id', code(run.runId)],
    ['Attempt', String(run.attempt)],
    ['Continues', run.parent && code([run.parent.name, run.parent.runId, run.parent.model].filter(Boolean).join(', '))],
  ];
  const files = (['train', 'validation', 'test'] as const).flatMap((part) => {
    const file = sources[part];
    return file ? [{ part, ...file }] : [];
  });
  return [
    { kind: 'facts', rows: facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])) },
    tableOf<ArtifactRef & { part: string }>('The exact files, by content', files, [
      { name: 'Part', cell: ({ part }) => part },
      { name: 'SHA-256', cell: ({ sha256 }) => code(sha256) },
      { name: 'File', cell: ({ uri }) => code(uri) },
    ]),
  ];
}

function distillation({ distilled }: RunReport): string | undefined {
  if (!distilled) return undefined;
  const { version, modelId, asked, answers, died } = distilled;
  const unfit = Object.values(distilled.unfit).reduce((sum, count) => sum + count, 0);
  const left = unfit > 0 ? `, ${unfit} of no use` : '';
  const ended = died ? '; it was shut down in the middle of it' : '';
  return `${answers} answers of version ${version}, ${modelId}, to ${asked} questions${left}${ended}`;
}

function registration({ registered }: RunReport): [string, string | undefined][] {
  if (!registered) return [];
  const { name, version, promoted, approvedBy, comment, champion } = registered;
  return [
    ['Registered as', `${name}, version ${version}${promoted ? ', in service' : ''}`],
    [promoted ? 'Approved by' : 'Decided by', approvedBy],
    ['Comment', comment],
    [promoted ? 'Replaces' : 'In service', champion && `version ${champion.version}, ${champion.model}`],
  ];
}
