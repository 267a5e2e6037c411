import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

// In a process of its own: the credentials read its environment, here that of a managed identity.

const module = fileURLToPath(new URL('../../../src/platforms/azure/credential.ts', import.meta.url));
const program = `
  const { entraToken } = await import(${JSON.stringify(module)});
  const token = entraToken('https://management.azure.com/.default', 'A_TOKEN');
  console.log(await token().catch(({ code, advice }) => code + ': ' + advice));
`;

async function tokenIn(env: NodeJS.ProcessEnv): Promise<string> {
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
  const { PATH } = process.env;
  return (await promisify(execFile)(process.execPath, flags, { env: { PATH, ...env } })).stdout.trim();
}

test('a managed identity is asked for a token of that scope', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.headers['x-identity-header']} ${request.url}`);
    const token = { access_token: 'token-of-identity', expires_on: String(Math.floor(Date.now() / 1000) + 3_600) };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const IDENTITY_ENDPOINT = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    expect(await tokenIn({ IDENTITY_ENDPOINT, IDENTITY_HEADER: 'secret' })).toBe('token-of-identity');
    expect(asked).toEqual([expect.stringMatching(/^secret .*resource=https%3A%2F%2Fmanagement\.azure\.com/)]);
  } finally {
    server.close();
  }
});

test('where nothing gives a token, it is said what to set', async () => {
  expect(await tokenIn({ AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential' })).toBe(
    'missing_key: Set A_TOKEN, or install @azure/identity and log in as it describes.',
  );
});
