import type { S3 } from '@aws-sdk/client-s3';
import type { SageMaker } from '@aws-sdk/client-sagemaker';
import { TunewrightError } from '../../contract/errors.ts';
import { silent } from '../../sources/silent.ts';
import { toTunewrightError } from './errors.ts';
import type { SageMakerSettings } from './settings.ts';

export interface Clients {
  sagemaker: SageMaker;
  s3: S3;
}

/** What a call hands on, so that it ends in time. */
export interface CallOptions {
  abortSignal: AbortSignal;
}

export interface Aws {
  /** One call, in one attempt; whatever it throws gets its name. */
  call<T>(
    what: string,
    doing: (clients: Clients, options: CallOptions) => Promise<T>,
    limits?: { signal?: AbortSignal | undefined; timeoutMs?: number },
  ): Promise<T>;
  /** The same, and undefined for what is not there. */
  find<T>(
    what: string,
    doing: (clients: Clients, options: CallOptions) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T | undefined>;
  /** All pages of a list, one call each. */
  pages<Page extends { NextToken?: string | undefined }>(
    what: string,
    list: (clients: Clients, from: { NextToken?: string }, options: CallOptions) => Promise<Page>,
    signal?: AbortSignal,
  ): AsyncGenerator<Page, void, void>;
}

/** The account of a connection. The AWS SDK is loaded when it is first needed: who uses other platforms does not have it. */
export function aws({ region, endpoints, timeoutSeconds }: SageMakerSettings): Aws {
  let clients: Promise<Clients> | undefined;

  async function load(): Promise<Clients> {
    const [{ SageMaker }, { S3 }] = await Promise.all([
      import('@aws-sdk/client-sagemaker'),
      import('@aws-sdk/client-s3'),
    ]).catch((cause: unknown) => {
      throw new TunewrightError('invalid_config', 'The AWS SDK is not installed.', {
        advice: 'Install it: npm install @aws-sdk/client-sagemaker @aws-sdk/client-s3 @smithy/signature-v4',
        cause,
      });
    });
    // Temporal retries: the SDK would repeat a create that had its effect.
    const common = { region, maxAttempts: 1, logger: silent };
    return {
      sagemaker: new SageMaker({ ...common, ...(endpoints.sagemaker ? { endpoint: endpoints.sagemaker } : {}) }),
      s3: new S3({ ...common, ...(endpoints.s3 ? { endpoint: endpoints.s3, forcePathStyle: true } : {}) }),
    };
  }

  const call: Aws['call'] = async (what, doing, { signal, timeoutMs = timeoutSeconds * 1000 } = {}) => {
    clients ??= load();
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await doing(await clients, { abortSignal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw toTunewrightError(what, error, timeout.aborted);
    }
  };

  return {
    call,
    async find(what, doing, signal) {
      try {
        return await call(what, doing, { signal });
      } catch (error) {
        if (error instanceof TunewrightError && error.status === 404) return undefined;
        throw error;
      }
    },
    async *pages(what, list, signal) {
      let from: { NextToken?: string } | undefined = {};
      while (from) {
        const asked: { NextToken?: string } = from;
        const page = await call(what, async (clients, options) => await list(clients, asked, options), { signal });
        yield page;
        from = page.NextToken ? { NextToken: page.NextToken } : undefined;
      }
    },
  };
}
