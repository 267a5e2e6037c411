import { chooseShown, type ShownExample, withShown } from '../../src/evaluation/shown.ts';

function example(answer: string, at: number): ShownExample {
  return {
    turns: [
      { role: 'user', content: `question ${at}` },
      { role: 'assistant', content: answer },
    ],
    answer,
  };
}

const labelled = Array.from({ length: 300 }, (_, at) => example(`label-${at % 3 === 0 ? 'often' : at % 30}`, at));

test('there is an example of each label before there are two of one', async () => {
  const labels = new Set(labelled.map(({ answer }) => answer));
  const chosen = await chooseShown(labelled, labels.size, 1);
  expect(new Set(chosen.map(({ answer }) => answer))).toEqual(labels);
  const more = await chooseShown(labelled, labels.size + 4, 1);
  expect(more).toHaveLength(labels.size + 4);
  expect(new Set(more).size).toBe(more.length);
});

test('the same seed chooses the same examples, another one others', async () => {
  expect(await chooseShown(labelled, 8, 1)).toEqual(await chooseShown(labelled, 8, 1));
  expect(await chooseShown(labelled, 8, 1)).not.toEqual(await chooseShown(labelled, 8, 2));
});

test('of free text any examples are chosen, and no more than there are', async () => {
  const free = Array.from({ length: 500 }, (_, at) => example(`answer ${at}`, at));
  const chosen = await chooseShown(free, 8, 1);
  expect(new Set(chosen.map(({ answer }) => answer)).size).toBe(8);
  expect(chosen.some(({ answer }) => Number(answer.slice(7)) > 250)).toBe(true);
  expect(await chooseShown(free.slice(0, 3), 8, 1)).toHaveLength(3);
});

test('examples stand behind the instructions and before what is asked', () => {
  const [system, asked, shown] = [
    { role: 'system' },
    { role: 'user', content: 'now' },
    { role: 'user', content: 'then' },
  ];
  expect(withShown([system, asked], [shown])).toEqual([system, shown, asked]);
  expect(withShown([asked], [shown])).toEqual([shown, asked]);
  expect(withShown([system], [shown])).toEqual([system, shown]);
});
