import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { StorePlace } from './artifacts/index.ts';
import { temporalEnvironment } from './client/environment.ts';
import { TunewrightError } from './contract/errors.ts';
import { describeIssues } from './contract/issues.ts';
import { defaultTaskQueue } from './contract/messages.ts';
import { defaultAddress, type TemporalAddress } from './contract/temporal-address.ts';
import { readStack, type Stack } from './embedded/stack-file.ts';
import { type CatalogueFile, readCatalogueFile } from './platforms/catalogue.ts';
import { type Connections, defaultConnections, standInConnection, standInKeyEnv } from './platforms/registry.ts';
import { hasCredentials } from './platforms/secrets.ts';

const configFileSchema = z.strictObject({
  gateway: z
    .strictObject({
      connection: z.string().min(1).optional(),
      models: z.record(z.string(), z.string().min(1)).default({}),
      run: z.record(z.string(), z.unknown()).default({}),
    })
    .prefault({}),
  connections: z.record(z.string().min(1), z.looseObject({ platform: z.string() })).default({}),
});

/** How to reach a Temporal cluster, and where its Web UI is, if that is known. */
export interface TemporalSettings extends TemporalAddress {
  uiUrl?: string | undefined;
}

/** A version of Temporal's worker deployments. */
export interface Deployment {
  name: string;
  buildId: string;
}

/** The key of one caller of the gateway. */
export interface GatewayKey {
  /** Who is told in the audit. */
  name: string;
  key: string;
  /** Whether it may promote and roll back, too. */
  mayChange: boolean;
}

/** Everything that a process of tunewright is told from outside, read in this one place. */
export interface Settings extends StorePlace {
  env: NodeJS.ProcessEnv;
  /** State of the embedded stack. */
  home: string;
  /** A `postgres://` URL, or the path of a SQLite file. */
  records: string;
  /** Where those who do not watch are told what has happened; the secret signs it. */
  notices?: { url: string; secret?: string | undefined } | undefined;
  /** What callers of the gateway's routes for models have to know. */
  gatewayKeys: readonly GatewayKey[];
  /** For programs that speak to the gateway in the words of OpenAI. */
  gateway: {
    /** Of models that they name without one. */
    connection?: string | undefined;
    /** What stands in the place of models that they name. */
    models: Readonly<Record<string, string>>;
    /** Fields of each run that they start, such as its budget. */
    run: Readonly<Record<string, unknown>>;
  };
  /** Where relative data paths of a run start. */
  dataDirectory: string;
  /** Hosts and origins from which data may be read. */
  dataHosts: readonly string[];
  temporal: TemporalSettings;
  taskQueue: string;
  /** Code of users that graders may run; none when absent. */
  graderCode?: { python?: string | undefined; modules?: string | undefined } | undefined;
  /** The version as which workers take up runs; without one any worker goes on with any run. */
  deployment?: Deployment | undefined;
  /** How long a worker that is told to end lets activities go on; 10 when absent. */
  shutdownSeconds?: number | undefined;
  connections: Connections;
  catalogue: CatalogueFile | undefined;
  logLevel: string;
  /** The embedded stack of this folder, when it is up. */
  stack: Stack | undefined;
}

/** Environment and files to checked settings. Throws `invalid_config`. */
export function loadSettings(env: NodeJS.ProcessEnv, directory: string): Settings {
  const home = resolve(directory, env.TUNEWRIGHT_HOME ?? '.tunewright');
  const stack = readStack(home);
  const { connections, gateway } = readConfigFile(env, directory);
  const all = {
    ...defaultConnections,
    ...(stack ? { simulator: standInConnection(stack.simulatorUrl) } : {}),
    ...connections,
  };
  return {
    env: { [standInKeyEnv]: 'stand-in', ...env },
    home,
    ...artifactsLocation(env, home, directory),
    records: recordsLocation(env.TUNEWRIGHT_RECORDS, home, directory),
    notices: noticesOf(env),
    gatewayKeys: [
      ...gatewayKeys('TUNEWRIGHT_GATEWAY_KEYS', env.TUNEWRIGHT_GATEWAY_KEYS, false),
      ...gatewayKeys('TUNEWRIGHT_GATEWAY_ADMIN_KEYS', env.TUNEWRIGHT_GATEWAY_ADMIN_KEYS, true),
    ],
    gateway: {
      connection: usualConnection(env.TUNEWRIGHT_GATEWAY_CONNECTION ?? gateway.connection, all),
      models: gateway.models,
      run: gateway.run,
    },
    dataDirectory: resolve(directory, env.TUNEWRIGHT_DATA ?? '.'),
    dataHosts: dataHosts(env.TUNEWRIGHT_DATA_HOSTS),
    temporal: temporalSettings(env, stack),
    taskQueue: env.TUNEWRIGHT_TASK_QUEUE ?? defaultTaskQueue,
    graderCode: graderCode(env, directory),
    deployment: deploymentOf(env),
    shutdownSeconds: shutdownSeconds(env.TUNEWRIGHT_SHUTDOWN_SECONDS),
    connections: all,
    catalogue: env.TUNEWRIGHT_CATALOGUE ? readCatalogueFile(resolve(directory, env.TUNEWRIGHT_CATALOGUE)) : undefined,
    logLevel: logLevel(env.TUNEWRIGHT_LOG_LEVEL),
    stack,
  };
}

/** Temporal's own variables and profile file first, then the embedded stack of this folder. */
function temporalSettings(env: NodeJS.ProcessEnv, stack: Stack | undefined): TemporalSettings {
  const { address, namespace = 'default', apiKey, tls } = temporalEnvironment(env);
  return {
    address: address ?? stack?.temporalAddress ?? defaultAddress,
    namespace,
    apiKey,
    tls,
    uiUrl: env.TUNEWRIGHT_UI_URL ?? (address ? undefined : stack?.uiUrl),
  };
}

function artifactsLocation(
  { TUNEWRIGHT_ARTIFACTS: text, TUNEWRIGHT_ARTIFACTS_CACHE_GIB: cache }: NodeJS.ProcessEnv,
  home: string,
  directory: string,
): StorePlace {
  const inHome = join(home, 'artifacts');
  if (!text) return { artifacts: inHome };
  if (!/^[\w+-]+:\/\//.test(text)) return { artifacts: resolve(directory, text) };
  if (!/^s3:\/\/[^/?#@:]+(\/[^?#]*)?$/.test(text)) {
    throw new TunewrightError('invalid_config', 'TUNEWRIGHT_ARTIFACTS names no place for artifacts.', {
      advice: 'Set it to the path of a folder or to s3://BUCKET/PREFIX, or leave it out.',
    });
  }
  const gibibytes = cache ? Number(cache) : undefined;
  if (gibibytes !== undefined && !(gibibytes > 0)) {
    throw new TunewrightError('invalid_config', 'TUNEWRIGHT_ARTIFACTS_CACHE_GIB is no size.', {
      advice: 'Set it to how many GiB of the bucket may lie on this machine, or leave it out: 20.',
    });
  }
  const artifactCacheBytes = gibibytes && gibibytes * 1024 ** 3;
  return { artifacts: inHome, artifactBucket: text, artifactCacheBytes };
}

function recordsLocation(text: string | undefined, home: string, directory: string): string {
  if (!text) return join(home, 'records.sqlite');
  if (/^postgres(ql)?:\/\//.test(text)) {
    if (URL.canParse(text)) return text;
  } else if (!/^[\w+-]+:\/\//.test(text)) return resolve(directory, text);
  throw new TunewrightError('invalid_config', 'TUNEWRIGHT_RECORDS names no place for records.', {
    advice: 'Set it to postgres://USER@HOST/DATABASE or to the path of a SQLite file, or leave it out.',
  });
}

/** The variables are those that Temporal's Worker Controller sets. */
function deploymentOf(env: NodeJS.ProcessEnv): Deployment | undefined {
  const { TEMPORAL_DEPLOYMENT_NAME: name, TEMPORAL_WORKER_BUILD_ID: buildId } = env;
  if (!name && !buildId) return undefined;
  if (name && buildId) return { name, buildId };
  throw new TunewrightError('invalid_config', 'Of a worker deployment only the name or only the build id is set.', {
    advice: 'Set both TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID, or neither.',
  });
}

function noticesOf({ TUNEWRIGHT_NOTIFY_URL: url, TUNEWRIGHT_NOTIFY_SECRET: secret }: NodeJS.ProcessEnv) {
  if (!url) return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || hasCredentials(url)) {
    throw new TunewrightError(
      'invalid_config',
      'TUNEWRIGHT_NOTIFY_URL is no http or https address that can be posted to.',
      {
        advice: 'Set it to the address that takes notices, without a user or a password, or leave it out.',
      },
    );
  }
  if (!secret) return { url };
  // Whatever is no base64 would be read as some other secret, and no signature would be valid.
  if (/^(whsec_)?[A-Za-z0-9+/]+=*$/.test(secret)) return { url, secret };
  throw new TunewrightError('invalid_config', 'TUNEWRIGHT_NOTIFY_SECRET is no secret of Standard Webhooks.', {
    advice: 'Set it to whsec_ and base64, such as `echo whsec_$(openssl rand -base64 32)` makes, or leave it out.',
  });
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function logLevel(text = 'info'): string {
  const level = text.toLowerCase();
  if (logLevels.includes(level)) return level;
  throw new TunewrightError('invalid_config', `TUNEWRIGHT_LOG_LEVEL is "${text}".`, {
    advice: `Set it to one of ${logLevels.join(', ')}, or leave it out.`,
  });
}

function graderCode(env: NodeJS.ProcessEnv, directory: string): Settings['graderCode'] {
  const { TUNEWRIGHT_PYTHON_GRADERS: allowed, TUNEWRIGHT_PYTHON: python = 'python3' } = env;
  if (allowed !== undefined && allowed !== 'allow') {
    throw new TunewrightError('invalid_config', `TUNEWRIGHT_PYTHON_GRADERS is "${allowed}".`, {
      advice: 'Set it to allow, or leave it out.',
    });
  }
  const modules = env.TUNEWRIGHT_GRADER_MODULES;
  return { python: allowed && python, modules: modules === undefined ? undefined : resolve(directory, modules) };
}

function shutdownSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= 3600) return seconds;
  throw new TunewrightError('invalid_config', `TUNEWRIGHT_SHUTDOWN_SECONDS is "${text}".`, {
    advice: 'Set it to a number of seconds from 0 to 3600, or leave it out.',
  });
}

/** `NAME:KEY`, with commas between them. What is wrong is told by its place: it may be a key. */
function gatewayKeys(variable: string, list = '', mayChange: boolean): GatewayKey[] {
  return list.split(',').flatMap((text, i) => {
    const entry = text.trim();
    if (entry === '') return [];
    const [, name, key] = /^([a-z0-9][a-z0-9-]{0,39}):([\x21-\x7e]{16,})$/.exec(entry) ?? [];
    if (name !== undefined && key !== undefined) return [{ name, key, mayChange }];
    throw new TunewrightError('invalid_config', `Entry ${i + 1} of ${variable} is not NAME:KEY.`, {
      advice: 'Give each caller a name of lower-case letters, digits and dashes, and a key of 16 signs or more.',
    });
  });
}

function usualConnection(name: string | undefined, connections: Connections): string | undefined {
  if (name === undefined || Object.hasOwn(connections, name)) return name;
  throw new TunewrightError('invalid_config', `The gateway is to use the connection "${name}", and there is none.`, {
    advice: `Set TUNEWRIGHT_GATEWAY_CONNECTION to one of ${Object.keys(connections).join(', ')}.`,
  });
}

/** Names of hosts, with a port where it is another, and origins. */
function dataHosts(list = ''): string[] {
  const hosts = list
    .split(',')
    .map((host) => host.trim())
    .filter(Boolean);
  const wrong = hosts.find(
    (host) => !/^[\w.-]+(:\d+)?$/.test(host) && !(URL.canParse(host) && new URL(host).origin === host),
  );
  if (wrong === undefined) return hosts;
  throw new TunewrightError('invalid_config', `TUNEWRIGHT_DATA_HOSTS names "${wrong}".`, {
    advice:
      'Name hosts, such as files.example.org, or origins, such as http://files.internal:8080, with commas between them.',
  });
}

function readConfigFile(env: NodeJS.ProcessEnv, directory: string): z.infer<typeof configFileSchema> {
  const path = resolve(directory, env.TUNEWRIGHT_CONFIG ?? 'tunewright.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (!env.TUNEWRIGHT_CONFIG) return configFileSchema.parse({});
    throw invalid(`${path} cannot be read.`, cause);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw invalid(`${path} is not JSON.`, cause);
  }
  const parsed = configFileSchema.safeParse(content);
  if (!parsed.success) throw invalid(`${path} is not valid:\n${describeIssues(parsed.error)}`, parsed.error);
  return parsed.data;
}

function invalid(message: string, cause: unknown): TunewrightError {
  return new TunewrightError('invalid_config', message, { advice: 'docs/configuration.md shows its shape.', cause });
}
