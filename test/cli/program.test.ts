import { TunewrightError } from '../../src/contract/errors.ts';
import { type } from './world.ts';

const withSettingsThrowing = (error: unknown) => ({
  loadSettings: async () => {
    throw error;
  },
});

describe('a command line that is wrong', () => {
  test.each([
    [['frob'], "error: unknown command 'frob'"],
    [['list', '--frob'], "error: unknown option '--frob'"],
    [['show'], "error: missing required argument 'name'"],
    [['cancel', 'a'], "error: required option '--reason <text>' not specified"],
    [['list', '--limit', '0'], 'It takes a whole number of 1 or more.'],
    [['list', '--status', 'odd'], 'Allowed choices are running, paused'],
    [['retrain', 'a', '--epochs', 'many'], 'It takes a number, or auto.'],
    [['run', 'a.yaml', '--set', 'epochs'], 'It takes key=value, such as hyperparameters.epochs=3.'],
    [['run', 'a.yaml', '--set', 'a..b=1'], 'It takes key=value, such as hyperparameters.epochs=3.'],
    [['run', 'a.yaml', '--embedded', '--detach'], "option '--embedded' cannot be used with option '--detach'"],
    [['gateway', '--port', '65536'], 'It takes a port from 0 to 65535.'],
    [['simulator', '--training-seconds', '-1'], 'It takes a number of 0 or more.'],
    [['schedules', 'create', 'a', '--cron', '0 3 * * 1'], "required option '--file <file>' not specified"],
  ])('%j exits with 2', async (argv, message) => {
    const { code, stdout, stderr } = await type([...argv, '--json']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  test('no command at all shows the help', async () => {
    const { code, stderr } = await type([]);
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: tunewright');
  });
});

test('help and version need no settings', async () => {
  const broken = withSettingsThrowing(new Error('no settings'));
  expect(await type(['run', '--help'], broken)).toMatchObject({ code: 0, stderr: '' });
  expect((await type(['--version'], broken)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('errors', () => {
  const named = new TunewrightError('wrong_key', 'The key is \x1b[2Jwrong.', { advice: 'Take another one.' });

  test('a named one tells what happened and what to do, without a stack', async () => {
    const typed = await type(['list'], { ...withSettingsThrowing(named), env: { TUNEWRIGHT_LOG_LEVEL: 'debug' } });
    expect(typed).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'error: The key is  [2Jwrong.\n  what to do: Take another one.\n',
    });
  });

  test('with --json it stands on stdout', async () => {
    const { stdout, stderr } = await type(['list', '--json'], withSettingsThrowing(named));
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'wrong_key', message: 'The key is  [2Jwrong.', advice: 'Take another one.' },
    });
    expect(stderr).toBe('');
  });

  test('an unknown one shows its stack on demand only', async () => {
    const broken = withSettingsThrowing(new RangeError('out of range'));
    const quiet = await type(['list'], broken);
    expect(quiet.stderr).toBe(
      'error: out of range\n  what to do: Run it again with TUNEWRIGHT_LOG_LEVEL=debug to see where it came from.\n',
    );
    const loud = await type(['list'], { ...broken, env: { TUNEWRIGHT_LOG_LEVEL: 'debug' } });
    expect(loud.stderr).toMatch(/^error: out of range\n.*\nRangeError: out of range\n +at .*program\.test\.ts/);
  });

  test('a client that could not connect is one error', async () => {
    const createClient = async () => {
      throw named;
    };
    expect(await type(['list'], { createClient })).toMatchObject({ code: 1 });
  });
});

test('colours on a terminal, unless they are not wanted', async () => {
  const bold = '\x1b[1m';
  expect((await type(['schedules', 'list'], { columns: 80 })).stdout).toContain(bold);
  expect((await type(['schedules', 'list'], { columns: 80, env: { NO_COLOR: '1' } })).stdout).not.toContain(bold);
  expect((await type(['schedules', 'list'])).stdout).not.toContain(bold);
  expect((await type(['schedules', 'list', '--json'], { columns: 80 })).stdout).not.toContain(bold);
});

test('the client is closed after the command, also after a failing one', async () => {
  const pause = async () => {
    throw new Error('no');
  };
  expect((await type(['pause', 'a'])).calls.at(-1)).toEqual(['close']);
  expect((await type(['pause', 'a'], { handle: { pause } })).calls.at(-1)).toEqual(['close']);
});
