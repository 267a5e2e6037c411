import { TunewrightError } from '../../src/contract/errors.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';

// `node call.ts CONNECTION METHOD ARGUMENTS`: one call in a process of its own, since Jest's modules are of another realm
// than the network's errors, of which the AWS SDK then loses the code.
const [connection = '', method = '', args = ''] = process.argv.slice(2);
const platform = createPlatforms({ mine: JSON.parse(connection) }, { env: process.env }).get('mine');
const call = platform[method as 'createJob'].bind(platform) as (...args: unknown[]) => Promise<unknown>;
const told = await call(...JSON.parse(args)).catch((error: unknown) => {
  if (!(error instanceof TunewrightError)) throw error;
  return { code: error.code, retry: error.retry };
});
process.stdout.write(JSON.stringify(told ?? null));
