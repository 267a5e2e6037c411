import type { Command } from 'commander';
import type { Context, Perform } from '../context.ts';
import { evaluationTable, gateLines } from '../render/evaluation.ts';
import { runDetails } from '../render/show.ts';
import { reportLine, saveReport } from '../reports.ts';

const defaultWidth = 120;

export function showCommand(program: Command, perform: Perform): void {
  program
    .command('show')
    .description('show everything known of a run')
    .argument('<name>', 'the run')
    .action((name: string) => perform((context) => show(context, name)));
}

async function show(context: Context, name: string): Promise<undefined> {
  const { client, out, now } = context;
  const handle = (await client()).get(name);
  const progress = await handle.progress();
  const result = progress.status === 'succeeded' ? await handle.result() : undefined;
  const saved = result && (await saveReport(name, result.report, context));
  out.data({ progress, url: handle.url, result, report: saved });
  const report = result && reportLine(saved, result.report);
  out.say(
    runDetails(
      progress,
      { url: handle.url, report },
      { width: out.width ?? defaultWidth, now: now(), paint: out.paint },
    ),
  );
  if (result) out.say(['', evaluationTable(result, out.paint), '', ...gateLines(result)].join('\n'));
}
