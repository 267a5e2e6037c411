import { createVerify, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { TunewrightError } from '../../contract/errors.ts';
import { networkCode } from '../network.ts';

/** A message as SNS sends it by HTTPS: docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const messageShape = z.looseObject({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string().min(1),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.string(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
  Subject: z.string().optional(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
});
type Message = z.infer<typeof messageShape>;

export interface Topic {
  arn: string;
  /** Where SNS is reached; AWS's own address by default. */
  endpoint?: string | undefined;
  timeoutMs: number;
}

export interface Sns {
  /**
   * What a genuine notification says; undefined for other messages, of which a subscription is confirmed. Throws `wrong_key`,
   * and `platform_unreachable` where SNS cannot be asked.
   */
  read(rawBody: string): Promise<string | undefined>;
}

/** SNS signs for every topic of everybody: a message counts only when it is of this one. */
export function sns({ arn, endpoint, timeoutMs }: Topic): Sns {
  const [, , , region = ''] = arn.split(':');
  const host = `https://sns.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const address = endpoint?.replace(/\/$/, '') ?? host;
  // SNS changes its certificate about once a year.
  let kept: { path: string; certificate: X509Certificate } | undefined;

  async function get(path: string): Promise<string> {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const answer = await fetch(`${address}${path}`, { redirect: 'error', signal });
      if (answer.ok) return await answer.text();
      throw unreachable(`HTTP ${answer.status}`, undefined);
    } catch (error) {
      throw error instanceof TunewrightError ? error : unreachable(networkCode(error as Error) ?? 'no answer', error);
    }
  }

  async function certificateAt(url: string): Promise<X509Certificate> {
    const path = url.startsWith(`${host}/`) ? url.slice(host.length) : '';
    // Whoever could name another address would sign what he likes.
    if (!/^\/SimpleNotificationService-[0-9a-f]+\.pem$/.test(path)) throw notGenuine();
    if (kept?.path === path) return kept.certificate;
    const pem = await get(path);
    const certificate = readCertificate(pem);
    kept = { path, certificate };
    return certificate;
  }

  async function verify(message: Message): Promise<void> {
    if (message.TopicArn !== arn) throw notGenuine();
    const { publicKey, validFrom, validTo } = await certificateAt(message.SigningCertURL);
    const now = Date.now();
    if (now < Date.parse(validFrom) || now > Date.parse(validTo)) throw notGenuine();
    const check = createVerify(message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256').update(
      signedText(message),
    );
    if (!check.verify(publicKey, message.Signature, 'base64')) throw notGenuine();
  }

  return {
    async read(rawBody) {
      const message = readMessage(rawBody);
      await verify(message);
      if (message.Type === 'Notification') return message.Message;
      if (message.Type === 'SubscriptionConfirmation') {
        // The address in the message is not asked: this is the same one, of parts that are known.
        const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: arn, Token: message.Token ?? '' });
        await get(`/?${query}&Version=2010-03-31`);
      }
      return undefined;
    },
  };
}

/** What is signed: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
function signedText(message: Message): string {
  const fields =
    message.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const);
  return fields.flatMap((name) => (message[name] === undefined ? [] : `${name}\n${message[name]}\n`)).join('');
}

function readMessage(rawBody: string): Message {
  try {
    return messageShape.parse(JSON.parse(rawBody));
  } catch (cause) {
    throw notGenuine(cause);
  }
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw unreachable('no certificate', cause);
  }
}

function notGenuine(cause?: unknown): TunewrightError {
  return new TunewrightError('wrong_key', 'The message is not signed by SNS for the topic of the connection.', {
    advice: "Check webhookTopicArn, and that this process's clock is right; raw message delivery has to be off.",
    cause,
  });
}

function unreachable(why: string, cause: unknown): TunewrightError {
  return new TunewrightError('platform_unreachable', `SNS does not answer: ${why}.`, {
    advice: 'SNS delivers again; until then the run looks by itself.',
    retry: 'yes',
    cause,
  });
}
