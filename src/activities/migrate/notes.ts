import type { MigrationPlan } from '../../contract/migration.ts';
import type { Facts } from './facts.ts';
import { sourcesOf } from './heritage.ts';

/** What has no counterpart, is not the same or cannot be shown, a sentence each: it keeps nobody from beginning. */
export function notesOf(
  facts: Facts,
  heldOut: MigrationPlan['heldOut'],
  days: NonNullable<MigrationPlan['days']>,
): string[] {
  return [...ofTime(days), ...ofCallers(facts), ...ofModels(facts), ...ofData(facts), ...ofComparison(facts, heldOut)];
}

function ofTime({ margin }: NonNullable<MigrationPlan['days']>): string[] {
  if (margin === undefined || margin >= 0) return [];
  return [
    `By what its steps may take it comes ${Math.abs(margin)} days too late: begin now, and see that the old model's answers are recorded.`,
  ];
}

/** What is promoted where nothing stands that answers leaves those who call it by name to the old model, and then to none. */
function ofCallers({ request: { connection, model }, unserved }: Facts): string[] {
  if (!unserved) return [];
  return [
    `Models at ${connection} answer callers only under a deployment: have versions in service deployed before this one is promoted, by \`tunewright models serve ${model}\` or --set serve.keepPreviousHours=24, or name what answers for it in the connection.`,
  ];
}

function ofModels({ request, from, old, base, heritage, train }: Facts): string[] {
  const notes: string[] = [];
  const { learningRateMultiplier: multiplier } = heritage.hyperparameters;
  // 1 is the platform's own rate, and so is what the new one chooses.
  if (from.connection !== request.connection && typeof multiplier === 'number' && multiplier !== 1) {
    notes.push(
      `The learning-rate multiplier ${multiplier} is relative to its platform's own rate and has no counterpart: the new platform chooses.`,
    );
  }
  if (old && base && old.encoding !== base.encoding) {
    notes.push(
      `Tokens are cut differently (${base.encoding} in place of ${old.encoding}): counts and costs are those of the new base.`,
    );
  }
  const cut = train?.problems.find(({ code }) => code === 'example_too_long');
  if (cut && base) notes.push(`The new base trains on ${base.trainingContextTokens} tokens. ${cut.message}`);
  return notes;
}

function ofData({ heritage, distil }: Facts): string[] {
  const notes = sourcesOf(heritage) === undefined ? [] : [...heritage.gone];
  if (heritage.parentModel) {
    notes.push(
      `The old model was tuned further from ${heritage.parentModel}: what that one had learnt is not in these data. Give all of them with --train where you have them.`,
    );
  }
  if (!distil) return notes;
  const { leftOut, inputs } = distil;
  if (leftOut.heldOut > 0) {
    notes.push(`${leftOut.heldOut} inputs are not asked, for held-out examples ask them too, or nearly.`);
  }
  if (leftOut.overBudget > 0) {
    notes.push(`The budget bears ${inputs.examples} answers; ${leftOut.overBudget} more inputs are not asked.`);
  }
  if (sourcesOf(heritage) === undefined) {
    notes.push(
      heritage.heldOut
        ? "The training data are gone: the new model learns from the old one's answers alone."
        : "The training data are gone: a share of the old model's own answers is held out, and the new model is judged by how often it answers as the old one did.",
    );
  }
  return notes;
}

function ofComparison(
  { request, from, heritage, reference, today }: Facts,
  heldOut: MigrationPlan['heldOut'],
): string[] {
  const notes: string[] = [];
  if (heldOut && heldOut.seen > 0) {
    const which = heldOut.seen < heldOut.examples ? `${heldOut.seen} of the ${heldOut.examples}` : 'The';
    notes.push(
      `${which} held-out examples were part of what the old model learnt: they flatter it, and the new one, which does not learn them, is judged by them. Give others with --held-out where you have some.`,
    );
  }
  if (heldOut && heldOut.smallestMargin > request.margin) {
    notes.push(
      `${heldOut.examples} held-out examples show a margin of ${points(heldOut.smallestMargin)} where one answer in ten changes; for ${points(request.margin)} about ${heldOut.neededForMargin} are needed. A new model that is as good may not be shown to be: give more examples with --held-out, or allow more with --margin.`,
    );
  }
  const dead = from.shutdownDate !== undefined && from.shutdownDate <= today;
  if (dead && !heritage.recorded) {
    notes.push(
      'The old model is dead and none of its answers are recorded: the new one is compared with its base alone.',
    );
  } else if (typeof reference === 'string') {
    notes.push(
      `${reference} Its answers to the held-out examples are not recorded: what cannot be compared is not promoted by itself.`,
    );
  }
  return notes;
}

function points(share: number): string {
  return `${(share * 100).toFixed(1)} points`;
}
