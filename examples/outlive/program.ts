import { argv, stderr, stdout } from 'node:process';
import OpenAI from 'openai';

/**
 * A program as it was written for OpenAI: it knows the id of its tuned model, reads address and key where the official client
 * does (`OPENAI_BASE_URL`, `OPENAI_API_KEY`), and prints the answer.
 * `node examples/outlive/program.ts MODEL QUESTION`
 */
const [, , model = '', question = ''] = argv;
const client = new OpenAI();

try {
  const answer = await client.chat.completions.create({
    model,
    messages: [
      { role: 'system', content: 'You sort customer-support messages for an online shop. Answer with the one intent.' },
      { role: 'user', content: question },
    ],
  });
  stdout.write(`${answer.choices[0]?.message.content}\n`);
} catch (error) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  stderr.write(`${error.message} [${error.code}]\n`);
  process.exitCode = 1;
}
