import proto from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import { TunewrightError } from './contract/errors.ts';
import { searchAttributeTypes } from './contract/search-attributes.ts';
import { noNamespace } from './contract/temporal-address.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const valueTypes = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Double: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
};

/** Of gRPC, https://grpc.io/docs/guides/status-codes/ */
const notFound = 5;

type Operator = Pick<NativeConnection, 'operatorService'>;

/** Names of the search attributes that a namespace lacks. */
export async function missingSearchAttributes({ operatorService }: Operator, namespace: string): Promise<string[]> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  return Object.keys(searchAttributeTypes).filter((name) => !Object.hasOwn(customAttributes, name));
}

/** The command that registers them by hand, where a worker may not. */
export function registrationCommand(names: readonly string[], namespace: string): string {
  const pairs = names.map((name) => `--name ${name} --type ${searchAttributeTypes[name]}`);
  return `temporal operator search-attribute create --namespace ${namespace} ${pairs.join(' ')}`;
}

/**
 * Registers what is missing. Throws `invalid_config` where there is no such namespace, and `forbidden` with the command for
 * an administrator where that is not allowed.
 */
export async function ensureSearchAttributes(connection: Operator, namespace: string): Promise<void> {
  let missing: string[] = Object.keys(searchAttributeTypes);
  try {
    missing = await missingSearchAttributes(connection, namespace);
    if (missing.length === 0) return;
    const searchAttributes = Object.fromEntries(
      missing.map((name) => [name, valueTypes[searchAttributeTypes[name] ?? 'Keyword']]),
    );
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (cause) {
    if ((cause as { code?: unknown }).code === notFound) throw noNamespace(namespace, cause);
    throw new TunewrightError(
      'forbidden',
      `The namespace ${namespace} lacks search attributes: ${missing.join(', ')}.`,
      {
        advice: `Let an administrator run: ${registrationCommand(missing, namespace)}`,
        cause,
      },
    );
  }
}
