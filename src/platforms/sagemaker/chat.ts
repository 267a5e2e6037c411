import OpenAI from 'openai';
import { TunewrightError } from '../../contract/errors.ts';
import type { TrainingPlatform } from '../platform.ts';
import { chat } from '../protocol/chat.ts';
import { ofTheQuestion, type Server } from '../trainer/server.ts';
import type { Aws } from './aws.ts';
import type { SageMakerSettings } from './settings.ts';

/** The address names the endpoint; servers refuse a model's name that is not theirs, and take an empty one. */
const nameThere = '';
const tokenSeconds = 3600;
const beforeMs = 60_000;
/** What the token is signed for, whatever the region: sagemaker-core's token_generator.py. */
const host = 'sagemaker.amazonaws.com';

/**
 * Asks an endpoint through its OpenAI-compatible route, with short-lived tokens made of the account's credentials:
 * docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-openai-compatible.html
 */
export function chatAt(settings: SageMakerSettings, aws: Aws): Required<Pick<TrainingPlatform, 'chat' | 'endpoint'>> {
  const { region, timeoutSeconds } = settings;
  const runtime = (settings.endpoints.runtime ?? `https://runtime.sagemaker.${region}.amazonaws.com`).replace(
    /\/$/,
    '',
  );
  const open = new Map<string, Server>();
  let made: Promise<Token> | undefined;

  async function token(): Promise<string> {
    try {
      made ??= newToken(aws, region);
      if ((await made).until < Date.now()) made = newToken(aws, region);
      return (await made).text;
    } catch (error) {
      made = undefined;
      throw error;
    }
  }

  function addressOf(name: string): string {
    const at = encodeURIComponent(name);
    // The component that answers bears its endpoint's name.
    const component = settings.serving.component ? `/inference-components/${at}` : '';
    return `${runtime}/endpoints/${at}${component}/openai/v1`;
  }

  function serverOf(name: string): Server {
    const client = new OpenAI({
      baseURL: addressOf(name),
      apiKey: token,
      maxRetries: 0,
      timeout: timeoutSeconds * 1000,
    });
    return { model: nameThere, ask: chat(client).chat };
  }

  return {
    async endpoint({ model, deployment }, path) {
      const configured = Object.hasOwn(settings.deployments, model) ? settings.deployments[model] : undefined;
      const name = deployment ?? configured;
      if (name === undefined) throw notServed(model);
      return {
        url: `${addressOf(name)}${path}`,
        headers: { authorization: `Bearer ${await token()}` },
        model: nameThere,
      };
    },

    async chat(request) {
      // Its failure is no answer of the endpoint's.
      await token();
      const server = open.get(request.model) ?? serverOf(request.model);
      open.set(request.model, server);
      try {
        return await server.ask({ ...request, model: server.model });
      } catch (error) {
        // Credentials may have been renewed.
        if (error instanceof TunewrightError && (error.status === 401 || error.status === 403)) made = undefined;
        throw (await ofTheQuestion(error, server)) ?? ofTheEndpoint(error, request.model);
      }
    },
  };
}

/** SageMaker says so of an endpoint that is not there, with the status of a question that is wrong. */
function ofTheEndpoint(error: unknown, name: string): unknown {
  if (!(error instanceof TunewrightError && error.code === 'refused' && /endpoint .*not found/i.test(error.message))) {
    return error;
  }
  return new TunewrightError('not_found', `There is no endpoint ${name}.`, {
    advice: 'It is made again where a run needs it.',
    status: 404,
    cause: error,
  });
}

function notServed(model: string): TunewrightError {
  return new TunewrightError('model_not_found', `No endpoint stands for ${model}.`, {
    advice:
      "Make one, and name it in the connection's deployments, or let `tunewright models serve` do it for a registered model.",
    status: 404,
  });
}

interface Token {
  text: string;
  /** Milliseconds since the epoch: a new one is made then. */
  until: number;
}

async function newToken({ call }: Aws, region: string): Promise<Token> {
  return await call('Signing a token', async ({ sagemaker }) => {
    const { SignatureV4 } = await import('@smithy/signature-v4');
    const { credentials, sha256 } = sagemaker.config;
    const signer = new SignatureV4({ service: 'sagemaker', region, credentials, sha256 });
    const request = { method: 'POST', protocol: 'https:', hostname: host, path: '/', headers: { host } };
    const signed = await signer.presign(
      { ...request, query: { Action: 'CallWithBearerToken' } },
      { expiresIn: tokenSeconds },
    );
    const query = Object.entries(signed.query ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
    const url = `${host}/?${query.join('&')}&Version=1`;
    // At half its time, so that none ends on the way; and it does not outlive the credentials that it is made of.
    const { expiration } = await credentials();
    const ends = (expiration?.getTime() ?? Number.POSITIVE_INFINITY) - beforeMs;
    const until = Math.min(Date.now() + (tokenSeconds / 2) * 1000, ends);
    return { text: `sagemaker-api-key-${Buffer.from(url).toString('base64')}`, until };
  });
}
