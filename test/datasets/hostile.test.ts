import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jsonl, temporaryFolder } from './support.ts';

const files = temporaryFolder();
const most = 16 * 1024 * 1024;
const source = fileURLToPath(new URL('../../src/datasets/index.ts', import.meta.url));
/** The system's own figure, where it tells one of the process itself: that of `resourceUsage` is inherited from who starts it. */
const script = `
  import { existsSync, readFileSync } from 'node:fs';
  const status = '/proc/self/status';
  const peak = () =>
    existsSync(status)
      ? Number(/VmHWM:\\s+(\\d+) kB/.exec(readFileSync(status, 'utf8'))[1])
      : process.resourceUsage().maxRSS;
  const { inspectDataset } = await import(${JSON.stringify(source)});
  const [file, threads] = process.argv.slice(2);
  const { problems } = await inspectDataset(file, { threads: Number(threads), minimumExamples: 1 });
  console.log(JSON.stringify({ problems, peak: peak() }));
`;

/** One item as often as a line holds it. */
function filled(open: string, item: string, close: string): string {
  const times = Math.floor((most - open.length - close.length) / (item.length + 1));
  return open + Array(times).fill(item).join(',') + close;
}

const example = '{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]';
const asked = '{"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[';

test.each([1, 2])(
  'lines as long as can be, of values alone or of one word, take bounded memory in %d threads',
  async (threads) => {
    const keys = Array.from({ length: 900_000 }, (_, index) => `"k${index}":1`).join(',');
    const lines = [
      `${example}}`,
      filled('[', '1', ']'),
      filled('{"messages":[{"role":"user","content":[', '1', ']}]}'),
      filled(`${asked}`, '{}', ']}]}'),
      filled('{"messages":[', '{}', ']}'),
      filled(`${example},"tools":[`, '{}', ']}'),
      filled('', '{"a":', ''),
      `${example},${keys}}`,
      `${asked}{"id":"c","type":"function","function":{"name":"f","arguments":${JSON.stringify(`{${keys}}`)}}}]}]}`,
      // The pattern for pieces runs out of stack where it is asked at once.
      `{"messages":[{"role":"user","content":"${'漢'.repeat(5_000_000)}"},{"role":"assistant","content":"a"}]}`,
    ];
    const path = await files.write(`hostile-${threads}.jsonl`, jsonl(lines));
    const inspect = await files.write('inspect.mjs', script);
    const node = ['--disable-warning=ExperimentalWarning', inspect, path, String(threads)];
    const { stdout } = await promisify(execFile)(process.execPath, node);
    const { problems, peak } = JSON.parse(stdout);
    expect(problems.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
      [2, 'too_many_values'],
      [3, 'too_many_values'],
      [4, 'too_many_values'],
      [5, 'too_many_values'],
      [6, 'too_many_values'],
      [7, 'too_deep'],
      [8, 'too_many_values'],
      [9, 'invalid_arguments'],
      [1, 'missing_system_message'],
      [9, 'unknown_tool'],
    ]);
    expect(peak / 1024).toBeLessThan(512);
  },
);
