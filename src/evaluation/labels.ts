/** How both models did on the examples of one label, in examples. */
export interface LabelScore {
  label: string;
  examples: number;
  basePassed: number;
  tunedPassed: number;
}
