import type { Command } from 'commander';
import type { Context, Perform } from '../../context.ts';
import { modelDetails, modelTable, resolutionLine } from '../../render/models.ts';

export function lookCommands(models: Command, perform: Perform): void {
  models
    .command('list')
    .description('list the models')
    .action(() => perform(list));
  models
    .command('show')
    .description('show the versions of a model, and all that was done to it')
    .argument('<name>', 'the model')
    .action((name: string) => perform((context) => show(context, name)));
  models
    .command('resolve')
    .description('tell where calls go now')
    .argument('<name>', 'the model')
    .option('--key <key>', "the caller's key, by which a canary is decided")
    .action((name: string, options: { key?: string }) => perform((context) => resolve(context, name, options)));
}

async function list({ records, out }: Context): Promise<undefined> {
  const models = await (await records()).listModels();
  out.data(models);
  out.say(models.length > 0 ? modelTable(models, out.paint) : 'No models: no run has registered a version yet.');
}

async function show({ records, out }: Context, name: string): Promise<undefined> {
  const opened = await records();
  const model = await opened.getModel(name);
  const versions = await opened.listVersions(name);
  const audit = await opened.audit(name);
  out.data({ model, versions, audit });
  out.say(modelDetails({ model, versions, audit }, out.paint));
}

async function resolve({ records, out }: Context, name: string, options: { key?: string }): Promise<undefined> {
  const resolution = await (await records()).resolve(name, options);
  out.data(resolution);
  out.say(resolutionLine(resolution));
}
