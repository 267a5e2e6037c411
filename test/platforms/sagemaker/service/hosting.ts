import type { Served, ServingContainers } from './containers.ts';
import { type Body, checkName, type Operation, page, Refusal, seconds } from './wire.ts';

interface Resource {
  name: string;
  request: Body;
  createdAt: number;
}

/** An endpoint; tests move it where no container does. */
export interface Endpoint extends Resource {
  status: string;
  reason?: string;
  served?: Served;
}

export interface Hosting {
  operations: Record<string, Operation>;
  models: Map<string, Resource>;
  configs: Map<string, Resource>;
  endpoints: Map<string, Endpoint>;
}

/** @param containers serve what a model names; without them endpoints stay where they are until they are moved */
export function hosting(containers?: ServingContainers): Hosting {
  const models = new Map<string, Resource>();
  const configs = new Map<string, Resource>();
  const endpoints = new Map<string, Endpoint>();

  function create(kind: string, all: Map<string, Resource>, name: unknown, request: Body): Resource {
    const checked = checkName(`${kind}Name`, name);
    if (all.has(checked)) {
      throw new Refusal('ValidationException', `Cannot create already existing ${kind} "${arnOf(kind, checked)}".`);
    }
    const made = { name: checked, request, createdAt: Date.now() };
    all.set(checked, made);
    return made;
  }

  function found<T>(kind: string, all: Map<string, T>, name: unknown): T {
    const one = all.get(String(name));
    if (one) return one;
    throw new Refusal('ValidationException', `Could not find ${kind} "${arnOf(kind, String(name))}".`);
  }

  async function serve(endpoint: Endpoint, model: Resource): Promise<void> {
    if (!containers) return;
    try {
      const served = await containers.serve(endpoint.name, model.request.PrimaryContainer as Body);
      if (served) endpoint.served = served;
      endpoint.status = 'InService';
    } catch (error) {
      endpoint.status = 'Failed';
      endpoint.reason = `The primary container for production variant only did not pass the ping health check. ${error}`;
    }
  }

  const operations: Record<string, Operation> = {
    CreateModel: (request) => ({ ModelArn: arnOf('model', create('model', models, request.ModelName, request).name) }),
    DescribeModel({ ModelName }) {
      const { request, createdAt, name } = found('model', models, ModelName);
      return { ...request, ModelArn: arnOf('model', name), CreationTime: seconds(createdAt), Tags: undefined };
    },
    ListModels({ NameContains = '', NextToken }) {
      const all = [...models.values()].reverse().filter(({ name }) => name.includes(String(NameContains)));
      const { items, ...next } = page(all, NextToken);
      return {
        Models: items.map(({ name, createdAt }) => ({
          ModelName: name,
          ModelArn: arnOf('model', name),
          CreationTime: seconds(createdAt),
        })),
        ...next,
      };
    },
    DeleteModel({ ModelName }) {
      found('model', models, ModelName);
      models.delete(String(ModelName));
      return {};
    },
    CreateEndpointConfig(request) {
      const [variant] = request.ProductionVariants as { ModelName: string }[];
      found('model', models, variant?.ModelName);
      const { name } = create('endpoint configuration', configs, request.EndpointConfigName, request);
      return { EndpointConfigArn: arnOf('endpoint-config', name) };
    },
    DeleteEndpointConfig({ EndpointConfigName }) {
      found('endpoint configuration', configs, EndpointConfigName);
      configs.delete(String(EndpointConfigName));
      return {};
    },
    CreateEndpoint(request) {
      const config = found('endpoint configuration', configs, request.EndpointConfigName);
      const [variant] = config.request.ProductionVariants as { ModelName: string }[];
      const model = found('model', models, variant?.ModelName);
      const made = create('endpoint', endpoints as Map<string, Resource>, request.EndpointName, request) as Endpoint;
      made.status = 'Creating';
      void serve(made, model);
      return { EndpointArn: arnOf('endpoint', made.name) };
    },
    DescribeEndpoint({ EndpointName }) {
      const { name, status, reason, createdAt, request } = found('endpoint', endpoints, EndpointName);
      return {
        EndpointName: name,
        EndpointArn: arnOf('endpoint', name),
        EndpointConfigName: request.EndpointConfigName,
        EndpointStatus: status,
        FailureReason: reason,
        CreationTime: seconds(createdAt),
        LastModifiedTime: seconds(createdAt),
      };
    },
    async DeleteEndpoint({ EndpointName }) {
      const endpoint = found('endpoint', endpoints, EndpointName);
      if (endpoint.status === 'Creating') {
        throw new Refusal(
          'ValidationException',
          `Cannot update in-progress endpoint "${arnOf('endpoint', endpoint.name)}".`,
        );
      }
      await endpoint.served?.stop();
      endpoints.delete(endpoint.name);
      return {};
    },
    ListTags({ ResourceArn }) {
      const name = String(ResourceArn).split('/').at(-1);
      return { Tags: found('model', models, name).request.Tags ?? [] };
    },
  };
  return { operations, models, configs, endpoints };
}

function arnOf(kind: string, name: string): string {
  return `arn:aws:sagemaker:eu-west-1:123456789012:${kind.replace(' configuration', '-config')}/${name}`;
}
