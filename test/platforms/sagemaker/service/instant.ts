import type { S3 } from '@aws-sdk/client-s3';
import { objectAt, type ServingContainers, type TrainingContainers } from './containers.ts';

/** Containers that nobody runs: a job ends at once with a model of nothing, and an endpoint answers `yes`. */
export function instant(s3: S3): TrainingContainers & ServingContainers {
  return {
    async prepare(name, { CheckpointConfig, OutputDataConfig }) {
      const { S3Uri } = CheckpointConfig as { S3Uri: string };
      await s3.putObject({ ...objectAt(`${S3Uri}/result.json`), Body: '{"trainedTokens": 1, "steps": 1}' });
      return {
        ended: Promise.resolve(0),
        stop() {},
        failure: async () => '',
        async upload(folder) {
          const { S3OutputPath } = OutputDataConfig as { S3OutputPath: string };
          const object = folder === undefined ? 'model.tar.gz' : `${folder}/model.safetensors`;
          await s3.putObject({ ...objectAt(`${S3OutputPath}/${name}/output/${object}`), Body: 'weights' });
        },
        steps: async () => undefined,
      };
    },
    serve: async () => undefined,
  };
}
