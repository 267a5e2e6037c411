import type { z } from 'zod';
import type { TemporalAddress } from '../contract/temporal-address.ts';
import type { CatalogueChanges } from './catalogue.ts';
import type { TrainingPlatform } from './platform.ts';

export interface PlatformContext {
  /** Where keys are read from. */
  env: NodeJS.ProcessEnv;
  /** A user's catalogue entry for this platform. */
  catalogue: CatalogueChanges | undefined;
  /** This service's own Temporal, for a platform whose machines work for it. */
  temporal: TemporalAddress;
}

/** What of a platform is known without asking it anything, and so without a key. */
export type PlatformFacts = Pick<
  TrainingPlatform,
  'minimumExamples' | 'mostExamples' | 'uploadBytes' | 'images' | 'catalogueEntry' | 'catalogueModels'
>;

/** What a platform's folder exports. */
export interface PlatformFactory<Settings> {
  name: string;
  settingsSchema: z.ZodType<Settings>;
  /** Throws `missing_key`; makes no remote call. */
  create(settings: Settings, context: PlatformContext): TrainingPlatform;
  /** Absent where `create` needs no key. */
  facts?(settings: Settings, catalogue: CatalogueChanges | undefined): PlatformFacts;
}
