import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { trainerEnv, trainerPython } from '../../trainers.ts';

export const token = 'hf_of-tests';
export const namespace = 'lab';

// The adapter finds it in the environment.
process.env.TUNEWRIGHT_TEST_HF_TOKEN = token;

/** The setting `jobs` of a connection to it. */
export function hubJobs({ url }: HubService): Record<string, unknown> {
  const machine = { flavor: 'cpu-basic', image: 'lab/trainer:1', hourlyUsd: 0.6, timeoutSeconds: 600 };
  return { namespace, ...machine, tokenEnv: 'TUNEWRIGHT_TEST_HF_TOKEN', listLagSeconds: 1, url };
}

/** A job as the service shows it; tests move it where no machine does. */
export interface HubJob {
  id: string;
  createdAt: string;
  startedAt?: number;
  endedAt?: number;
  status: { stage: string; message: string | null };
  request: Record<string, unknown>;
  process?: ChildProcess;
}

/** What happens to the next request of that method and beginning of a path. */
export interface HubFault {
  method: string;
  path: string;
  /** A broken connection when absent. */
  status?: number;
  /** It has its effect all the same. */
  after?: boolean;
}

/** An imitation of Hugging Face's hub and Jobs: repositories in memory, and jobs that run the trainer as a process. */
export interface HubService {
  url: string;
  jobs: Map<string, HubJob>;
  /** Content by path, by `datasets/OWNER/NAME` and `models/OWNER/NAME`. */
  repositories: Map<string, Map<string, Buffer>>;
  faults: HubFault[];
  /** `METHOD PATH` of each request. */
  asked: string[];
  /** What a process that uses the hub wants in its environment. */
  env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** What machines do with a job: they train it, with their logs in a folder, or have a model at once. */
export type Machines = { train: string } | 'instant';

/** @param machines without any, jobs stay where they are until they are moved */
export async function startHub(machines?: Machines): Promise<HubService> {
  const jobs = new Map<string, HubJob>();
  const repositories: HubService['repositories'] = new Map();
  const faults: HubFault[] = [];
  const asked: string[] = [];
  const commit = 'c'.repeat(40);

  async function run(job: HubJob): Promise<void> {
    if (!machines) return;
    if (machines === 'instant') return atOnce(job);
    const [, ...words] = job.request.command as string[];
    const log = await open(join(machines.train, `${job.id}.log`), 'a');
    const child = spawn(trainerPython, words, {
      env: { ...self.env, ...(job.request.environment as object), ...(job.request.secrets as object) },
      stdio: ['ignore', log.fd, log.fd],
    });
    await log.close();
    job.process = child;
    job.startedAt = Date.now();
    job.status.stage = 'RUNNING';
    const limit = setTimeout(() => end('ERROR', 'Job timeout'), Number(job.request.timeoutSeconds) * 1000);
    const end = (stage: string, message: string | null) => {
      if (job.status.stage !== 'RUNNING') return;
      job.status = { stage, message };
      child.kill('SIGKILL');
    };
    const [code] = await once(child, 'exit');
    clearTimeout(limit);
    job.endedAt = Date.now();
    end(code === 0 ? 'COMPLETED' : 'ERROR', code === 0 ? null : `Job failed with exit code: ${code}`);
  }

  function atOnce(job: HubJob): void {
    const environment = job.request.environment as Record<string, string>;
    const { id } = JSON.parse(environment.TUNEWRIGHT_JOB ?? '') as { id: string };
    const data = repositories.get(`datasets/${environment.TUNEWRIGHT_REPOSITORY}`);
    data?.set(`jobs/${id}/result.json`, Buffer.from('{"trainedTokens": 1}'));
    repositories.set(`models/${environment.TUNEWRIGHT_MODEL_REPOSITORY}`, new Map());
    job.status.stage = 'COMPLETED';
  }

  /** Secrets are told to nobody. */
  const shown = ({ request, startedAt, endedAt, process: _, ...job }: HubJob) => ({
    ...job,
    dockerImage: request.dockerImage,
    flavor: request.flavor,
    labels: request.labels,
    environment: request.environment,
    secrets: Object.fromEntries(Object.keys((request.secrets ?? {}) as object).map((name) => [name, null])),
    owner: { id: 'o', name: namespace, type: 'org' },
    durations: { runningSecs: startedAt ? Math.ceil(((endedAt ?? Date.now()) - startedAt) / 1000) : null },
  });

  function answer(method: string, url: URL, body: Buffer): Answer {
    const path = decodeURIComponent(url.pathname);
    const ofJobs = /^\/api\/jobs\/([^/]+)(?:\/([^/]+)(\/cancel)?)?$/.exec(path);
    const ofRepo = /^\/api\/(datasets|models)\/([^/]+\/[^/]+)(?:\/(.*))?$/.exec(path);
    const ofFile = /^\/(datasets\/)?([^/]+\/[^/]+)\/(?:resolve|raw)\/[^/]+\/(.+)$/.exec(path);
    if (path === '/api/whoami-v2') return reply(200, { name: 'me', type: 'user' });
    if (ofJobs) return jobsAnswer(method, ofJobs, url, body);
    if (path === '/api/repos/create' || path === '/api/repos/delete') {
      const { type = 'model', name, organization } = JSON.parse(`${body}`) as Record<string, string>;
      const id = organization ? `${organization}/${name}` : `${name}`;
      const key = `${type}s/${id}`;
      if (path.endsWith('delete')) return reply(repositories.delete(key) ? 200 : 404, {});
      const made = { url: `${self.url}/${type === 'dataset' ? 'datasets/' : ''}${id}`, name: id };
      if (repositories.has(key)) return reply(409, { ...made, error: 'You already created this repo' });
      repositories.set(key, new Map());
      return reply(200, made);
    }
    if (ofRepo) return repoAnswer(ofRepo, body);
    if (ofFile) {
      const [, dataset, repo, name = ''] = ofFile;
      const content = repositories.get(`${dataset ? 'datasets' : 'models'}/${repo}`)?.get(name);
      if (!content)
        return reply(404, { error: 'Entry not found' }, { 'x-error-code': 'EntryNotFound', 'x-repo-commit': commit });
      const etag = `"${createHash('sha1').update(content).digest('hex')}"`;
      return reply(200, content, { etag, 'x-repo-commit': commit, 'accept-ranges': 'bytes' });
    }
    return reply(404, { error: `There is no ${path}` });
  }

  function jobsAnswer(method: string, [, owner, id, cancel]: RegExpExecArray, url: URL, body: Buffer): Answer {
    if (owner !== namespace) return reply(403, { error: 'You may not start jobs in this namespace.' });
    if (!id && method === 'POST') {
      const job: HubJob = {
        id: createHash('sha1').update(crypto.randomUUID()).digest('hex').slice(0, 24),
        createdAt: new Date().toISOString(),
        status: { stage: 'SCHEDULING', message: null },
        request: JSON.parse(`${body}`),
      };
      jobs.set(job.id, job);
      void run(job);
      return reply(200, shown(job));
    }
    if (!id) {
      const wanted = url.searchParams.getAll('label').map((label) => label.split('=') as [string, string]);
      const has = ({ request }: HubJob) =>
        wanted.every(([name, value]) => (request.labels as Record<string, string>)?.[name] === value);
      const all = [...jobs.values()].filter(has).reverse();
      // Small pages, so that there are several.
      const from = Number(url.searchParams.get('skip') ?? 0);
      const next = new URL(url);
      next.searchParams.set('skip', String(from + 2));
      const link: Record<string, string> = from + 2 < all.length ? { link: `<${next}>; rel="next"` } : {};
      return reply(200, all.slice(from, from + 2).map(shown), link);
    }
    const job = jobs.get(id);
    if (!job) return reply(404, { error: 'Job not found' });
    if (cancel) {
      if (!['SCHEDULING', 'RUNNING'].includes(job.status.stage)) return reply(400, { error: 'Job has ended' });
      job.status = { stage: 'CANCELED', message: null };
      job.endedAt = Date.now();
      job.process?.kill('SIGKILL');
    }
    return reply(200, shown(job));
  }

  function repoAnswer([, type, id, rest = '']: RegExpExecArray, body: Buffer): Answer {
    const files = repositories.get(`${type}/${id}`);
    const missing = { 'x-error-code': 'RepoNotFound' };
    if (!files) return reply(404, { error: 'Repository not found' }, missing);
    if (rest.startsWith('preupload/')) {
      const { files: told } = JSON.parse(`${body}`) as { files: { path: string }[] };
      return reply(200, { files: told.map(({ path }) => ({ path, uploadMode: 'regular', shouldIgnore: false })) });
    }
    if (rest.startsWith('commit/')) {
      for (const line of `${body}`.split('\n').filter(Boolean)) {
        const { key, value } = JSON.parse(line) as { key: string; value: { path: string; content: string } };
        if (key === 'file') files.set(value.path, Buffer.from(value.content, 'base64'));
        if (key === 'deletedFile') files.delete(value.path);
      }
      return reply(200, {
        success: true,
        commitOid: commit,
        commitUrl: `${self.url}/${type === 'datasets' ? 'datasets/' : ''}${id}/commit/${commit}`,
        hookOutput: '',
      });
    }
    if (rest.startsWith('tree/')) {
      const [, folder = ''] = /^tree\/[^/]+\/?(.*)$/.exec(rest) ?? [];
      const below = [...files].filter(([path]) => folder === '' || path.startsWith(`${folder}/`));
      if (below.length === 0 && folder !== '')
        return reply(404, { error: 'Entry not found' }, { 'x-error-code': 'EntryNotFound' });
      const lastCommit = { id: commit, title: 'c', date: new Date().toISOString() };
      return reply(
        200,
        below.map(([path, { length: size }]) => ({ type: 'file', path, size, oid: 'o', lastCommit })),
      );
    }
    const siblings = [...files.keys()].map((rfilename) => ({ rfilename }));
    return reply(200, { id, modelId: id, sha: commit, private: true, siblings, tags: [], downloads: 0, likes: 0 });
  }

  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET' } = request;
    const url = new URL(request.url ?? '/', self.url);
    asked.push(`${method} ${url.pathname}${url.search}`);
    const body = await buffer(request);
    const at = faults.findIndex((fault) => fault.method === method && url.pathname.startsWith(fault.path));
    const [fault] = at < 0 ? [] : faults.splice(at, 1);
    const send = ({ status, value, headers }: Answer) => {
      const content = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
      const type = Buffer.isBuffer(value) ? 'application/octet-stream' : 'application/json';
      response.writeHead(status, { 'content-type': type, 'content-length': content.length, ...headers });
      response.end(method === 'HEAD' ? undefined : content);
    };
    if (fault?.status) return send(reply(fault.status, { error: 'as a test wants it' }));
    if (fault && !fault.after) return void request.socket.destroy();
    if (request.headers.authorization !== `Bearer ${token}`) return send(reply(401, { error: 'Invalid credentials' }));
    const answered = answer(method, url, body);
    if (fault) request.socket.destroy();
    else send(answered);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const self: HubService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    jobs,
    repositories,
    faults,
    asked,
    env: {},
    async close() {
      for (const { process } of jobs.values()) process?.kill('SIGKILL');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  self.env = {
    ...trainerEnv(),
    HF_HUB_OFFLINE: '0',
    HF_ENDPOINT: self.url,
    HF_TOKEN: token,
    HF_HUB_DISABLE_XET: '1',
    HF_HUB_DISABLE_TELEMETRY: '1',
    TUNEWRIGHT_PUSH_SECONDS: '0.5',
    ...(typeof machines === 'object' ? { HF_HOME: join(machines.train, 'hub-cache') } : {}),
  };
  return self;
}

interface Answer {
  status: number;
  value: unknown;
  headers: Record<string, string>;
}

const reply = (status: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  value,
  headers,
});
