import { SageMaker } from '@aws-sdk/client-sagemaker';
import { SignatureV4 } from '@smithy/signature-v4';

/** Whose tokens are taken. */
export const credentials = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'a-secret-of-tests' };

const prefix = 'Bearer sagemaker-api-key-';
const host = 'sagemaker.amazonaws.com';
const { sha256 } = new SageMaker({ region: 'eu-west-1' }).config;

/** Why a token is refused: signed by others, for something else, or too old. */
export async function refusedToken(authorization = ''): Promise<string | undefined> {
  if (!authorization.startsWith(prefix)) return 'There is no bearer token.';
  const text = Buffer.from(authorization.slice(prefix.length), 'base64').toString();
  if (!text.startsWith(`${host}/?`) || !text.endsWith('&Version=1')) return `This is no token: ${text}`;
  const told = Object.fromEntries(new URL(`https://${text.replace(/&Version=1$/, '')}`).searchParams);
  const { 'X-Amz-Signature': signature, 'X-Amz-Date': date = '', 'X-Amz-Expires': seconds, ...rest } = told;
  const at = new Date(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (rest.Action !== 'CallWithBearerToken') return `It is for ${rest.Action}.`;
  if (Date.now() > at.getTime() + Number(seconds) * 1000) return 'It has expired.';
  const signer = new SignatureV4({ service: 'sagemaker', region: 'eu-west-1', credentials, sha256 });
  const signed = await signer.presign(
    {
      method: 'POST',
      protocol: 'https:',
      hostname: host,
      path: '/',
      headers: { host },
      query: { Action: rest.Action },
    },
    { expiresIn: Number(seconds), signingDate: at },
  );
  return signed.query?.['X-Amz-Signature'] === signature ? undefined : 'Its signature is wrong.';
}
