/**
 * Compiles `assembly/` to WebAssembly and writes it into `src/` in base64, so that what is built, tested and packed needs no
 * compiler. `--check` writes nothing, and fails where that is not what stands there.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const modules = {
  bpe: 'src/datasets/bpe/kernel-wasm.ts',
  fingerprint: 'src/datasets/inspection/fingerprint-wasm.ts',
};
const root = fileURLToPath(new URL('..', import.meta.url));
const options = ['--baseDir', root, '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];
/** Of a line, in letters. */
const width = 116;

async function compiled(name: string): Promise<Buffer> {
  let found: Buffer | undefined;
  const { error, stderr } = await asc.main([`assembly/${name}/index.ts`, '--outFile', 'out.wasm', ...options], {
    writeFile: (_, contents) => {
      found = Buffer.from(contents);
    },
  });
  if (error || !found) throw new Error(`assembly/${name} does not compile.\n${stderr}`);
  return found;
}

function moduleOf(name: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  return `// Made of \`assembly/${name}\` by \`npm run assembly\`.\nexport const wasm =\n${lines.map((line) => `  '${line}'`).join(' +\n')};\n`;
}

for (const [name, path] of Object.entries(modules)) {
  const made = moduleOf(name, await compiled(name));
  if (!argv.includes('--check')) await writeFile(`${root}${path}`, made);
  else if ((await readFile(`${root}${path}`, 'utf8')) !== made) {
    throw new Error(`${path} is not what assembly/${name} compiles to: npm run assembly.`);
  }
}
