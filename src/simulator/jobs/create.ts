import { randomInt } from 'node:crypto';
import { type JsonObject, optionalMetadata, optionalNumber, optionalString, requiredString } from '../body.ts';
import { badRequest } from '../errors.ts';
import type { JobFault } from '../faults/rules.ts';
import { fileStatus, findFile } from '../files.ts';
import { newId, randomLetters } from '../ids.ts';
import type { Services } from '../services.ts';
import { readMethod } from './hyperparameters.ts';
import type { JobRecord } from './record.ts';
import { ORGANIZATION } from './view.ts';

const MAX_SUFFIX = 64;

/** A new job from the body of a create request; nothing is stored yet. Throws a 400 for what OpenAI refuses. */
export function newJob(services: Services, body: JsonObject, fault: JobFault | undefined): JobRecord {
  const requested = requiredString(body, 'model');
  const trainingFile = checkFile(services, requiredString(body, 'training_file'), 'training_file');
  const validation = optionalString(body, 'validation_file');
  const model = services.models.resolve(requested);
  if (!model || model.base.methods.length === 0) {
    throw badRequest(
      `Model ${requested} is not available for fine-tuning or does not exist.`,
      'model',
      'model_not_available',
    );
  }
  const suffix = optionalString(body, 'suffix');
  if (suffix !== null && (suffix.length === 0 || suffix.length > MAX_SUFFIX)) {
    throw badRequest(`Invalid 'suffix': expected 1 to ${MAX_SUFFIX} characters, but got ${suffix.length}.`, 'suffix');
  }
  const { method, grader, hyperparameters } = readMethod(body);
  if (!model.base.methods.includes(method)) {
    throw badRequest(
      `Model ${requested} is not available for fine-tuning with the method '${method}'.`,
      'model',
      'model_not_available',
    );
  }
  if (method === 'reinforcement' && validation === null) {
    throw badRequest("A validation file is required for the method 'reinforcement'.", 'validation_file');
  }
  const now = services.clock.now();
  const slug = (suffix ?? '').toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  return {
    id: newId('ftjob-'),
    createdMs: now,
    model: model.id,
    base: model.base.id,
    trainingFile,
    validationFile: validation === null ? null : checkFile(services, validation, 'validation_file'),
    suffix,
    seed: optionalNumber(body, 'seed', { min: 0, max: 2_147_483_647, integer: true }) ?? randomInt(2 ** 31 - 1),
    metadata: optionalMetadata(body),
    method,
    ...(grader && { grader }),
    hyperparameters,
    status: 'validating_files',
    finishedMs: null,
    error: null,
    epochTokens: null,
    queueUntilMs: 0,
    trainingMs: 0,
    trainedMs: 0,
    runningSinceMs: null,
    totalSteps: 0,
    shownStep: 0,
    weights: null,
    tunedModel: `ft:${model.base.id}:${ORGANIZATION}:${slug}:${randomLetters(8)}`,
    nameFromMs: 0,
    trainedTokens: null,
    resultFiles: [],
    fault: fault ?? null,
  };
}

function checkFile(services: Services, id: string, param: string): string {
  const file = findFile(services, id);
  if (!file) throw badRequest(`invalid ${param}: ${id}`, param, 'file_not_found');
  if (file.purpose !== 'fine-tune') {
    throw badRequest(
      `File '${id}' has purpose '${file.purpose}'; expected 'fine-tune'.`,
      param,
      'invalid_file_purpose',
    );
  }
  if (fileStatus(file, services.clock.now()) === 'error') {
    throw badRequest(`File '${id}' could not be processed: ${file.failure}`, param, 'invalid_file');
  }
  return id;
}
