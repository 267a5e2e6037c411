import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { languageOf } from '../src/datasets/inspection/language.ts';
import { seededRandom } from '../src/datasets/random.ts';
import { reviewAnswers } from '../src/datasets/review/review.ts';
import { convertBanking77, findBanking77 } from './support/banking77-data.ts';
import { type Figure, seconds } from './support/figure.ts';

const wrongShare = 0.03;
const seeds = [1, 2, 3];

/** How many of the answers that were made wrong at random a review finds, among as many as there are. */
export async function review(): Promise<Figure[]> {
  const source = findBanking77();
  if (!source) return [];
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-review-'));
  try {
    await convertBanking77(source, folder, false);
    const lines = (await readFile(join(folder, 'train.jsonl'), 'utf8')).trimEnd().split('\n');
    const rounds = [];
    for (const seed of seeds) rounds.push(await found(lines, seed, join(folder, 'wrong.jsonl')));
    const percent = rounds.map(({ share }) => `${(100 * share).toFixed(0)}%`).join(', ');
    const times = rounds.map(({ ms }) => seconds(ms)).join(', ');
    return [
      {
        what: `wrong intents among as many most doubtful, 3% of ${lines.length} made wrong, three seeds`,
        measured: percent,
      },
      { what: 'such a review', measured: times },
      {
        what: 'questions in English that are told as English, and as of another language',
        measured: toldLanguages(lines),
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function toldLanguages(lines: readonly string[]): string {
  const told = lines.map((line) => languageOf(JSON.parse(line).messages[0].content));
  const share = (count: number) => `${((100 * count) / told.length).toFixed(1)}%`;
  const others = told.filter((language) => language !== undefined && language !== 'en').length;
  return `${share(told.filter((language) => language === 'en').length)}, ${share(others)}`;
}

async function found(lines: readonly string[], seed: number, path: string): Promise<{ share: number; ms: number }> {
  const random = seededRandom(seed);
  const examples = lines.map((line) => JSON.parse(line));
  const intents = [...new Set(examples.map(({ messages }) => messages.at(-1).content))];
  const wrong = new Set<number>();
  for (const [at, { messages }] of examples.entries()) {
    if (random() >= wrongShare) continue;
    const others = intents.filter((intent) => intent !== messages.at(-1).content);
    messages.at(-1).content = others[Math.floor(random() * others.length)];
    wrong.add(at + 1);
  }
  await writeFile(path, examples.map((example) => `${JSON.stringify(example)}\n`).join(''));
  const begun = performance.now();
  const doubts = (await reviewAnswers(path, 'supervised', wrong.size))?.doubts ?? [];
  const ms = performance.now() - begun;
  return { share: doubts.filter(({ line }) => wrong.has(line)).length / wrong.size, ms };
}
