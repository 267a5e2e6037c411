import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../../src/client.ts';
import { loadSettings } from '../../src/config.ts';
import { startStack } from '../../src/embedded/stack.ts';
import { startGateway } from '../../src/gateway/index.ts';
import { standInConnection } from '../../src/platforms/registry.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { fillAccount } from './account.ts';
import { runScript } from './process.ts';
import { adopt, migrate, outlive, type Stage } from './story.ts';

const main = new URL('../../src/cli/main.ts', import.meta.url);
const programPath = new URL('./program.ts', import.meta.url);

/** The story on the embedded stack and a second simulated platform, in a folder of its own that is removed. */
async function play(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'tunewright-outlive-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })];
  try {
    const second = await startSimulator({ dataDir: join(home, 'second'), trainingSeconds: 2 });
    closing.push(second.close);
    const config = join(home, 'tunewright.json');
    await writeFile(config, JSON.stringify({ connections: { second: standInConnection(second.url) } }));
    const { TEMPORAL_ADDRESS: _, ...around } = process.env;
    const env = { ...around, TUNEWRIGHT_HOME: home, TUNEWRIGHT_CONFIG: config, TUNEWRIGHT_LOG_LEVEL: 'warn' };
    const running = await startStack({ home, env, log: say, trainingSeconds: 2 });
    closing.push(running.stop);
    const settings = loadSettings(env, home);
    const gateway = await startGateway(settings);
    closing.push(gateway.close);
    const client = await createClient({ ...settings.temporal, taskQueue: settings.taskQueue });
    closing.push(client.close);
    await tell({
      folder: home,
      closing: running.stack.simulatorUrl,
      gateway: `${gateway.url}/openai/v1`,
      client,
      say: (line) => say(`\n# ${line}`),
      async tunewright(...args) {
        say(`\n$ tunewright ${args.map(quoted).join(' ')}`);
        return await told(await runScript(main, args, { env, cwd: home }, print));
      },
      async program(baseURL, model) {
        const question = 'Where is my parcel?';
        say(`\n$ OPENAI_BASE_URL=${baseURL} node program.ts ${model} ${quoted(question)}`);
        const own = { ...around, OPENAI_BASE_URL: baseURL, OPENAI_API_KEY: 'any' };
        return await told(await runScript(programPath, [model, question], { env: own }, print));
      },
    });
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

async function tell(stage: Stage): Promise<void> {
  stage.say('A simulated platform, and in it four models that were tuned without tunewright.');
  const account = await fillAccount(stage.closing);
  await stage.program(stage.closing, account.desk);
  await adopt(stage);
  await migrate(stage);
  await outlive(stage, account);
}

function told<T extends { code: number | null }>(outcome: T): T {
  if (outcome.code !== 0) say(`(exit code ${outcome.code})`);
  return outcome;
}

function quoted(argument: string): string {
  return /[\s"?]/.test(argument) ? JSON.stringify(argument) : argument;
}

function print(text: string): void {
  process.stdout.write(text);
}

function say(line: string): void {
  print(`${line}\n`);
}

await play();
