import type { Obstacle } from '../../contract/migration.ts';
import type { Inspection } from '../../datasets/index.ts';
import type { Facts } from './facts.ts';
import { sourcesOf } from './heritage.ts';

const otherBase = 'Choose another base with --to; `tunewright models expiring` lists some.';

/** Everything that has to be mended before a run can be begun. */
export function obstaclesOf(facts: Facts): Obstacle[] {
  return [...facts.found, ...ofTarget(facts), ...ofData(facts)];
}

function ofTarget({ request, from, methods, base, bases, heritage, today }: Facts): Obstacle[] {
  const { connection, baseModel } = request;
  const { method } = heritage;
  const obstacles: Obstacle[] = [];
  const add = (code: string, message: string, advice: string) => obstacles.push({ code, message, advice });
  if (from.connection === connection && from.baseModel === baseModel) {
    add('same', 'The model is tuned from that base at that connection already.', 'Name another with --to.');
  }
  if (!methods.includes(method) || base?.methods.includes(method) === false) {
    add(
      'method',
      `${baseModel} at ${connection} is not trained by the method "${method}"${whatItLearnsFrom(method)}.`,
      otherBase,
    );
  }
  if (!base) {
    add(
      'unpriced',
      `The catalogue knows no base model ${baseModel} at ${connection}, so neither its limits nor its prices.`,
      `Choose one with --to${bases.length > 0 ? ` (${bases.join(', ')})` : ''}, or add it to the catalogue of the connection.`,
    );
  } else if (!base.prices) {
    add(
      'unpriced',
      `The catalogue knows no prices of ${baseModel}, so no budget could be kept.`,
      'Add the model with its prices to the catalogue of the connection.',
    );
  }
  if (base?.lastJobDate && base.lastJobDate <= today) {
    add(
      'dead_end',
      `No job for ${baseModel} can be created since ${base.lastJobDate}.`,
      'Choose another base with --to.',
    );
  }
  if (base?.shutdownDate && from.shutdownDate && base.shutdownDate <= from.shutdownDate) {
    add(
      'dead_end',
      `${baseModel} is shut down on ${base.shutdownDate}, no later than the old model.`,
      'Choose a base that lives longer with --to.',
    );
  }
  return obstacles;
}

function ofData(facts: Facts): Obstacle[] {
  const { request, from, heritage, train, heldOut, distil, minimumExamples, today } = facts;
  const obstacles: Obstacle[] = [];
  const add = (code: string, message: string, advice: string) => obstacles.push({ code, message, advice });
  if (sourcesOf(heritage) === undefined && !distil) {
    const lives = from.shutdownDate === undefined || from.shutdownDate > today;
    add(
      'data_gone',
      ['Its training data are gone.', ...heritage.gone].join(' '),
      lives
        ? 'Give data of your own with --train FILE, or questions with --distil FILE, which the old model answers while it lives.'
        : 'Give data of your own with --train FILE.',
    );
  }
  const learnt = (train?.examples ?? 0) + (distil?.added.examples ?? 0);
  if (distil && learnt < minimumExamples) {
    add(
      'distil_inputs',
      `With its answers there would be ${learnt} training examples, and the new platform trains on ${minimumExamples} at least.`,
      'Name more questions with --distil FILE.',
    );
  }
  for (const [inspection, which, option] of [
    [train, 'training', '--train'],
    [heldOut, 'held-out', '--held-out'],
  ] as const) {
    if (!inspection || inspection.errors === 0) continue;
    const untrained = [...new Set(inspection.problems.flatMap(untrainedPart))];
    for (const part of untrained) {
      add(
        part,
        `${request.baseModel} at ${request.connection} is not trained on ${part}, which the ${which} data have.`,
        `${otherBase} Or give data without them with ${option} FILE.`,
      );
    }
    if (untrained.length === 0) {
      const errors = inspection.errors === 1 ? '1 error' : `${inspection.errors} errors`;
      const [first] = inspection.problems.filter(({ severity }) => severity === 'error');
      add(
        'data',
        `The ${which} data have ${errors} for this platform; the first${first?.line ? `, in line ${first.line}` : ''}: ${first?.message ?? ''}`,
        `Mend the data and name them with ${option} FILE.`,
      );
    }
  }
  return obstacles;
}

/** By the codes of the checks. */
function untrainedPart({ code }: Inspection['problems'][number]): string[] {
  return code === 'images_not_trained' ? ['images'] : code === 'tools_not_trained' ? ['tools'] : [];
}

function whatItLearnsFrom(method: string): string {
  if (method === 'dpo') return ', which learns from preference pairs';
  return method === 'reinforcement' ? ', which learns from grades' : '';
}
