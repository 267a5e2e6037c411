import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { TunewrightError } from '../../src/contract/errors.ts';
import { findBinary } from '../../src/embedded/binary.ts';
import { inCache } from '../../src/embedded/cache.ts';
import { byVariable, onPath } from '../../src/embedded/on-machine.ts';
import { cachedName, gadget, script, temporaryFolder } from './fixtures.ts';

const root = await temporaryFolder();
const steps = [byVariable, onPath, inCache];
const good = 'echo gadget version 2.1.0';

async function find(env: NodeJS.ProcessEnv) {
  const notes: string[] = [];
  const path = await findBinary(gadget, { env, steps, note: (line) => notes.push(line) });
  return { path, notes };
}

describe('findBinary', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(root, 'case-'));
  });
  const install = (place: string, body = good) => script(join(folder, place), body);

  test('takes what the variable names before the PATH and the cache', async () => {
    const named = await install('mine/any-name');
    await install('bin/gadget');
    await install(`cache/${cachedName}`);
    const env = { GADGET_PATH: named, PATH: join(folder, 'bin'), TUNEWRIGHT_CACHE: join(folder, 'cache') };
    expect(await find(env)).toEqual({ path: named, notes: [] });
  });

  test('takes the first on the PATH before the cache, and says that the variable is wrong', async () => {
    const first = await install('one/gadget');
    await install('two/gadget');
    await install(`cache/${cachedName}`);
    const env = {
      GADGET_PATH: '/nowhere/gadget',
      PATH: `/nowhere:${join(folder, 'one')}:${join(folder, 'two')}`,
      TUNEWRIGHT_CACHE: join(folder, 'cache'),
    };
    expect(await find(env)).toEqual({
      path: first,
      notes: ['GADGET_PATH: /nowhere/gadget is not an executable file'],
    });
  });

  test.each([
    ['TUNEWRIGHT_CACHE', ''],
    ['XDG_CACHE_HOME', 'tunewright'],
    ['HOME', '.cache/tunewright'],
  ])('looks into the cache of %s', async (variable, below) => {
    const cached = await install(join('place', below, cachedName));
    const env = { PATH: '/nowhere', [variable]: join(folder, 'place') };
    expect(await find(env)).toEqual({ path: cached, notes: [] });
  });

  test.each([
    ['another program of that name', 'echo hello', 'does not answer --version as gadget does'],
    ['a broken program', 'exit 3', 'does not answer --version as gadget does'],
    ['too old a version', 'echo gadget version 1.8.12', 'is version 1.8.12, 1.9.0 or newer is needed'],
  ])('passes over %s', async (_, body, reason) => {
    const wrong = await install('bin/gadget', body);
    const cached = await install(`cache/${cachedName}`);
    const env = { PATH: join(folder, 'bin'), TUNEWRIGHT_CACHE: join(folder, 'cache') };
    expect(await find(env)).toEqual({ path: cached, notes: [`PATH: ${wrong} ${reason}`] });
  });

  test('counts versions by number: 1.10 is newer than 1.9', async () => {
    const path = await install('bin/gadget', 'echo gadget version 1.10.0');
    expect(await find({ PATH: join(folder, 'bin') })).toEqual({ path, notes: [] });
  });

  test('lists every miss and what to do when nothing is found', async () => {
    const failed = findBinary(gadget, { env: { PATH: '', TUNEWRIGHT_CACHE: folder }, steps });
    await expect(failed).rejects.toBeInstanceOf(TunewrightError);
    await expect(failed).rejects.toMatchObject({
      code: 'temporal_unreachable',
      message: [
        'No gadget binary was found or could be had:',
        '  - GADGET_PATH is not set',
        '  - PATH: no gadget in it',
        `  - cache: no ${join(folder, cachedName)}`,
      ].join('\n'),
      advice:
        'Put gadget 2.1.0 on the PATH or set GADGET_PATH to its path; ' +
        'where pip works, "python3 -m pip install gadget-bin==2.1.0" brings it.',
    });
  });
});
