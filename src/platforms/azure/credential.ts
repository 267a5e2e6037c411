import { TunewrightError } from '../../contract/errors.ts';

/** Gives a token that is valid now. */
export type Token = () => Promise<string>;

/**
 * Tokens of Entra ID as `@azure/identity` finds them: a service principal's variables, a managed identity, the command
 * line's login. Throws `missing_key` where the package is not installed or finds nothing.
 *
 * @param instead what can be set in its place, as the middle of a sentence
 */
export function entraToken(scope: string, instead: string): Token {
  let credential: Promise<{ getToken(scope: string): Promise<{ token: string }> }> | undefined;
  return async () => {
    credential ??= load();
    try {
      return (await (await credential).getToken(scope)).token;
    } catch (cause) {
      credential = undefined;
      throw new TunewrightError('missing_key', `Entra ID gives no token for ${scope}: ${firstLine(cause)}`, {
        advice: `Set ${instead}, or install @azure/identity and log in as it describes.`,
        cause,
      });
    }
  };
}

/** Loaded when it is needed: who uses keys needs neither the package nor its start-up. */
async function load() {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] ?? '';
}
