import type { Channel, Tag } from '@aws-sdk/client-sagemaker';
import type { JobSpec } from '../platform.ts';

/** Characters of a hyperparameter's and of a tag's value, by the documents of `CreateTrainingJob` and `Tag`. */
export const valueCharacters = 256;
/** By the documents of `CreateTrainingJob`. */
export const mostHyperparameters = 100;
export const hourSeconds = 3600;

export function channel(ChannelName: string, S3Uri: string): Channel {
  return { ChannelName, DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri } } };
}

const tagPrefix = 'tunewright_';

/** What every job says of itself, whoever looks. */
export function tagsOf({ key, runName, model }: JobSpec): Tag[] {
  return Object.entries({ key, run: runName, model }).map(([name, value]) => ({
    Key: `${tagPrefix}${name}`,
    // Letters, digits and `_.:/=+-@` alone are allowed.
    Value: value.replace(/[^\p{L}\p{N}\s_.:/=+\-@]/gu, '_').slice(0, valueCharacters),
  }));
}

export function tagOf(tags: readonly Tag[], name: 'key' | 'run' | 'model'): string {
  return tags.find(({ Key }) => Key === `${tagPrefix}${name}`)?.Value ?? '';
}
