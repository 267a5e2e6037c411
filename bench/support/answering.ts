import { createServer } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { proxy } from 'hono/proxy';

// A process of its own: `answering.ts upstream PORT`, or `answering.ts proxy PORT UPSTREAM`.
const [kind, port, upstream] = process.argv.slice(2);
const hostname = '127.0.0.1';

const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_764_000_000,
  model: 'bench',
  choices: [{ index: 0, message: { role: 'assistant', content: 'billing '.repeat(60) }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 300, completion_tokens: 60, total_tokens: 360 },
});
const chunks = Array.from({ length: 60 }, () => {
  const delta = { choices: [{ index: 0, delta: { content: 'billing ' }, finish_reason: null }] };
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'bench', ...delta })}\n\n`;
});

/** Says the same at once, whatever it is asked: what is measured is the way there. */
function startUpstream(): void {
  createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      if (!body.includes('"stream":true')) {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const chunk of chunks) response.write(chunk);
      response.end('data: [DONE]\n\n');
    });
  }).listen(Number(port), hostname);
}

/** As the framework's own documentation makes one. */
function startProxy(): void {
  const app = new Hono();
  app.all('*', async (c) => await proxy(`${upstream}${c.req.path}`, { raw: c.req.raw, headers: c.req.header() }));
  serve({ fetch: app.fetch, port: Number(port), hostname });
}

if (kind === 'upstream') startUpstream();
else startProxy();
