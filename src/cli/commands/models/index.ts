import type { Command } from 'commander';
import type { Perform } from '../../context.ts';
import { canaryCommand } from './canary.ts';
import { changeCommands } from './change.ts';
import { expiringCommand } from './expiring.ts';
import { lookCommands } from './look.ts';
import { serveCommand } from './serve.ts';
import { tagCommand } from './tag.ts';

export function modelsCommand(program: Command, perform: Perform): void {
  const models = program.command('models').description('registered models: versions, the one in service, its history');
  lookCommands(models, perform);
  expiringCommand(models, perform);
  changeCommands(models, perform);
  canaryCommand(models, perform);
  serveCommand(models, perform);
  tagCommand(models, perform);
}
