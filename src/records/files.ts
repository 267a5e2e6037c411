import { randomBytes } from 'node:crypto';
import type { ArtifactRef } from '../contract/artifact.ts';
import type { Database } from './database.ts';
import type { FileRow } from './tables.ts';
import { fromJson, now, text, toJson } from './values.ts';

/** A file that a program has uploaded to the gateway. */
export interface UploadedFile {
  id: string;
  /** ISO time. */
  createdAt: string;
  filename: string;
  purpose: string;
  content: ArtifactRef;
}

export interface FileRecords {
  /** @param by the name of the key with which it came */
  addFile(file: Pick<UploadedFile, 'filename' | 'purpose' | 'content'>, by: string | undefined): Promise<UploadedFile>;
  /** Undefined when there is none. */
  getFile(id: string): Promise<UploadedFile | undefined>;
  /** By time; at most `limit`, behind the file `after`. */
  listFiles(query: {
    limit: number;
    order: 'asc' | 'desc';
    purpose?: string | undefined;
    after?: string | undefined;
  }): Promise<UploadedFile[]>;
  /** Whether there was one; its content stays in the artifact store. */
  removeFile(id: string): Promise<boolean>;
  /** Keeps a part of an upload; answers its id. */
  addPart(upload: string, content: ArtifactRef): Promise<string>;
  /** Those parts of the upload that there are, by id. */
  partsOf(upload: string): Promise<Map<string, ArtifactRef>>;
}

export function fileRecords(db: Database): FileRecords {
  const one = async (id: string): Promise<FileRow | undefined> =>
    await db.selectFrom('files').selectAll().where('id', '=', id).executeTakeFirst();

  return {
    async addFile({ filename, purpose, content }, by) {
      const row: FileRow = {
        id: `file-${randomBytes(12).toString('hex')}`,
        created_at: now(),
        created_by: by ?? null,
        filename: text(filename),
        purpose,
        content: toJson(content),
      };
      await db.insertInto('files').values(row).execute();
      return fileOf(row);
    },

    async getFile(id) {
      const row = await one(id);
      return row && fileOf(row);
    },

    async listFiles({ limit, order, purpose, after }) {
      const last = after === undefined ? undefined : await one(after);
      let select = db.selectFrom('files').selectAll().orderBy('created_at', order).orderBy('id', order).limit(limit);
      if (purpose !== undefined) select = select.where('purpose', '=', purpose);
      if (last) {
        const behind = order === 'asc' ? '>' : '<';
        select = select.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('created_at', 'id'), behind, tuple(last.created_at, last.id)),
        );
      }
      return (await select.execute()).map(fileOf);
    },

    async removeFile(id) {
      return (await db.deleteFrom('files').where('id', '=', id).executeTakeFirst()).numDeletedRows > 0n;
    },

    async addPart(upload, content) {
      const id = `part_${randomBytes(12).toString('hex')}`;
      await db
        .insertInto('parts')
        .values({ id, upload, content: toJson(content) })
        .execute();
      return id;
    },

    async partsOf(upload) {
      const rows = await db.selectFrom('parts').selectAll().where('upload', '=', upload).execute();
      return new Map(rows.map(({ id, content }) => [id, fromJson<ArtifactRef>(content)]));
    },
  };
}

function fileOf({ id, created_at: createdAt, filename, purpose, content }: FileRow): UploadedFile {
  return { id, createdAt, filename, purpose, content: fromJson(content) };
}
