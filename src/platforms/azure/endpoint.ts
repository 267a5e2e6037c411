import { TunewrightError } from '../../contract/errors.ts';
import type { Deployments, TrainingPlatform } from '../platform.ts';
import { keyIn } from '../secrets.ts';
import { dataPlaneScope } from './client.ts';
import { entraToken } from './credential.ts';
import type { AzureSettings } from './settings.ts';

/** Models answer under the deployments that stand by configuration, on the surface that the connection is set to. */
export function azureEndpoint(
  { endpoint, apiVersion, apiKeyEnv, headers }: AzureSettings,
  env: NodeJS.ProcessEnv,
  deploymentOf: Deployments['existing'],
): NonNullable<TrainingPlatform['endpoint']> {
  const apiKey = keyIn(env, apiKeyEnv);
  const token = entraToken(dataPlaneScope, apiKeyEnv);

  function address(path: string, deployment: string): string {
    if (apiVersion === undefined) return new URL(`/openai/v1${path}`, endpoint).href;
    // The older surface has chat below the deployment, and responses beside it.
    const below = path === '/chat/completions' ? `/deployments/${encodeURIComponent(deployment)}` : '';
    return new URL(`/openai${below}${path}?api-version=${encodeURIComponent(apiVersion)}`, endpoint).href;
  }

  return async ({ model, deployment = deploymentOf(model) }, path) => {
    if (deployment === undefined) {
      throw new TunewrightError('model_not_found', `No deployment stands for ${model}.`, {
        advice:
          "Deploy it, and name the deployment in the connection's deployments, or let `tunewright models serve` do it for a registered model.",
        status: 404,
      });
    }
    const access: Record<string, string> = apiKey
      ? { 'api-key': apiKey }
      : { authorization: `Bearer ${await token()}` };
    return { url: address(path, deployment), headers: { ...headers, ...access }, model: deployment };
  };
}
