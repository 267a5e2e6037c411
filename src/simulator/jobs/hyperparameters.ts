import { isObject, type JsonObject, optionalNumber, wrongType } from '../body.ts';
import { badRequest } from '../errors.ts';
import type { RequestedHyperparameters } from './record.ts';

const TARGET_EPOCHS = 3;
const MIN_TARGET_EXAMPLES = 100;
const MAX_TARGET_EXAMPLES = 25_000;
const MAX_AUTO_EPOCHS = 25;

/** The hyperparameters of a create request, from `method` or the older `hyperparameters`. Throws a 400 out of bounds. */
export function readHyperparameters(body: JsonObject): RequestedHyperparameters {
  const method = body.method;
  let given: unknown = body.hyperparameters;
  if (method !== undefined && method !== null) {
    if (!isObject(method)) throw wrongType('method', 'an object', method);
    const type = method.type;
    if (type === 'dpo' || type === 'reinforcement') {
      throw badRequest(
        `Method '${type}' is not supported by this simulated platform; use 'supervised'.`,
        'method.type',
        'unsupported_value',
      );
    }
    if (type !== 'supervised') throw badRequest(`Invalid value: '${String(type)}'.`, 'method.type', 'invalid_value');
    given = isObject(method.supervised) ? method.supervised.hyperparameters : given;
  }
  if (given === undefined || given === null) given = {};
  if (!isObject(given)) throw wrongType('hyperparameters', 'an object', given);
  const read = (name: keyof RequestedHyperparameters, max: number, integer: boolean) =>
    given[name] === 'auto'
      ? ('auto' as const)
      : (optionalNumber(given, name, { min: integer ? 1 : Number.MIN_VALUE, max, integer }) ?? ('auto' as const));
  return {
    n_epochs: read('n_epochs', 50, true),
    batch_size: read('batch_size', 256, true),
    learning_rate_multiplier: read('learning_rate_multiplier', Number.MAX_VALUE, false),
  };
}

/** Replaces `auto`: epochs by OpenAI's cookbook rule, batch size as 0.2 % of the examples, multiplier 1. */
export function resolveHyperparameters(requested: RequestedHyperparameters, examples: number) {
  return {
    n_epochs: requested.n_epochs === 'auto' ? autoEpochs(examples) : requested.n_epochs,
    batch_size:
      requested.batch_size === 'auto' ? Math.min(256, Math.max(1, Math.round(examples * 0.002))) : requested.batch_size,
    learning_rate_multiplier: requested.learning_rate_multiplier === 'auto' ? 1 : requested.learning_rate_multiplier,
  };
}

function autoEpochs(examples: number): number {
  if (examples * TARGET_EPOCHS < MIN_TARGET_EXAMPLES) {
    return Math.min(MAX_AUTO_EPOCHS, Math.floor(MIN_TARGET_EXAMPLES / examples));
  }
  if (examples * TARGET_EPOCHS > MAX_TARGET_EXAMPLES) return Math.max(1, Math.floor(MAX_TARGET_EXAMPLES / examples));
  return TARGET_EPOCHS;
}
