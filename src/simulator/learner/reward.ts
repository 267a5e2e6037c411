/** What of OpenAI's graders the simulation computes itself, as plain data. */
export type RewardGrader = { input: string; reference: string } & (
  | { type: 'string_check'; operation: 'eq' | 'ne' | 'like' | 'ilike' }
  | { type: 'text_similarity'; evaluation_metric: 'fuzzy_match' }
);

/** The fields of a question beside its messages. */
export type Item = Record<string, unknown>;

/** How a model is rewarded that learns by reinforcement. */
export interface Reward {
  /** The answer that the grader compares with. */
  hoped(item: Item): string;
  /** The score of an answer, in [0, 1]. */
  score(item: Item, answer: string): number;
}

const CHECKS: Record<'eq' | 'ne' | 'like' | 'ilike', (said: string, hoped: string) => boolean> = {
  eq: (said, hoped) => said === hoped,
  ne: (said, hoped) => said !== hoped,
  like: (said, hoped) => said.includes(hoped),
  ilike: (said, hoped) => said.toLowerCase().includes(hoped.toLowerCase()),
};

/** Computes a grader; a field that an item lacks is empty. */
export function rewardOf(grader: RewardGrader): Reward {
  const hoped = (item: Item, answer = '') => fill(grader.reference, item, answer);
  return {
    hoped,
    score(item, answer) {
      const [said, wanted] = [fill(grader.input, item, answer), hoped(item, answer)];
      return grader.type === 'string_check' ? Number(CHECKS[grader.operation](said, wanted)) : alike(said, wanted);
    },
  };
}

function fill(template: string, item: Item, answer: string): string {
  return template.replace(/\{\{\s*([\w.[\]]+)\s*\}\}/g, (_, path: string) => {
    if (path === 'sample.output_text') return answer;
    const steps = path.replace(/\[(\d+)\]/g, '.$1').split('.');
    const value = steps.slice(1).reduce<unknown>((at, step) => (at as Item | undefined)?.[step], item);
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  });
}

/** Twice the longest common subsequence over both lengths, as `fuzzy_match` measures it. */
function alike(left: string, right: string): number {
  if (left.length + right.length === 0) return 1;
  let above = new Uint32Array(right.length + 1);
  for (const letter of left) {
    const row = new Uint32Array(right.length + 1);
    for (let at = 0; at < right.length; at++) {
      const longest = Math.max(above[at + 1] ?? 0, row[at] ?? 0);
      row[at + 1] = letter === right[at] ? (above[at] ?? 0) + 1 : longest;
    }
    above = row;
  }
  return (2 * (above[right.length] ?? 0)) / (left.length + right.length);
}
