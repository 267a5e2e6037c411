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
  components: Map<string, Endpoint>;
}

/** @param containers serve what a model names; without them endpoints stay where they are until they are moved */
export function hosting(containers?: ServingContainers): Hosting {
  const models = new Map<string, Resource>();
  const configs = new Map<string, Resource>();
  const endpoints = new Map<string, Endpoint>();
  const components = new Map<string, Endpoint>();

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

  async function serve(endpoint: Endpoint, model: Resource | undefined): Promise<void> {
    if (!containers) return;
    try {
      const served = model && (await containers.serve(endpoint.name, model.request.PrimaryContainer as Body));
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
      const [variant] = request.ProductionVariants as { ModelName?: string }[];
      if (variant?.ModelName) found('model', models, variant.ModelName);
      else if (!request.ExecutionRoleArn) throw new Refusal('ValidationException', 'ExecutionRoleArn is missing.');
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
      const [variant] = config.request.ProductionVariants as { ModelName?: string }[];
      const model = variant?.ModelName ? found('model', models, variant.ModelName) : undefined;
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
      if ([...components.values()].some(({ request }) => request.EndpointName === endpoint.name)) {
        throw new Refusal('ValidationException', 'The endpoint has inference components: remove them first.');
      }
      await endpoint.served?.stop();
      endpoints.delete(endpoint.name);
      return {};
    },
    CreateInferenceComponent(request) {
      const { EndpointName, Specification, VariantName } = request;
      const { ModelName, BaseInferenceComponentName, ComputeResourceRequirements, Container } = Specification as Body;
      if (found('endpoint', endpoints, EndpointName).status !== 'InService') {
        throw new Refusal('ValidationException', `The endpoint ${EndpointName} is not in service.`);
      }
      if (BaseInferenceComponentName) {
        const base = found('inference component', components, BaseInferenceComponentName);
        if (
          base.status !== 'InService' ||
          !(Container as Body | undefined)?.ArtifactUrl ||
          ComputeResourceRequirements
        ) {
          throw new Refusal('ValidationException', 'An adapter wants an artifact, and a base that is in service.');
        }
      } else if (!VariantName || !(ComputeResourceRequirements as Body | undefined)?.MinMemoryRequiredInMb) {
        throw new Refusal('ValidationException', 'VariantName or ComputeResourceRequirements is missing.');
      }
      const all = components as Map<string, Resource>;
      const made = create('inference component', all, request.InferenceComponentName, request) as Endpoint;
      made.status = 'Creating';
      if (containers) {
        // Its machine is there already.
        made.status = 'InService';
        const model = BaseInferenceComponentName ? undefined : found('model', models, ModelName);
        void serve(made, model);
      }
      return { InferenceComponentArn: arnOf('inference-component', made.name) };
    },
    DescribeInferenceComponent({ InferenceComponentName }) {
      const { name, status, reason, createdAt, request } = found(
        'inference component',
        components,
        InferenceComponentName,
      );
      return {
        InferenceComponentName: name,
        InferenceComponentArn: arnOf('inference-component', name),
        EndpointName: request.EndpointName,
        InferenceComponentStatus: status,
        FailureReason: reason,
        CreationTime: seconds(createdAt),
        LastModifiedTime: seconds(createdAt),
      };
    },
    async DeleteInferenceComponent({ InferenceComponentName }) {
      const one = found('inference component', components, InferenceComponentName);
      const standing = [...components.values()].map(({ request }) => request.Specification as Body);
      if (standing.some(({ BaseInferenceComponentName: base }) => base === one.name)) {
        throw new Refusal('ValidationException', `Adapters stand on ${one.name}: remove them first.`);
      }
      await one.served?.stop();
      components.delete(one.name);
      return {};
    },
    ListTags({ ResourceArn }) {
      const name = String(ResourceArn).split('/').at(-1);
      return { Tags: found('model', models, name).request.Tags ?? [] };
    },
  };
  return { operations, models, configs, endpoints, components };
}

function arnOf(kind: string, name: string): string {
  return `arn:aws:sagemaker:eu-west-1:123456789012:${kind.replace(' configuration', '-config')}/${name}`;
}
