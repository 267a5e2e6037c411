import { createRequire } from 'node:module';

// Its types are those of the CommonJS module, not of the other.
const { default: TestSequencer }: typeof import('@jest/test-sequencer') = createRequire(import.meta.url)(
  '@jest/test-sequencer',
);
type Tests = Parameters<InstanceType<typeof TestSequencer>['sort']>[0];

/** What takes longest, most of it waiting for processes of its own; below `test`, the longest first. */
const slowest = [
  'platforms/huggingface/training',
  'platforms/huggingface/runs',
  'faults/people',
  'platforms/sagemaker/runs',
  'hosting/azure',
  'faults/answers',
  'migrate/outlive',
  'platforms/sagemaker/training',
  'cli/shutdown',
  'workflows/batch',
  'platforms/huggingface/hub/runs',
  'faults/activities',
  'hosting/huggingface',
  'hosting/sagemaker',
  'platforms/azure/deployed-runs',
  'workflows/account/runs',
  'platforms/azure/runs',
  'bad-input/run',
  'workflows/once',
  'migrate/trainer',
];

/** Begins with what takes longest, so that no run ends with one file alone: jest by itself goes by the size of files. */
export default class SlowestFirst extends TestSequencer {
  override sort(tests: Tests): Tests {
    const rank = ({ path }: Tests[number]) => {
      const at = slowest.findIndex((file) => path.endsWith(`test/${file}.test.ts`));
      return at < 0 ? slowest.length : at;
    };
    return (super.sort(tests) as Tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
