import type { ImageLimits } from '../../../src/datasets/examples/images.ts';
import { inspectDataset } from '../../../src/datasets/inspection/inspect.ts';
import { jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();
const limits: ImageLimits = { perExample: 2, bytes: 9_000, types: ['jpeg', 'png'], examples: 2 };
const png = 'data:image/png;base64,iVBORw0KGgo=';
const jpeg = (bytes: number) => `data:image/jpg;base64,/9j/${'A'.repeat((bytes * 4) / 3 - 4)}`;

function asked(text: string, ...urls: string[]): string {
  const images = urls.map((url) => ({ type: 'image_url', image_url: { url } }));
  const user = { role: 'user', content: [{ type: 'text', text }, ...images] };
  return JSON.stringify({ messages: [{ role: 'system', content: 's' }, user, { role: 'assistant', content: text }] });
}

async function problems(lines: readonly string[], images: ImageLimits | undefined, threads = 1): Promise<string[]> {
  const path = await files.write('images.jsonl', jsonl(lines));
  const inspection = await inspectDataset(path, { minimumExamples: 0, images, threads });
  return inspection.problems.map(({ code, line, path }) => [code, line, path].filter(Boolean).join(' '));
}

test.each<[string, string[], string[]]>([
  ['as many as there may be', [png, png], []],
  ['one more', [png, png, png], ['too_many_images 1 messages']],
  ['an address, behind which nobody looks', ['https://example.com/a.gif'], []],
  ['another type', [png, 'data:image/gif;base64,R0lGODlh'], ['image_type 1 messages[1].content[2]']],
  ['another type under the name of one', [png.replace(/[^,]*$/, 'R0lGODlh')], ['image_type 1 messages[1].content[1]']],
  ['one type under the name of another', [png.replace('png', 'jpeg')], []],
  ['not base64', ['data:image/png,abc'], ['image_type 1 messages[1].content[1]']],
  ['as large as it may be', [jpeg(9_000)], []],
  ['three bytes more', [jpeg(9_003)], ['image_too_large 1 messages[1].content[1]']],
])('images against the limits of the platform: %s', async (_, urls, expected) => {
  expect(await problems([asked('a', ...urls)], limits)).toEqual(expected);
  expect(await problems([asked('a', ...urls)], undefined)).toEqual([]);
});

test('examples with images are counted over the whole file, in any number of threads', async () => {
  const lines = [asked('a', png), asked('b'), asked('c', png), asked('d', png)];
  for (const threads of [1, 2]) {
    expect(await problems(lines, limits, threads)).toEqual(['too_many_image_examples']);
    expect(await problems(lines.slice(0, 3), limits, threads)).toEqual([]);
  }
});
