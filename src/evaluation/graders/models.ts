import type { GraderConfig, SingleGraderConfig } from '../../contract/graders.ts';

/** A model that a grader asks about every answer. */
export interface AskedModel {
  /** The run's when absent. */
  connection?: string | undefined;
  model: string;
  /** Whether it makes vectors of texts, and writes nothing. */
  embeds: boolean;
  /** How often it is asked. */
  calls: number;
  /** Characters of a prompt that are the same for every example. */
  promptChars: number;
}

export const embeddingModel = 'text-embedding-3-large';

/** The models that a grader asks, one a use. */
export function askedModels(config: GraderConfig): AskedModel[] {
  return config.type === 'multi' ? Object.values(config.graders).flatMap(ofSingle) : ofSingle(config);
}

function ofSingle(config: SingleGraderConfig): AskedModel[] {
  switch (config.type) {
    case 'score_model':
    case 'label_model': {
      const { connection, model, input } = config;
      return [{ connection, model, embeds: false, calls: 1, promptChars: JSON.stringify(input).length }];
    }
    case 'pairwise': {
      const { connection, model, criteria } = config;
      return [{ connection, model, embeds: false, calls: 2, promptChars: criteria.length }];
    }
    case 'text_similarity': {
      const { evaluation_metric: metric, connection, model = embeddingModel } = config;
      return metric === 'cosine' ? [{ connection, model, embeds: true, calls: 1, promptChars: 0 }] : [];
    }
    default:
      return [];
  }
}
