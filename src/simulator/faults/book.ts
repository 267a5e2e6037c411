import { newId } from '../ids.ts';
import type { Store, StoredRecord } from '../store.ts';
import { expandPreset, type PresetRule } from './presets.ts';
import { type ActiveFault, type FaultRule, type FaultTarget, matches, pathPattern } from './rules.ts';

/** The faults in force. */
export interface FaultBook {
  /** Adds a rule, or replaces that of the same id; outlives a restart. Throws a RangeError for a rule that makes no sense. */
  add(rule: FaultRule | PresetRule): string;
  list(): ActiveFault[];
  remove(id: string): void;
  clear(): void;
  /** The rules that strike this request, counted as having done so: any delays, and one each for job, file, batch and answer. */
  strike(target: FaultTarget): FaultRule[];
  /** Whether any rule looks at the body of requests. */
  needsModel(): boolean;
}

const KINDS = ['status', 'drop-before', 'drop-after', 'delay', 'truncate', 'duplicate', 'job', 'file', 'batch'];

/** Kinds that mark what is created. */
export const OBJECTS: readonly string[] = ['job', 'file', 'batch'];

/** Faults that an earlier process left in the store, then `configured` ones, as if new. */
export function openFaults(store: Store, configured: Array<FaultRule | PresetRule> = []): FaultBook {
  const rules = new Map<string, ActiveFault>();
  for (const { rule } of store.list<StoredRecord & { rule: ActiveFault }>('fault', { order: 'asc' })) {
    rules.set(rule.id, rule);
  }
  const save = (rule: ActiveFault) => store.put('fault', { id: rule.id, createdMs: 0, rule });
  const add = (input: FaultRule | PresetRule) => {
    const rule = checked(expandPreset(input));
    const active: ActiveFault = { ...rule, id: rule.id ?? newId('fault_'), seen: 0, struck: 0 };
    rules.set(active.id, active);
    save(active);
    return active.id;
  };
  const remove = (id: string) => {
    rules.delete(id);
    store.remove('fault', id);
  };
  configured.forEach((rule, index) => {
    add({ ...rule, id: rule.id ?? `configured-${index}` });
  });

  return {
    add,
    remove,
    list: () => [...rules.values()],
    clear() {
      for (const id of [...rules.keys()]) remove(id);
    },
    needsModel: () => [...rules.values()].some((rule) => rule.model !== undefined),
    strike(target) {
      const striking: FaultRule[] = [];
      const decided = new Set<string>();
      for (const rule of rules.values()) {
        const decides = OBJECTS.includes(rule.kind) ? rule.kind : 'answer';
        if (decided.has(decides) || isSpent(rule) || !matches(rule, target)) continue;
        rule.seen++;
        if (rule.seen > (rule.skip ?? 0)) {
          rule.struck++;
          striking.push(rule);
          if (rule.kind !== 'delay') decided.add(decides);
        }
        save(rule);
      }
      return striking;
    },
  };
}

function isSpent(rule: ActiveFault): boolean {
  const times = rule.times ?? 1;
  return times >= 0 && rule.struck >= times;
}

function checked(rule: FaultRule): FaultRule {
  if (!KINDS.includes(rule.kind)) {
    throw new RangeError(`Unknown fault kind "${rule.kind}". Known: ${KINDS.join(', ')}.`);
  }
  if (rule.kind === 'status' && !(rule.status >= 200 && rule.status <= 599)) {
    throw new RangeError('"status" must be 200 to 599.');
  }
  if (rule.kind === 'delay' && !(rule.ms >= 0)) throw new RangeError('"ms" must be a number of 0 or more.');
  if (rule.kind === 'job' && typeof rule.job !== 'object') throw new RangeError('A job fault needs "job".');
  if (rule.kind === 'file' && typeof rule.file !== 'object') throw new RangeError('A file fault needs "file".');
  if (rule.kind === 'batch' && typeof rule.batch !== 'object') throw new RangeError('A batch fault needs "batch".');
  if (rule.path) pathPattern(rule.path);
  return rule;
}
