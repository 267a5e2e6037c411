import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import type { EscapeKit } from '../../contract/kit.ts';
import { type Survey, seededRandom, shuffled, surveyExamples, usualEncoding } from '../../datasets/index.ts';
import type { TrainingPlatform } from '../../platforms/platform.ts';
import { type Fetched, isOfOneThing } from './files.ts';
import type { PlannedChain, PlannedFile, PlannedModel } from './plan.ts';

/** More questions than these show hardly more, and cost. */
const mostHeldOut = 1_000;
/** Of the training data, where nothing else is there to ask. */
const shareHeldOut = 0.2;

type Data = ArtifactRef & { examples: number };

export interface Packing {
  platform: TrainingPlatform;
  store: ArtifactStore;
  chain: PlannedChain;
  model: PlannedModel;
  /** Examples of a person's, for models without a validation file. */
  heldOut: ArtifactRef | undefined;
  /** What was packed before: what is in it is not asked for again. */
  earlier: EscapeKit | undefined;
  fetchFile(id: string): Promise<Fetched>;
  call<T>(call: () => Promise<T>): Promise<T>;
  signal: AbortSignal;
  /** Of files that were looked at, by their hash. */
  surveys: Map<string, Survey>;
}

export interface Packed {
  kit: EscapeKit;
  /** Whether there is anything in it that was not in the earlier one. */
  fuller: boolean;
  longestTokens?: number | undefined;
}

/** Packs what can be had of a model, on top of what was had before; nothing that was packed once is ever left out. */
export async function packKit(packing: Packing): Promise<Packed> {
  const { platform, chain, model, earlier, call, signal } = packing;
  const { modelId, baseModel, method, hyperparameters, job, seed } = model;
  const wants = missingOf(packing);
  if (earlier && wants.length === 0) return { kit: earlier, fuller: false };

  const gone = goneOf(model);
  const data = async (old: Data | undefined, file: PlannedFile | undefined, what: string) =>
    old ?? (await fetched(packing, file, what, gone));
  const train = await data(earlier?.train, model.train, 'training file');
  const validation = await data(earlier?.validation, model.validation, 'validation file');
  const results = earlier?.results.length ? earlier.results : await resultsOf(packing, gone);
  const trainSurvey = train && (await survey(packing, train));
  const heldOut = await heldOutOf(packing, validation, trainSurvey);
  const told = async <T>(ask: (jobId: string) => Promise<T[]>): Promise<T[]> =>
    job ? await noneIfMissing(call(() => ask(job.id))) : [];
  const curve = earlier?.curve.length
    ? earlier.curve
    : await told(async (id) => await platform.trainingCurve(id, signal));
  const checkpoints = earlier?.checkpoints?.length
    ? earlier.checkpoints
    : await told(async (id) => await platform.listCheckpoints(id, signal));
  const instructions = earlier?.systemPrompt ?? trainSurvey?.instructions;
  const suffix = chain.suffix;

  const kit: EscapeKit = {
    ...{ connection: chain.connection, platform: chain.platform, modelId, baseModel, method },
    ...(job ? { job } : {}),
    hyperparameters,
    ...(seed === undefined ? {} : { seed }),
    ...(suffix === undefined ? {} : { suffix }),
    ...(instructions === undefined ? {} : { systemPrompt: instructions }),
    ...(train ? { train } : {}),
    ...(validation ? { validation } : {}),
    ...heldOut,
    ...(earlier?.answers ? { answers: earlier.answers } : {}),
    curve,
    checkpoints,
    results,
    gone,
    packedAt: new Date().toISOString(),
  };
  const fuller = !earlier || partsOf(kit) !== partsOf(earlier);
  return fuller ? { kit, fuller, longestTokens: trainSurvey?.longestTokens } : { kit: earlier, fuller };
}

/** What the platform still lists, or a person has given, that the earlier kit does not have. */
function missingOf({ model, heldOut, earlier }: Packing): string[] {
  if (!earlier) return ['all'];
  return [
    ...(!earlier.train && model.train?.listed ? ['train'] : []),
    ...(!earlier.validation && model.validation?.listed ? ['validation'] : []),
    ...(earlier.results.length === 0 && model.results.some(({ listed }) => listed) ? ['results'] : []),
    ...(heldOut && mayTake(earlier) ? ['heldOut'] : []),
  ];
}

/** Answers and the examples that they answer stay together. */
function mayTake({ heldOut, heldOutSeen, answers }: EscapeKit): boolean {
  return !answers && (!heldOut || heldOutSeen === true);
}

function partsOf({ train, validation, heldOut, answers, results, curve, checkpoints }: EscapeKit): string {
  const refs = [train, validation, heldOut, answers, ...results].map((ref) => ref?.sha256 ?? '');
  return JSON.stringify([refs, curve.length, checkpoints?.length ?? 0]);
}

/** What a model's listing tells to be gone, a sentence each. */
export function goneOf({ job, listed, shutdownDate, train, validation, results }: PlannedModel): string[] {
  const died = shutdownDate !== undefined && shutdownDate <= new Date().toISOString().slice(0, 10);
  const why = died ? `it was shut down on ${shutdownDate}` : 'the platform does not list it any more';
  return [
    ...(job ? [] : ['Its job is not listed: settings and training data cannot be told.']),
    ...(train?.listed === false ? [missingFile('training file', train)] : []),
    ...(validation?.listed === false ? [missingFile('validation file', validation)] : []),
    ...(listed ? [] : [`The model does not answer any more: ${why}.`]),
    ...(results.length > 0 && !results.some((file) => file.listed) ? ['Its result file is gone.'] : []),
  ];
}

/** A file of examples with their number; undefined where it is gone, which is told when the listing did not. */
async function fetched(
  packing: Packing,
  file: PlannedFile | undefined,
  what: string,
  gone: string[],
): Promise<Data | undefined> {
  if (!file) return undefined;
  if (!file.listed) return undefined;
  const found = await packing.fetchFile(file.id);
  if ('why' in found) {
    gone.push(missingFile(what, file, found.why));
    return undefined;
  }
  const { ref } = found;
  const { examples, unreadable } = await survey(packing, ref);
  return { ...ref, examples: examples + unreadable };
}

function missingFile(what: string, { id }: Pick<PlannedFile, 'id'>, why = 'is gone'): string {
  return `Its ${what} ${id} ${why.replace(/\.$/, '')}.`;
}

async function resultsOf({ model, fetchFile }: Packing, gone: string[]): Promise<ArtifactRef[]> {
  const found: ArtifactRef[] = [];
  for (const { id, listed } of model.results) {
    if (!listed) continue;
    const fetched = await fetchFile(id);
    if ('ref' in fetched) found.push(fetched.ref);
    else gone.push(missingFile('result file', { id }, fetched.why));
  }
  return found;
}

/** The validation file, else what a person has given, else some of the training data, which the model has then seen. */
async function heldOutOf(
  packing: Packing,
  validation: Data | undefined,
  train: Survey | undefined,
): Promise<Pick<EscapeKit, 'heldOut' | 'heldOutSeen'>> {
  const { earlier, heldOut: given } = packing;
  if (earlier?.heldOut && !mayTake(earlier)) {
    const { heldOut, heldOutSeen = false } = earlier;
    return { heldOut, heldOutSeen };
  }
  for (const ref of [validation, given]) {
    const { sample } = ref ? await survey(packing, ref) : { sample: [] };
    if (sample.length > 0) return { heldOut: await kept(packing, sample), heldOutSeen: false };
  }
  const some = train ? fifthOf(train) : [];
  return some.length > 0 ? { heldOut: await kept(packing, some), heldOutSeen: true } : {};
}

/** What is held out is not trained on again: most of a small file has to be left for that. In the order of the file. */
function fifthOf({ examples, sample }: Survey): Survey['sample'] {
  const most = Math.min(mostHeldOut, Math.ceil(examples * shareHeldOut));
  const drawn = new Set(shuffled(sample, seededRandom(1)).slice(0, most));
  return sample.filter((example) => drawn.has(example));
}

async function kept({ store }: Packing, sample: Survey['sample']): Promise<Data> {
  const ref = await store.put(sample.map(({ text }) => `${text}\n`).join(''));
  return { ...ref, examples: sample.length };
}

/** Drawn by one seed everywhere: the same file gives the same examples, whichever of its models is looked at. */
async function survey({ store, platform, model, surveys }: Packing, ref: ArtifactRef): Promise<Survey> {
  const encoding = platform.catalogueEntry(model.baseModel)?.encoding ?? usualEncoding;
  const { method } = model;
  const key = `${method} ${encoding} ${ref.sha256}`;
  const found =
    surveys.get(key) ?? (await surveyExamples(store.read(ref), { method, encoding, sample: mostHeldOut, seed: 1 }));
  surveys.set(key, found);
  return found;
}

/** Of what the platform does not know any more, or never had, there is nothing; anything else is thrown. */
async function noneIfMissing<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked;
  } catch (error) {
    if (isOfOneThing(error)) return [];
    throw error;
  }
}
