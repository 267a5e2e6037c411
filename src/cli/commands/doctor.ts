import type { Command } from 'commander';
import type { Context, Perform } from '../context.ts';
import { checkArtifacts } from '../doctor/artifacts.ts';
import { checkClock } from '../doctor/clock.ts';
import { checkConnections } from '../doctor/connections.ts';
import { checkDataDirectory, checkDisk, checkNode } from '../doctor/machine.ts';
import { checkRecords } from '../doctor/records.ts';
import { checkTemporal } from '../doctor/temporal.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { findingLines } from '../render/findings.ts';

export function doctorCommand(program: Command, perform: Perform): void {
  program
    .command('doctor')
    .description('check all that a run needs, and say how to mend what is missing')
    .option('--connection <name>', 'of the connections check this one alone; it must be set up then')
    .action((options: { connection?: string }) => perform((context) => doctor(context, options.connection)));
}

async function doctor({ settings, out }: Context, connection: string | undefined): Promise<ExitCode> {
  const checks = await Promise.all([
    checkNode(),
    checkTemporal(settings),
    checkConnections(settings, connection),
    checkArtifacts(settings),
    checkDataDirectory(settings),
    checkDisk(settings),
    checkClock(settings),
  ]);
  // Alone: SQLite holds up the process, and the other checks have deadlines.
  const findings = [...checks.flat(), await checkRecords(settings)];
  out.data(findings);
  out.say(findingLines(findings, out.paint));
  return findings.some(({ level }) => level === 'fail') ? exitCodes.failed : exitCodes.done;
}
