/** How both models did on the examples of one label, in examples. */
export interface LabelScore {
  label: string;
  examples: number;
  basePassed: number;
  tunedPassed: number;
}

export interface LabelTable {
  add(label: string, basePassed: boolean, tunedPassed: boolean): void;
  /** Undefined when the references are free text: over 100 different ones, or none that occurs twice. */
  rows(): LabelScore[] | undefined;
}

const labelsAtMost = 100;

/** Counts by label, holding no more than 100 of them in memory. */
export function createLabelTable(): LabelTable {
  const scores = new Map<string, LabelScore>();
  let examples = 0;
  let tooMany = false;
  return {
    add(label, basePassed, tunedPassed) {
      examples += 1;
      const score = scores.get(label) ?? { label, examples: 0, basePassed: 0, tunedPassed: 0 };
      score.examples += 1;
      if (basePassed) score.basePassed += 1;
      if (tunedPassed) score.tunedPassed += 1;
      if (scores.size < labelsAtMost || scores.has(label)) scores.set(label, score);
      else tooMany = true;
    },
    rows() {
      if (tooMany || scores.size === examples) return undefined;
      return [...scores.values()].sort((a, b) => b.examples - a.examples || (a.label < b.label ? -1 : 1));
    },
  };
}
