import type { AzureSettings } from './settings.ts';

/** The shell command that deletes a tuned model, with the key by its variable's name. */
export function deleteModelCommand({ endpoint, apiVersion, apiKeyEnv }: AzureSettings, id: string): string {
  // The apostrophe too: nothing that a platform calls a model can end the quotes.
  const model = encodeURIComponent(id).replaceAll("'", '%27');
  const path = apiVersion ? `/openai/models/${model}?api-version=${apiVersion}` : `/openai/v1/models/${model}`;
  return `curl -X DELETE -H "api-key: $${apiKeyEnv}" '${new URL(path, endpoint).href}'`;
}
