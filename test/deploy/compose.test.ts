import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  healthcheck?: unknown;
  ports?: string[];
  volumes?: string[];
}

// No Docker engine is needed here: the file is parsed, not run.
const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(
  read('docker-compose.yml'),
  { merge: true },
);

const services = Object.entries(compose.services);

test('the file holds Temporal on PostgreSQL, its UI, a worker and the gateway', () => {
  expect(Object.keys(compose.services)).toEqual(
    expect.arrayContaining(['postgresql', 'temporal', 'temporal-ui', 'worker', 'gateway']),
  );
});

test.each(services)('%s has a pinned image or is built here', (_, { image, build }) => {
  expect(build ?? image).toMatch(build ? /^\.$/ : /:\d/);
});

test.each(services)('%s waits for services that are there and tell when they are ready', (_, { depends_on = {} }) => {
  for (const [name, { condition }] of Object.entries(depends_on)) {
    expect(Object.keys(compose.services)).toContain(name);
    if (condition === 'service_healthy') expect(compose.services[name]?.healthcheck).toBeDefined();
  }
});

test.each(services)('%s is reached from this host only', (_, { ports = [] }) => {
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test.each(services)('%s uses volumes that are declared, and files that are there', (_, { volumes = [] }) => {
  for (const volume of volumes) {
    const [source = ''] = volume.split(':');
    if (source === './data') continue;
    if (source.startsWith('./')) expect(read(source.slice(2))).not.toBe('');
    else expect(Object.keys(compose.volumes)).toContain(source);
  }
});

test('worker and gateway share artifacts and reach the same Temporal', () => {
  const { worker, gateway } = compose.services;
  expect(worker?.volumes).toEqual(gateway?.volumes);
  expect(worker?.environment?.TEMPORAL_ADDRESS).toBe('temporal:7233');
  expect(gateway?.environment?.TEMPORAL_ADDRESS).toBe('temporal:7233');
});

test('the commands are those of the command line', () => {
  const main = `${root}src/cli/main.ts`;
  for (const [, { build, command = [] }] of services.filter(([, service]) => service.build)) {
    expect(build).toBe('.');
    const [name = '', ...flags] = command;
    const help = execFileSync(process.execPath, [main, name, '--help'], { encoding: 'utf8' });
    for (const flag of flags.filter((one) => one.startsWith('--'))) expect(help).toContain(flag);
  }
});

test('the image starts the compiled command line that the package names', () => {
  const { bin } = JSON.parse(read('package.json'));
  expect(read('Dockerfile')).toContain(bin.tunewright.replace('./', ''));
});

const hasCompose = (() => {
  try {
    execFileSync('docker-compose', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const validated = hasCompose ? test : test.skip;
validated('docker-compose reads the file (skipped where docker-compose is not installed)', () => {
  const options = { cwd: root, env: { ...process.env, POSTGRES_PASSWORD: 'x' }, stdio: 'pipe' as const };
  expect(() => execFileSync('docker-compose', ['config', '--quiet'], options)).not.toThrow();
});
