import type { ArtifactRef } from './artifact.ts';

/** Where a run's data come from, as the configuration names it. */
export type DataSource =
  /** On the worker's machine. */
  | { kind: 'path'; path: string }
  | { kind: 'web'; url: string }
  | { kind: 's3'; bucket: string; key: string }
  /** A file that lies at the platform of the run's connection. */
  | { kind: 'platform'; id: string }
  /** In the artifact store already. */
  | { kind: 'artifact'; sha256: string; bytes: number };

/** Parameters with which addresses are signed: what a run is started with stands in its history. */
const signature = /(?:sig|signature|token|key|keyid|secret|password|credential)$/i;

/** Reads what a run names; undefined for what is neither a path nor an address that data can come from. */
export function dataSource(text: string): DataSource | undefined {
  const [, scheme = '', rest = ''] = /^(platform:|artifact:|[a-z][a-z0-9+.-]+:\/\/)(.*)$/is.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case '':
      return { kind: 'path', path: text };
    case 'platform:':
      return rest === '' ? undefined : { kind: 'platform', id: rest };
    case 'artifact:': {
      const [, sha256, bytes] = /^([0-9a-f]{64})-(\d+)$/.exec(rest) ?? [];
      return sha256 === undefined ? undefined : { kind: 'artifact', sha256, bytes: Number(bytes) };
    }
    case 's3://': {
      const [, bucket = '', key = ''] = /^([^/]+)\/(.+)$/s.exec(rest) ?? [];
      return key === '' ? undefined : { kind: 's3', bucket, key };
    }
    case 'http://':
    case 'https://':
      return URL.canParse(text) && !isSecret(text) ? { kind: 'web', url: text } : undefined;
    default:
      return undefined;
  }
}

/** How a run names what the artifact store holds. */
export function artifactSource({ sha256, bytes }: ArtifactRef): string {
  return `artifact:${sha256}-${bytes}`;
}

export function isPath(text: string): boolean {
  return dataSource(text)?.kind === 'path';
}

function isSecret(address: string): boolean {
  // As it will be asked: parsers forgive slashes too many, and names may be percent-encoded.
  const { username, password, searchParams } = new URL(address);
  return username !== '' || password !== '' || [...searchParams.keys()].some((name) => signature.test(name));
}
