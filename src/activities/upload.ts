import type { ArtifactRef } from '../contract/artifact.ts';
import type { StageProgress } from '../contract/run.ts';
import type { RemoteFile, UploadState } from '../platforms/platform.ts';
import { assertStillMine, beating, heartbeat, lastHeartbeat } from './context.ts';
import { createOnce } from './create-once.ts';
import type { Dependencies } from './dependencies.ts';
import { stillPending } from './failures.ts';

export interface UploadInput {
  connection: string;
  /** The run's key: every remote name of the run begins with it. */
  key: string;
  role: 'train' | 'validation';
  file: ArtifactRef;
}

interface UploadHeartbeat extends StageProgress {
  upload?: UploadState | undefined;
}

const fileCheckMs = 2_000;

/** The name under which a run's file is found again: it tells whose it is and what is in it. */
function remoteName({ key, role, file }: UploadInput): string {
  return `${key}-${role}-${file.sha256.slice(0, 16)}.jsonl`;
}

export function uploadActivities({ platforms, store }: Dependencies) {
  return {
    /** Uploads one file, once, and answers when the platform has accepted it. */
    async uploadFile(input: UploadInput): Promise<RemoteFile> {
      const platform = platforms.get(input.connection);
      const name = remoteName(input);
      const { bytes } = input.file;
      const resume = lastHeartbeat<UploadHeartbeat>()?.upload;
      const beat: UploadHeartbeat = { done: 0, total: bytes, unit: 'bytes', upload: resume };
      return await beating(
        () => beat,
        async (signal) => {
          const path = await store.path(input.file);
          const onProgress = (done: number, upload?: UploadState) => {
            Object.assign(beat, { done, upload });
            assertStillMine();
            heartbeat(beat);
          };
          const file = await createOnce(
            async () => (await platform.findFiles(name)).at(0),
            async () => await platform.uploadFile({ path, name, bytes }, { signal, resume, onProgress }),
            platform.capabilities.listLagMs,
            () => beat,
          );
          if (!(await platform.isFileReady(file.id))) {
            throw stillPending(`The platform is still checking ${name}.`, fileCheckMs);
          }
          return file;
        },
      );
    },
  };
}
