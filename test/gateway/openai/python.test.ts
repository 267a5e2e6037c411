import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serviceKey } from '../registry.ts';
import { trainer } from './jobs-support.ts';

const python = process.env.TUNEWRIGHT_PYTHON ?? 'python3';
const atHand = spawnSync(python, ['-c', 'import openai']).status === 0;

(atHand ? test : test.skip)(
  "an unchanged Python program goes all the way (needs Python's openai package)",
  async () => {
    const { at, url } = await trainer();
    const script = join(import.meta.dirname, 'python_client.py');
    const { stdout } = await promisify(execFile)(python, [script, url, serviceKey, join(at.folder, 'data.jsonl')]);
    expect(JSON.parse(stdout)).toEqual({
      status: 'succeeded',
      events: true,
      checkpoints: true,
      model: 'simulator',
      same: true,
      answer: 'shipping',
      missing: 'model_not_found',
      stranger: 'invalid_api_key',
      deleted: true,
    });
  },
);
