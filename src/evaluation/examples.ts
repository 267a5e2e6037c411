import type { ArtifactStore } from '../artifacts/index.ts';
import type { RivalRole } from '../contract/verdict.ts';
import { askedText, readQuestions } from '../datasets/index.ts';
import { gradedModel, inStep } from './in-step.ts';
import type { Prediction } from './prediction.ts';
import type { RunReport } from './report.ts';

/** What became of an example with the tuned model: right only by it, only by the other, or as before; and not graded. */
export type Change = 'fixed' | 'broken' | 'unchanged' | 'ungraded';

/** A held-out example with what each model answered. It quotes the data. */
export interface ExampleOutcome {
  /** Position in the held-out file, from 0. */
  index: number;
  /** The example before it that asks and answers the same: counted is that one alone. */
  repeats?: number;
  question: string;
  reference: string;
  tuned: Answered;
  rivals: Partial<Record<RivalRole, Answered & { change: Change }>>;
}

type Answered = Pick<Prediction, 'output' | 'passed' | 'score'>;

/** Each held-out example of a report, in their order. Throws `artifact_missing` where answers are gone from the store. */
export async function* examplesOf(report: RunReport, store: ArtifactStore): AsyncGenerator<ExampleOutcome> {
  const { comparison, rivals, config, sources } = report;
  const all = [comparison.tuned, ...rivals.map(({ evaluation }) => evaluation)];
  const graded = all.map((evaluation) => gradedModel(store, evaluation));
  const questions = readQuestions(store.read(sources.test), config.method);
  for await (const [tuned, ...others] of inStep(graded)) {
    const { value: question } = await questions.next();
    yield {
      index: tuned.index,
      ...(tuned.repeats === undefined ? {} : { repeats: tuned.repeats }),
      question: question ? askedText(question.messages) : '',
      reference: tuned.reference,
      tuned: answered(tuned),
      rivals: Object.fromEntries(
        rivals.map(({ role }, at) => {
          const other = others[at] as Prediction;
          return [role, { ...answered(other), change: changeOf(other, tuned) }];
        }),
      ),
    };
  }
}

function answered({ output, passed, score }: Prediction): Answered {
  return { ...(output === undefined ? {} : { output }), passed, ...(score === undefined ? {} : { score }) };
}

function changeOf(before: Prediction, after: Prediction): Change {
  if (before.grading || after.grading) return 'ungraded';
  if (before.passed === after.passed) return 'unchanged';
  return after.passed ? 'fixed' : 'broken';
}
