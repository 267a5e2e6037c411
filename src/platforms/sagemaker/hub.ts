import { z } from 'zod';
import type { Aws } from './aws.ts';

/** What is read of a model's document, as AWS's own SDK does: sagemaker-python-sdk, finetune_utils.py and model_builder.py. */
const documentShape = z.looseObject({
  GatedBucket: z.boolean().optional(),
  HostingArtifactUri: z.string().optional(),
  RecipeCollection: z.array(z.looseObject({ CustomizationTechnique: z.string().optional() })).optional(),
});

/** A model of SageMaker's public hub. */
export interface HubModel {
  arn: string;
  /** Its licence has to be accepted. */
  gated: boolean;
  /** By which techniques it can be customized; undefined where the hub does not say. */
  techniques?: ReadonlySet<string> | undefined;
  /** Where its weights lie. */
  artifactUri?: string | undefined;
}

export interface Hub {
  /** The names of all models that have a recipe; all pages are read. */
  tunable(signal?: AbortSignal): Promise<string[]>;
  /** Undefined for a model that the hub does not have. */
  find(name: string, signal?: AbortSignal): Promise<HubModel | undefined>;
}

const models = { HubName: 'SageMakerPublicHub', HubContentType: 'Model' } as const;
/** How the hub marks a model with a recipe: sagemaker-python-sdk, test_list_supported_models.py. */
const recipeMark = '@recipe:finetuning_';

export function publicHub({ find, pages }: Aws): Hub {
  return {
    async tunable(signal) {
      const found: string[] = [];
      const listed = pages(
        'Listing the models of the hub',
        async ({ sagemaker }, from, options) => await sagemaker.listHubContents({ ...models, ...from }, options),
        signal,
      );
      for await (const page of listed) {
        for (const { HubContentName = '', HubContentSearchKeywords = [] } of page.HubContentSummaries ?? []) {
          if (HubContentSearchKeywords.some((word) => word.toLowerCase().startsWith(recipeMark)))
            found.push(HubContentName);
        }
      }
      return found;
    },

    async find(name, signal) {
      const content = await find(
        'Looking for the model in the hub',
        async ({ sagemaker }, options) =>
          await sagemaker.describeHubContent({ ...models, HubContentName: name }, options),
        signal,
      );
      if (!content) return undefined;
      const { GatedBucket = false, HostingArtifactUri, RecipeCollection } = read(content.HubContentDocument);
      const told = RecipeCollection?.flatMap(({ CustomizationTechnique }) => CustomizationTechnique ?? []);
      return {
        arn: content.HubContentArn ?? '',
        gated: GatedBucket,
        techniques: told && new Set(told),
        artifactUri: HostingArtifactUri,
      };
    },
  };
}

/** A document of another shape tells nothing. */
function read(document = ''): z.infer<typeof documentShape> {
  try {
    return documentShape.safeParse(JSON.parse(document)).data ?? {};
  } catch {
    return {};
  }
}
