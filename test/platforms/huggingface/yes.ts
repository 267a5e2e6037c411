import { createServer } from 'node:http';

// `node yes.ts HOST PORT`: a server of OpenAI's chat protocol that answers `yes`, whatever it is asked.
const [host = '', port = ''] = process.argv.slice(2);
const answer = JSON.stringify({
  choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1 },
});
createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
}).listen(Number(port), host);
