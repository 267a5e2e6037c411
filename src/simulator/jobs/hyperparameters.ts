import { isObject, type JsonObject, optionalNumber, wrongType } from '../body.ts';
import { badRequest } from '../errors.ts';
import { readGrader } from './grader.ts';
import type { JobRecord, RequestedHyperparameters } from './record.ts';

const TARGET_EPOCHS = 3;
const MIN_TARGET_EXAMPLES = 100;
const MAX_TARGET_EXAMPLES = 25_000;
const MAX_AUTO_EPOCHS = 25;
const ABOVE_ZERO = { min: Number.MIN_VALUE, max: Number.MAX_VALUE };
const MAX_BETA = 2;
const MAX_COMPUTE = 10;
/** What the paper and most trainers take; OpenAI does not say what its own is. */
const AUTO_BETA = 0.1;

/**
 * The method and hyperparameters of a create request, from `method` or the older `hyperparameters`. Throws a 400 for a
 * method that is not taken here and for values out of bounds.
 */
export function readMethod(body: JsonObject): Pick<JobRecord, 'method' | 'grader' | 'hyperparameters'> {
  const { method } = body;
  if (method === undefined || method === null) {
    return { method: 'supervised', hyperparameters: readHyperparameters(body.hyperparameters) };
  }
  if (!isObject(method)) throw wrongType('method', 'an object', method);
  const { type, supervised, dpo, reinforcement } = method;
  switch (type) {
    case 'supervised':
      return {
        method: type,
        hyperparameters: readHyperparameters(isObject(supervised) ? supervised.hyperparameters : body.hyperparameters),
      };
    case 'dpo': {
      const given = isObject(dpo) ? dpo.hyperparameters : undefined;
      return { method: type, hyperparameters: { ...readHyperparameters(given), beta: readBeta(given) } };
    }
    case 'reinforcement': {
      const { grader, hyperparameters: given } = isObject(reinforcement) ? reinforcement : {};
      const compute_multiplier = read(asObject(given), 'compute_multiplier', { ...ABOVE_ZERO, max: MAX_COMPUTE });
      return {
        method: type,
        grader: readGrader(grader),
        hyperparameters: { ...readHyperparameters(given), compute_multiplier },
      };
    }
    default:
      throw badRequest(`Invalid value: '${String(type)}'.`, 'method.type', 'invalid_value');
  }
}

function readHyperparameters(value: unknown): RequestedHyperparameters {
  const given = asObject(value);
  return {
    n_epochs: read(given, 'n_epochs', { min: 1, max: 50, integer: true }),
    batch_size: read(given, 'batch_size', { min: 1, max: 256, integer: true }),
    learning_rate_multiplier: read(given, 'learning_rate_multiplier', ABOVE_ZERO),
  };
}

function readBeta(value: unknown): number | 'auto' {
  return read(asObject(value), 'beta', { ...ABOVE_ZERO, max: MAX_BETA });
}

function asObject(value: unknown): JsonObject {
  const given = value ?? {};
  if (!isObject(given)) throw wrongType('hyperparameters', 'an object', given);
  return given;
}

function read(given: JsonObject, name: string, bounds: Parameters<typeof optionalNumber>[2]): number | 'auto' {
  return given[name] === 'auto' ? 'auto' : (optionalNumber(given, name, bounds) ?? 'auto');
}

/** Replaces `auto`: epochs by OpenAI's cookbook rule, batch size as 0.2 % of the examples, multipliers 1, beta 0.1. */
export function resolveHyperparameters(requested: RequestedHyperparameters, examples: number) {
  const { beta, compute_multiplier: compute } = requested;
  return {
    n_epochs: requested.n_epochs === 'auto' ? autoEpochs(examples) : requested.n_epochs,
    batch_size:
      requested.batch_size === 'auto' ? Math.min(256, Math.max(1, Math.round(examples * 0.002))) : requested.batch_size,
    learning_rate_multiplier: requested.learning_rate_multiplier === 'auto' ? 1 : requested.learning_rate_multiplier,
    ...(beta !== undefined && { beta: beta === 'auto' ? AUTO_BETA : beta }),
    ...(compute !== undefined && { compute_multiplier: compute === 'auto' ? 1 : compute }),
  };
}

function autoEpochs(examples: number): number {
  if (examples * TARGET_EPOCHS < MIN_TARGET_EXAMPLES) {
    return Math.min(MAX_AUTO_EPOCHS, Math.floor(MIN_TARGET_EXAMPLES / examples));
  }
  if (examples * TARGET_EPOCHS > MAX_TARGET_EXAMPLES) return Math.max(1, Math.floor(MAX_TARGET_EXAMPLES / examples));
  return TARGET_EPOCHS;
}
