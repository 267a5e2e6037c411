import { formats } from '../../../src/datasets/examples/formats.ts';
import { inspectDataset } from '../../../src/datasets/inspection/inspect.ts';
import { languageOf } from '../../../src/datasets/inspection/language.ts';
import { bothLooked, languageSample, languagesOf } from '../../../src/datasets/inspection/languages.ts';
import { chat, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();

test.each([
  ['en', 'Where is the parcel that you sent to me?'],
  ['de', 'Wo ist mein Paket, und wann kommt es?'],
  ['fr', 'Où est mon colis, et quand est-ce que vous le livrez ?'],
  ['es', '¿Dónde está mi paquete?'],
  ['it', 'Dove è il mio pacco?'],
  ['pt', 'Onde está a minha encomenda?'],
  ['nl', 'Waar is mijn pakket?'],
  ['sv', 'Var är mitt paket?'],
  ['pl', 'Gdzie jest moja paczka?'],
  ['cs', 'Kde je moje zásilka?'],
  ['fi', 'Missä on minun pakettini?'],
  ['hu', 'Hol van a csomagom, és mikor jön meg?'],
  ['tr', 'Paketim nerede ve ne zaman gelecek?'],
  ['vi', 'Gói hàng của tôi ở đâu?'],
  ['id', 'Di mana paket saya?'],
  ['ru', 'Где моя посылка?'],
  ['uk', 'Де моя посилка, і коли її привезуть?'],
  ['zh', '我的包裹在哪里？'],
  ['ja', '荷物はどこですか？'],
  ['ko', '내 소포는 어디에 있나요?'],
  ['ar', 'أين طردي؟ أريد أن أعرف'],
  ['fa', 'بسته من کجاست؟ لطفا پیگیری کنید'],
  ['he', 'איפה החבילה שלי?'],
  ['el', 'Πού είναι το δέμα μου;'],
  ['hi', 'मेरा पार्सल कहाँ है?'],
  ['th', 'พัสดุของฉันอยู่ที่ไหน'],
  ['en', 'A call to a custom tool created by the model.'],
  ['uk', 'Повідомлення буде надіслано, якщо адреса правильна'],
  ['ru', 'Список объектов загружен из памяти'],
  ['en', 'The word 東京 is what we call the capital of Japan.'],
])('%s: %s', (language, text) => {
  expect(languageOf(text)).toBe(language);
});

test.each([
  '',
  'track_order',
  '42',
  '{"a": 1}',
  '- [slice-ansi](https://github.com/chalk/slice-ansi), [cli](https://github.com/sindresorhus/cli)',
  '-v, --version\n-s, --no-messages\n-z, --stats[=record]',
  'for (let i = 0; i < a.length; i++) s += a[i];',
  'def f(x): return x',
  'OK',
  '🙂🙂',
  '\u0000\ud800',
])('%j is in none', (text) => {
  expect(languageOf(text)).toBeUndefined();
});

const asked = (number: number) => `Where is the parcel that you sent to me, number ${number}?`;
const english = (number: number) => `It is on the way, and you have it on day ${number}.`;
const german = (number: number) => `Es ist auf dem Weg, und du hast es an Tag ${number}.`;
const lines = (count: number, answer: (number: number) => string) =>
  Array.from({ length: count }, (_, number) => chat(asked(number), answer(number)));
const codes = async (name: string, content: readonly string[]) => {
  const { problems, languages } = await inspectDataset(await files.write(name, jsonl(content)));
  const told = problems.filter(({ code }) => /language/.test(code));
  return { problems: told.map(({ code, message }) => ({ code, message })), languages };
};

test('a few answers in another language are told with their lines', async () => {
  const content = lines(100, (number) => (number === 6 || number === 41 ? german(number) : english(number)));
  const { problems, languages } = await codes('mixed.jsonl', content);
  expect(problems).toEqual([
    { code: 'answer_in_other_language', message: expect.stringContaining('2 answer in another') },
  ]);
  expect(problems[0]?.message).toContain('(lines 7, 42)');
  expect(languages).toEqual({ examples: 100, questions: { en: 100 }, answers: { en: 98, de: 2 } });
});

test('where many are, that is what is to be learnt', async () => {
  expect((await codes('translations.jsonl', lines(40, german))).problems).toEqual([]);
});

test('a language of few examples is told', async () => {
  const other = ['Wo ist mein Paket, und wann kommt es?', 'Was kann ich mit dem Paket tun?'];
  const content = [...lines(120, english), ...other.map((question) => chat(question, german(1)))];
  expect((await codes('rare.jsonl', content)).problems).toEqual([
    { code: 'rare_language', message: expect.stringContaining('(de 2)') },
  ]);
});

test('of a large file a sample is looked at, the same each time', async () => {
  const content = lines(5000, (number) => (number % 100 === 0 ? german(number) : english(number)));
  const [first, second] = [await codes('large.jsonl', content), await codes('large.jsonl', content)];
  expect(first).toEqual(second);
  expect(first.languages?.examples).toBe(500);
  expect(first.languages?.answers.de).toBeGreaterThan(0);
  expect(first.languages?.answers.de).toBeLessThan(20);
});

test('labels have no language, and nothing is said of them', async () => {
  const content = Array.from({ length: 20 }, (_, number) => chat(`item_${number}`, 'a_b'));
  expect((await codes('labels.jsonl', content)).languages).toBeUndefined();
});

test('the samples of parts of a file tell what that of the whole tells', () => {
  const content = lines(3000, (number) => (number % 50 === 0 ? german(number) : english(number)));
  const looked = (from: number, to: number, sample = languageSample()) => {
    for (let at = from; at < to; at++) {
      const example = formats.supervised.example(JSON.parse(content[at] as string));
      sample.add(example, { number: at + 1, offset: at * 200 });
    }
    return sample.take();
  };
  const parts = [...looked(1000, 3000), ...looked(0, 1000)];
  const whole = languagesOf(looked(0, 3000));
  expect(languagesOf(parts)).toEqual(whole);
  // A thread asks one part after another of the same sample, which knows better and better what is not needed.
  const thread = languageSample();
  const taken = [0, 1000, 2000].map((from) => looked(from, from + 1000, thread));
  expect(taken[2]?.length).toBeLessThan(500);
  expect(languagesOf(taken.reduce(bothLooked))).toEqual(whole);
});
