import { createHash } from 'node:crypto';
import type { Platform } from '../platform.ts';
import type { StoredRecord } from '../store.ts';

/** A tuned model under the name that Azure gives it. */
interface AliasRecord extends StoredRecord {
  model: string;
}

const tuned = /ft:([\w.-]+):[\w-]*:[\w-]*:\w+(?::ckpt-step-\d+)?/g;

/** Every tuned model in a text by Azure's name for it, `BASE.ft-HEX`, which {@link ownName} turns back. */
export function withAzureNames(text: string, { store, clock }: Platform): string {
  return text.replace(tuned, (model, base: string) => {
    const id = `${base}.ft-${createHash('md5').update(model).digest('hex')}`;
    if (!store.get('azure-model', id)) store.put('azure-model', { id, createdMs: clock.now(), model } as AliasRecord);
    return id;
  });
}

/** The platform's own name of a model; other names stay. */
export function ownName(name: string, { store }: Platform): string {
  return store.get<AliasRecord>('azure-model', name)?.model ?? name;
}
