import { randomBytes } from 'node:crypto';
import zlib, { gzipSync, zstdCompressSync } from 'node:zlib';
import { inspectDataset } from '../../../src/datasets/inspection/inspect.ts';
import { isPacked } from '../../../src/datasets/reading/source.ts';
import { unpacked } from '../../../src/datasets/reading/unpack.ts';
import { chat, collect, inChunks, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();
const text = `${'a line that comes again\n'.repeat(20_000)}${randomBytes(100_000).toString('hex')}`;
const kinds: [string, (content: string) => Buffer][] = [
  ['gzip', gzipSync],
  ['Zstandard', zstdCompressSync],
];
const unpack = async (content: Buffer, size: number, unpackedBytes?: number) =>
  Buffer.concat(await collect(unpacked(inChunks(content, size), { name: 'data', unpackedBytes }))).toString();

describe.each(kinds)('%s', (_, compress) => {
  const [whole, part] = [compress(text), compress('3,4\n')];

  test.each([1009, 65_536, whole.length, whole.length + 3, 10_000_000])(
    'comes whole of chunks of %d bytes',
    async (size) => {
      expect(await unpack(Buffer.concat([part, part, whole, part, whole, part]), size)).toBe(
        `3,4\n3,4\n${text}3,4\n${text}3,4\n`,
      );
    },
  );

  test('is told by its first bytes, one by one', async () => {
    expect(await unpack(part, 1)).toBe('3,4\n');
  });

  test.each([
    ['cut off', whole.subarray(0, -9)],
    ['followed by something else', Buffer.concat([whole, Buffer.from('q,a\n1,2\n')])],
  ])('%s is refused', async (_, content) => {
    await expect(unpack(content, 5000)).rejects.toMatchObject({
      code: 'source_unreadable',
      message: expect.stringMatching(/^data cannot be decompressed/),
    });
  });

  test('that becomes far more than text does is refused at once', async () => {
    const bomb = compress('0'.repeat(50_000_000));
    await expect(unpack(bomb, 65_536, 1_000_000)).rejects.toMatchObject({ code: 'invalid_data' });
    // What is small may be as repetitive as it likes.
    expect(await unpack(bomb, 65_536)).toHaveLength(50_000_000);
  });

  test('a data set is checked as if it were not compressed', async () => {
    const content = jsonl([chat('q', 'a'), '{', chat('r', 'b')]);
    const [packed, plain] = [await files.write('packed', compress(content)), await files.write('plain', content)];
    expect(await inspectDataset(packed)).toEqual(await inspectDataset(plain));
    expect([await isPacked(packed), await isPacked(plain), await isPacked(files.path('none'))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

test('Zstandard in a window that takes too much memory is told as that, and not as damaged', async () => {
  const wide = zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_windowLog]: 28 } });
  wide.write('a');
  wide.end('b');
  await expect(unpack(Buffer.concat(await collect<Buffer>(wide)), 100)).rejects.toMatchObject({
    code: 'source_unreadable',
    message: 'data is compressed with zstd in a window of over 128 MiB, which takes as much memory to read.',
  });
});

test('what is not compressed stays as it is, though it be empty', async () => {
  expect(await unpack(Buffer.from('{}\n'), 1)).toBe('{}\n');
  expect(await unpack(Buffer.alloc(0), 1)).toBe('');
});

test('a Node without Zstandard says what is needed', async () => {
  const own = Object.getOwnPropertyDescriptor(zlib, 'createZstdDecompress') as PropertyDescriptor;
  try {
    Object.defineProperty(zlib, 'createZstdDecompress', { ...own, value: undefined });
    await expect(unpack(zstdCompressSync('a'), 100)).rejects.toMatchObject({
      message: 'data is compressed with zstd, which this Node cannot read.',
    });
  } finally {
    Object.defineProperty(zlib, 'createZstdDecompress', own);
  }
});

test('a table is to be converted first', async () => {
  const path = await files.write('a.parquet', 'PAR1....');
  await expect(inspectDataset(path)).rejects.toMatchObject({
    code: 'invalid_data',
    advice: `Make JSON lines of it first: tunewright convert ${path} --out FILE`,
  });
});
