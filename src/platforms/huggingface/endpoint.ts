import { TunewrightError } from '../../contract/errors.ts';
import type { TrainingPlatform } from '../platform.ts';
import { keyIn } from '../secrets.ts';
import type { HuggingFaceSettings } from './settings.ts';

/**
 * Models answer others' requests under the deployment of a version in service, or where a server of one's own stands for
 * them; those of evaluations come and go.
 *
 * @param hostOf tells which host serves a deployment now
 */
export function serverEndpoint(
  { servers }: HuggingFaceSettings,
  env: NodeJS.ProcessEnv,
  hostOf: (deployment: string) => Promise<{ url: string; model: string }>,
): NonNullable<TrainingPlatform['endpoint']> {
  return async ({ model: id, deployment }, path) => {
    if (deployment !== undefined) {
      const host = await hostOf(deployment);
      return { url: `${host.url.replace(/\/$/, '')}${path}`, headers: {}, model: host.model };
    }
    const server = Object.hasOwn(servers, id) ? servers[id] : undefined;
    if (!server) {
      throw new TunewrightError('model_not_found', `No server stands for ${id}.`, {
        advice: `Serve it, by vLLM for instance, and name the server in the connection: "servers": {"${id}": {"baseURL": "http://HOST:8000/v1"}}. For versions of a registered model \`tunewright models serve NAME\` does all that.`,
        status: 404,
      });
    }
    const { baseURL, model = id, apiKeyEnv } = server;
    return { url: `${baseURL.replace(/\/$/, '')}${path}`, headers: access(apiKeyEnv, env), model };
  };
}

function access(apiKeyEnv: string | undefined, env: NodeJS.ProcessEnv): Record<string, string> {
  if (apiKeyEnv === undefined) return {};
  const key = keyIn(env, apiKeyEnv);
  if (key) return { authorization: `Bearer ${key}` };
  throw new TunewrightError('missing_key', `The environment variable ${apiKeyEnv} is not set.`, {
    advice: `Set ${apiKeyEnv} where the gateway runs.`,
  });
}
