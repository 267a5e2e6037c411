import { formats } from '../../../src/datasets/examples/formats.ts';
import { checkTexts } from '../../../src/datasets/examples/texts.ts';
import { tokenCounter } from '../../../src/datasets/tokens.ts';

const counter = tokenCounter('o200k_base');

/** Of the line itself, which may have its texts escaped. */
function findingsAt(raw: string) {
  const chat = JSON.parse(raw);
  counter.example({ chat });
  return counter.hinted ? checkTexts(formats.supervised.places({ chat })) : [];
}

function findingsIn(...messages: { role: string; [field: string]: unknown }[]) {
  return findingsAt(JSON.stringify({ messages }));
}

/** Codes of what is found in an answer with this text. */
function codesIn(content: string): string[] {
  const found = findingsIn({ role: 'user', content: 'x' }, { role: 'assistant', content });
  for (const { path, message } of found) {
    expect(path).toBe('messages[1].content');
    expect(message).not.toContain(content);
  }
  return found.map(({ code }) => code);
}

test.each<[string, string]>([
  ['special_token', 'the end <|endoftext|>'],
  ['special_token', '<|im_start|>user'],
  ['secret', `key sk-${'aB3d'.repeat(10)}`],
  ['secret', `sk-proj-${'aB3-'.repeat(12)}`],
  ['secret', `id: AKIA${'ABCD2345'.repeat(2)}.`],
  ['secret', `AIza${'aB3_x'.repeat(7)}`],
  ['secret', `ghp_${'aB3d'.repeat(9)}`],
  ['secret', `github_pat_${'aB3d'.repeat(13)}`],
  ['secret', `xoxb-${'12345-'.repeat(4)}`],
  ['secret', `sk_live_${'aB3d'.repeat(6)}`],
  ['secret', `hf_${'aBcD'.repeat(9)}`],
  ['secret', ['-----BEGIN', 'RSA', 'PRIVATE KEY-----\nMII'].join(' ')],
  ['personal_data', 'write to jo.doe+x@mail.firm.co.uk today'],
  ['personal_data', 'call +44 (0)20 7946 0958'],
  ['personal_data', 'call +442079460958.'],
  ['personal_data', 'call (212) 736-5000, or 212-736-5000'],
  ['secret', `glpat-${'aB3d'.repeat(5)}`],
  ['secret', `npm_${'aB3d'.repeat(9)}`],
  ['personal_data', 'paid with 4111 1111 1111 1111'],
  ['personal_data', '378282246310005'],
  ['garbled_text', 'sch\ufffdn'],
  ['garbled_text', 'schÃ¶n, naÃ¯ve, Ã\u0084rger'],
  ['garbled_text', 'itâ€™s'],
  ['garbled_text', 'ÐŸÑ€Ð¸Ð²ÐµÑ‚'.normalize()],
  ['garbled_text', 'die StraÃŸe'],
  ['garbled_text', 'Ã–sterreich'],
  ['garbled_text', 'Itâ\u0080\u0099s'],
  ['garbled_text', 'ok ðŸ˜€'],
  ['garbled_text', '20 Â°C'],
  ['garbled_text', 'half \ud83d'],
  ['garbled_text', 'a\0b'],
])('%s: %j', (code, text) => {
  expect(codesIn(text)).toEqual([code]);
});

test.each([
  'a <| b |> c, <|x|>',
  'a task-oriented-approach-that-takes-many-many-words, sk-short',
  'sk-some-long-class-name-of-a-style-sheet-without-digits',
  '_live_ hf_model AKIA AIza ghp_ xoxo',
  'git clone git@github.com:owner/name.git, jo@desk.example, jo@mail.test',
  'Decimal(+35236450.6), (212) 555-0123, 123-456-7890, 978-212-736-5000-1, 2026-212-7365',
  'user@example.com, @name, a@b, node@24.19.2',
  '1 + 2 = 3, C++20, +1, 2026-11-23 10:00',
  '4111 1111 1111 1112, 12345678901234567890, 9f41111111111111111',
  '-----BEGIN CERTIFICATE-----',
  'icon@2x.png, this@MainActivity.window, this@Foo.name, getty@tty1.service, vite@5.0.0-beta.rc, W@x.transpose()',
  '+10 000 000, +12.500.000, (+10000000), +100 000 000, +1-555-0123, +1 (555) 123-4567, +1 202-555-0143',
  '20230115123043, 2015 2016 2017 2018, 3312345678901238',
  'AKIAIOSFODNN7EXAMPLE, xoxb-your-bot-token-here, https://x.example/sk-hynix-starts-mass-production-hbm3e-2024-09-26/',
  `ghp_${'x'.repeat(36)} npm_${'x'.repeat(36)} hf_${'x'.repeat(34)} glpat-${'x'.repeat(20)}`,
  'IRMÃ¹, LATÃº, AMANHÃ–, MÂ¹',
  'AMANHÃ, AMANHÃ\u00a0«SERÁ», â € 5, Ðe whole 👩‍👩‍👧‍👦',
])('nothing: %j', (text) => {
  expect(codesIn(text)).toEqual([]);
});

test('parts, refusals and arguments are looked at', () => {
  const text = 'a@firm.io';
  const found = findingsIn(
    {
      role: 'user',
      content: [
        { type: 'text', text: 'x' },
        { type: 'text', text },
      ],
    },
    { role: 'assistant', tool_calls: [{ function: { arguments: text } }] },
    { role: 'assistant', function_call: { arguments: text } },
    { role: 'assistant', content: null, refusal: text },
  );
  expect(found.map(({ path }) => path)).toEqual([
    'messages[0].content[1]',
    'messages[1].tool_calls[0].function.arguments',
    'messages[2].function_call.arguments',
    'messages[3].refusal',
  ]);
});

test('hostile texts take time in proportion to their length', () => {
  const began = performance.now();
  for (const piece of ['a', '@', 'a@', 'a.', '+1 ', '4111 ', 'sk-', '-----BEGIN ', '<|', 'A ', '1-']) {
    codesIn(`@${piece.repeat(200_000 / piece.length)}@a.`);
  }
  expect(performance.now() - began).toBeLessThan(30_000);
});

test.each([
  ['personal_data', '{"text":"Tel:\\n+49 30 1234567"}'],
  ['personal_data', '{"to":"max\\u0040firma.de"}'],
  ['personal_data', '{"card":4111111111111111}'],
  ['secret', `{"env":["a\\nsk-${'aB3d'.repeat(10)}"]}`],
  ['garbled_text', '{"name":"M\\u00c3\\u00bcller"}'],
  ['personal_data', 'no JSON, jo@firm.io'],
])('%s is found in arguments as the tool gets them: %s', (code, written) => {
  const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: written } }];
  expect(findingsIn({ role: 'assistant', tool_calls: calls })).toMatchObject([
    { code, path: 'messages[0].tool_calls[0].function.arguments' },
  ]);
});

test.each([
  ['garbled_text', 'sch\\u00c3\\u00b6n'],
  ['garbled_text', 'half \\ud83d'],
  ['special_token', '\\u003c|im_end|>'],
  ['special_token', '<\\u007cim_end|>'],
  ['personal_data', 'a\\u0040firm.io'],
])('%s is found where the line has it escaped: %s', (code, written) => {
  expect(findingsAt(`{"messages":[{"role":"assistant","content":"${written}"}]}`)).toMatchObject([{ code }]);
});
