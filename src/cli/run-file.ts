import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { parseRunConfig, type RunConfig } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import { isPath } from '../contract/source.ts';
import { sourceError } from './source-error.ts';

/** One `--set`: where in the configuration, and the value as YAML. */
export interface Override {
  path: string[];
  value: string;
}

type Content = Record<string, unknown>;

/**
 * Reads a run from a YAML or JSON file. Its data paths start at the file's folder, those of overrides at `directory`;
 * all are absolute in the answer. Throws `source_missing`, `source_unreadable`, `invalid_config`.
 */
export async function readRunFile(file: string, overrides: readonly Override[], directory: string): Promise<RunConfig> {
  return parseRunConfig(await changesFrom(file, overrides, directory));
}

/**
 * What an evaluation without a run takes from the file of one, where it is given, and from overrides. Throws as
 * {@link readRunFile} does.
 */
export async function settingsOf(
  file: string | undefined,
  overrides: readonly Override[],
  directory: string,
): Promise<Content> {
  if (file === undefined) return changesOf(overrides, directory);
  const content = await fieldsOf(file, directory);
  const shared = ['method', 'seed', 'evaluation', 'pollSeconds'];
  const kept = Object.entries(content).filter(([key]) => shared.includes(key));
  return withOverrides(Object.fromEntries(kept), overrides, directory);
}

/** Fields of a run that is made by something else, of a file where one is given, and overrides. Throws as {@link readRunFile}. */
export async function changesFrom(
  file: string | undefined,
  overrides: readonly Override[],
  directory: string,
): Promise<Content> {
  if (file === undefined) return changesOf(overrides, directory);
  const located = withAbsolutePaths(await fieldsOf(file, directory), dirname(resolve(directory, file)));
  return withOverrides(located, overrides, directory);
}

/** Overrides alone. Throws `invalid_config`. */
function changesOf(overrides: readonly Override[], directory: string): Content {
  return withOverrides({}, overrides, directory);
}

/** The grader in a YAML or JSON file that holds one, or those of a run. Throws as {@link readRunFile} does. */
export async function readGrader(file: string, directory: string): Promise<unknown> {
  const content = parsed(await textOf(resolve(directory, file)), file);
  if (!isContent(content)) throw invalid(`${file} holds neither a grader nor a run.`);
  const { evaluation, reward } = content;
  return isContent(evaluation) || isContent(reward) ? { evaluation, reward } : content;
}

async function fieldsOf(file: string, directory: string): Promise<Content> {
  const content = parsed(await textOf(resolve(directory, file)), file);
  if (!isContent(content)) throw invalid(`${file} holds no mapping of settings.`);
  return content;
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    throw sourceError(path, cause);
  });
}

function parsed(content: string, where: string): unknown {
  try {
    return parse(content, { logLevel: 'error' });
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    throw invalid(`${where} is neither YAML nor JSON: ${cause.message.trim()}`, cause);
  }
}

function invalid(message: string, cause?: unknown): TunewrightError {
  return new TunewrightError('invalid_config', message, { advice: 'docs/configuration.md shows its shape.', cause });
}

function withOverrides(content: Content, overrides: readonly Override[], directory: string): Content {
  const changed = overrides.reduce(
    (config, { path, value }) => withValue(config, path, parsed(value, path.join('.'))),
    content,
  );
  return withAbsolutePaths(changed, directory);
}

function isContent(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withValue(content: Content, [key = '', ...rest]: readonly string[], value: unknown): Content {
  if (rest.length === 0) return { ...content, [key]: value };
  const inner = Object.hasOwn(content, key) ? content[key] : {};
  return { ...content, [key]: withValue(isContent(inner) ? inner : {}, rest, value) };
}

function withAbsolutePaths(content: Content, directory: string): Content {
  const { data } = content;
  if (!isContent(data)) return content;
  const located = Object.entries(data).map(([role, path]) => [
    role,
    typeof path === 'string' && path !== '' && isPath(path) ? resolve(directory, path) : path,
  ]);
  return { ...content, data: Object.fromEntries(located) };
}
