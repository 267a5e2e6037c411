import type { TrainingPlatform } from '../platform.ts';

/** What differs by whose machines train. */
export interface TrainingPart
  extends Pick<
    TrainingPlatform,
    | 'trainingUsdAtMost'
    | 'jobUrl'
    | 'checkAccess'
    | 'listModels'
    | 'getModel'
    | 'deleteModel'
    | 'deleteModelCommand'
    | 'listHoldings'
    | 'findFiles'
    | 'uploadFile'
    | 'isFileReady'
    | 'readFile'
    | 'deleteFile'
    | 'findJobs'
    | 'createJob'
    | 'getJob'
    | 'cancelJob'
    | 'pauseJob'
    | 'resumeJob'
    | 'newEvents'
    | 'listCheckpoints'
    | 'trainingCurve'
  > {
  /** See `Capabilities`. */
  listLagMs: number;
  uniqueKeys: boolean;
  /** The name under which a host that serves finds the model. */
  servedAs(model: string): string;
}
