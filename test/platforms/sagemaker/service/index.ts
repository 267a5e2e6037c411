import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { S3 } from '@aws-sdk/client-s3';
import type { ServingContainers, TrainingContainers } from './containers.ts';
import { type Hosting, hosting } from './hosting.ts';
import { type Customization, customization, type HubContent } from './serverless.ts';
import { refusedToken } from './token.ts';
import { type Training, training } from './training.ts';
import { answerCall, type Body, type Fault } from './wire.ts';

/** An imitation of SageMaker's wire protocol, after its API reference: training jobs, models, endpoints, and what they answer. */
export interface SageMakerService {
  url: string;
  training: Training;
  hosting: Hosting;
  serverless: Customization;
  /** Each happens once, in this order. */
  faults: Fault[];
  /** Operations in the order in which they came. */
  calls: string[];
  close(): Promise<void>;
}

/** Without containers nothing moves by itself, and what is in service answers `yes`. */
export async function startSageMaker(
  s3: S3,
  hub: Record<string, HubContent>,
  containers?: TrainingContainers & ServingContainers,
): Promise<SageMakerService> {
  const serverless = customization(hub, s3);
  const jobs = training(serverless, containers);
  const endpoints = hosting(containers);
  const operations = {
    ...serverless.operations,
    ...jobs.operations,
    ...endpoints.operations,
    ListTags(request: Body) {
      const { operations } = String(request.ResourceArn).includes(':training-job/') ? jobs : endpoints;
      return operations.ListTags?.(request) ?? {};
    },
  };
  const faults: Fault[] = [];
  const calls: string[] = [];

  const server = createServer((request, response) => {
    const [, name, component] =
      /^\/endpoints\/([^/]+)(?:\/inference-components\/([^/]+))?\/openai\/v1\/chat\/completions$/.exec(
        request.url ?? '',
      ) ?? [];
    const answering = name
      ? chat(endpoints, decodeURIComponent(name), component, request, response)
      : answerCall(operations, faults, request, response).then((operation) => calls.push(operation));
    answering.catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    training: jobs,
    hosting: endpoints,
    serverless,
    faults,
    calls,
    async close() {
      for (const { container } of jobs.jobs.values()) container?.stop(0);
      for (const { served } of [...endpoints.endpoints.values(), ...endpoints.components.values()])
        await served?.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function chat(
  { endpoints, components }: Hosting,
  name: string,
  component: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, value: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
  const refused = await refusedToken(request.headers.authorization);
  if (refused) return send(403, { message: refused });
  const endpoint = endpoints.get(name);
  if (endpoint?.status !== 'InService') {
    return send(400, { message: `Endpoint ${name} of account 123456789012 not found.` });
  }
  const answers = component === undefined ? endpoint : components.get(component);
  if (answers?.status !== 'InService' || (component === undefined && hasNoModel(endpoint, components))) {
    return send(400, { message: `Inference Component Name header is required, or it is not in service.` });
  }
  const question = (await json(request)) as Body;
  if (question.model !== '') return send(404, { message: `The model ${question.model} does not exist.` });
  const { served } = answers;
  if (!served) return send(200, yes);
  const answer = await fetch(`${served.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...question, model: served.model }),
  });
  send(answer.status, await answer.text());
}

function hasNoModel({ name }: { name: string }, components: Hosting['components']): boolean {
  return [...components.values()].some(({ request }) => request.EndpointName === name);
}

const yes = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1 },
};
