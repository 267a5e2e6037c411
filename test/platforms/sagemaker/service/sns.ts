import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const topic = 'arn:aws:sns:eu-west-1:123456789012:jobs';

/** What SNS does of itself: it signs messages, shows its certificate, and confirms subscriptions. */
export interface SnsService {
  url: string;
  /** A message with its signature; `changes` are signed too, `after` are not. */
  message(changes?: Record<string, string>, after?: Record<string, string>): string;
  /** Paths that were asked, in order. */
  asked: string[];
  close(): Promise<void>;
}

export async function startSns(validDays = 1): Promise<SnsService> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = selfSigned(publicKey, privateKey, validDays);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const found = /^\/SimpleNotificationService-|^\/\?Action=ConfirmSubscription/.test(request.url ?? '');
    response.writeHead(found ? 200 : 404).end(certificate);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    message(changes = {}, after = {}) {
      const message: Record<string, string> = {
        Type: 'Notification',
        MessageId: crypto.randomUUID(),
        TopicArn: topic,
        Message: '{}',
        Timestamp: new Date().toISOString(),
        SignatureVersion: '2',
        SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
        ...changes,
      };
      const ofSubscription = message.Type !== 'Notification';
      const more = ofSubscription ? ['SubscribeURL', 'Token'] : ['Subject'];
      const names = ['Message', 'MessageId', 'Timestamp', 'TopicArn', 'Type', ...more].sort();
      const text = names.flatMap((name) => (message[name] === undefined ? [] : `${name}\n${message[name]}\n`)).join('');
      const signing = createSign(message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256').update(text);
      return JSON.stringify({ ...message, Signature: signing.sign(privateKey, 'base64'), ...after });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An X.509 certificate (RFC 5280) in DER, and that in PEM. */
function selfSigned(publicKey: KeyObject, privateKey: KeyObject, validDays: number): string {
  const name = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from('sns.amazonaws.com')))));
  const algorithm = der(0x30, oid('2a864886f70d01010b'), der(0x05));
  const from = new Date(Date.now() - 2 * 86_400_000);
  const to = new Date(Date.now() + validDays * 86_400_000);
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    der(0x30, time(from), time(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = createSign('RSA-SHA256').update(body).sign(privateKey);
  const whole = der(0x30, body, algorithm, der(0x03, Buffer.from([0]), signature));
  return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const time = (at: Date) => der(0x18, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '')));
