import { type Command, InvalidArgumentError } from 'commander';
import type { Context, Perform } from '../../context.ts';
import { wholeNumber } from '../../options.ts';
import { actCommand, actOf } from './act.ts';

type Tags = Record<string, string | null>;

interface TagOptions {
  by?: string;
  of?: number;
  remove?: Tags;
  owner?: string;
  description?: string;
}

export function tagCommand(models: Command, perform: Perform): void {
  actCommand(models, 'tag', 'set tags, owner and description of a model, or of one version')
    .argument('[tags...]', 'key=value', tag, {})
    .option('--of <version>', 'of this version', wholeNumber(1))
    .option('--remove <key>', 'take a tag off; can be given more than once', (key, others: Tags = {}) => ({
      ...others,
      [key]: null,
    }))
    .option('--owner <who>', 'who answers for the model')
    .option('--description <text>', 'what it is')
    .action((name: string, tags: Tags, options: TagOptions) =>
      perform((context) => change(context, name, tags, options)),
    );
}

function tag(text: string, earlier: Tags): Tags {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new InvalidArgumentError('It takes key=value, such as team=support.');
  return { ...earlier, [key]: value };
}

async function change(
  { records, out }: Context,
  name: string,
  tags: Tags,
  { by, remove, of: version, ...labels }: TagOptions,
): Promise<undefined> {
  const { model, by: who } = actOf(name, by === undefined ? {} : { by });
  const opened = await records();
  const target = version === undefined ? {} : { version };
  await opened.update({ model, by: who, ...target, tags: { ...tags, ...remove }, ...labels });
  const changed = version === undefined ? await opened.getModel(name) : await opened.getVersion(name, version);
  out.data(changed);
  const all = Object.entries(changed.tags).map(([key, value]) => `${key}=${value}`);
  out.say(`Tags of ${version === undefined ? name : `version ${version} of ${name}`}: ${all.join(', ') || 'none'}.`);
}
