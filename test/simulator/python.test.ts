import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bench, chatLines, tempDir } from './support.ts';

const python = process.env.TUNEWRIGHT_PYTHON ?? 'python3';
const atHand = spawnSync(python, ['-c', 'import openai']).status === 0;

(atHand ? test : test.skip)("the official Python client goes all the way (needs Python's openai package)", async () => {
  const { sim } = await bench();
  const path = join(await tempDir(), 'train.jsonl');
  await writeFile(path, chatLines(40));
  const script = join(import.meta.dirname, 'python_client.py');
  const { stdout } = await promisify(execFile)(python, [script, sim.url, path]);
  expect(JSON.parse(stdout)).toEqual({
    file: 'processed',
    status: 'succeeded',
    jobs: true,
    events: true,
    checkpoints: 3,
    answer: 'delivery',
    streamed: 'delivery',
    missing: 'model_not_found',
    deleted: true,
  });
});
