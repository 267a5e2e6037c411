import { z } from 'zod';
import { TunewrightError } from '../contract/errors.ts';
import { describeIssues } from '../contract/issues.ts';
import { defaultAddress, type TemporalAddress } from '../contract/temporal-address.ts';
import { azure } from './azure/index.ts';
import type { CatalogueFile } from './catalogue.ts';
import type { PlatformFactory, PlatformFacts } from './factory.ts';
import { huggingFace } from './huggingface/index.ts';
import { openai } from './openai/index.ts';
import type { TrainingPlatform } from './platform.ts';
import { sageMaker } from './sagemaker/index.ts';

export { standInConnection, standInKeyEnv } from './openai/stand-in.ts';

const factories = new Map<string, PlatformFactory<unknown>>(
  [openai, azure, huggingFace, sageMaker].map((factory) => [factory.name, factory as PlatformFactory<unknown>]),
);

/** Connections by name, each with a `platform` and that platform's own settings. */
export type Connections = Readonly<Record<string, { readonly platform: string; readonly [setting: string]: unknown }>>;

/** Connections that exist without any configuration: each platform that needs none, under its own name. */
export const defaultConnections: Connections = Object.fromEntries(
  [...factories.values()]
    .filter(({ name, settingsSchema }) => settingsSchema.safeParse({ platform: name }).success)
    .map(({ name }) => [name, { platform: name }]),
);

/** Opens connections by name, each once. */
export interface Platforms {
  names: readonly string[];
  /** Throws `unknown_connection`, `invalid_config`, `missing_key`. */
  get(connection: string): TrainingPlatform;
  /** What is known of it without its key. Throws `unknown_connection`, `invalid_config`. */
  facts(connection: string): PlatformFacts;
  /** What the runs of a connection may cost in a calendar month, US dollars; undefined where that is not limited. */
  monthlyBudgetUsd(connection: string): number | undefined;
}

/** What all connections share. */
export interface ServiceContext {
  env: NodeJS.ProcessEnv;
  catalogue?: CatalogueFile | undefined;
  /** One on this machine when absent. */
  temporal?: TemporalAddress;
}

export function createPlatforms(connections: Connections, options: ServiceContext): Platforms {
  const open = new Map<string, TrainingPlatform>();
  const get = (name: string): TrainingPlatform => {
    const platform = open.get(name) ?? connect(name, connections, options);
    open.set(name, platform);
    return platform;
  };
  return {
    names: Object.keys(connections),
    get,
    facts(name) {
      const { factory, settings } = configured(name, connections);
      return factory.facts?.(settings, options.catalogue?.[factory.name]) ?? get(name);
    },
    monthlyBudgetUsd: (name) => budgetOf(name, connections[name]),
  };
}

/** What is known of a connection without its key; undefined where it is gone, or is not set up as it should be. */
export function factsOf(platforms: Platforms, connection: string): PlatformFacts | undefined {
  try {
    return platforms.facts(connection);
  } catch (error) {
    if (error instanceof TunewrightError) return undefined;
    throw error;
  }
}

function connect(
  name: string,
  connections: Connections,
  { env, catalogue, temporal = { address: defaultAddress, namespace: 'default' } }: ServiceContext,
): TrainingPlatform {
  const { factory, settings } = configured(name, connections);
  return factory.create(settings, { env, catalogue: catalogue?.[factory.name], temporal });
}

function configured(name: string, connections: Connections): { factory: PlatformFactory<unknown>; settings: unknown } {
  const connection = Object.hasOwn(connections, name) ? connections[name] : undefined;
  if (!connection) {
    throw new TunewrightError('unknown_connection', `There is no connection "${name}".`, {
      advice: `Use one of ${Object.keys(connections).join(', ')}, or add it to tunewright.json.`,
    });
  }
  const factory = factories.get(connection.platform);
  if (!factory) {
    throw new TunewrightError(
      'invalid_config',
      `The connection "${name}" names an unknown platform "${connection.platform}".`,
      {
        advice: `Known platforms: ${[...factories.keys()].join(', ')}.`,
      },
    );
  }
  // The month's budget is every platform's alike.
  const { monthlyBudgetUsd: _, ...own } = connection;
  const settings = factory.settingsSchema.safeParse(own);
  if (!settings.success) {
    throw new TunewrightError(
      'invalid_config',
      `The connection "${name}" is not valid:\n${describeIssues(settings.error)}`,
      {
        advice: 'Mend it in tunewright.json; docs/configuration.md lists the fields.',
      },
    );
  }
  return { factory, settings: settings.data };
}

const budgetSchema = z.number().positive().optional();

function budgetOf(name: string, connection: Connections[string] | undefined): number | undefined {
  const budget = budgetSchema.safeParse(connection?.monthlyBudgetUsd);
  if (budget.success) return budget.data;
  throw new TunewrightError('invalid_config', `monthlyBudgetUsd of the connection "${name}" is no number above 0.`, {
    advice: 'Mend it in tunewright.json.',
  });
}
