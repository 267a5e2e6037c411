import type { Client } from '@temporalio/client';
import type { Settings } from '../../config.ts';
import { type Finding, failed } from './finding.ts';
import { checkWorkers } from './workers.ts';

/** Whether the cluster answers, has the namespace, knows the search attributes, and has workers for what is started. */
export async function checkTemporal(settings: Settings): Promise<Finding[]> {
  const { connect } = await import('../../client/connect.ts');
  const { address, namespace } = settings.temporal;
  let client: Client;
  try {
    client = await connect(settings.temporal);
  } catch (error) {
    return [failed('Temporal', error)];
  }
  try {
    const reached: Finding = { level: 'ok', subject: 'Temporal', message: address };
    const found = await checkNamespace(client, namespace);
    if (found.level !== 'ok') return [reached, found];
    const checks = [checkSearchAttributes(client, namespace), checkWorkers(client, settings)];
    return [reached, found, ...(await Promise.all(checks))];
  } finally {
    await client.connection.close();
  }
}

async function checkNamespace({ workflowService }: Client, namespace: string): Promise<Finding> {
  const subject = 'namespace';
  try {
    await workflowService.describeNamespace({ namespace });
    return { level: 'ok', subject, message: namespace };
  } catch (error) {
    return {
      ...failed(subject, error),
      advice: `Create it (temporal operator namespace create --namespace ${namespace}), or set TEMPORAL_NAMESPACE.`,
    };
  }
}

async function checkSearchAttributes({ connection }: Client, namespace: string): Promise<Finding> {
  const subject = 'search attributes';
  const { missingSearchAttributes, registrationCommand } = await import('../../search-attributes.ts');
  try {
    const missing = await missingSearchAttributes(connection, namespace);
    if (missing.length === 0) return { level: 'ok', subject, message: 'all registered' };
    return {
      level: 'warn',
      subject,
      message: `missing: ${missing.join(', ')}`,
      advice: `A worker registers them when it starts; where it may not, run: ${registrationCommand(missing, namespace)}`,
    };
  } catch (error) {
    return failed(subject, error);
  }
}
