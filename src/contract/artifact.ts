/** A reference to bytes in the artifact store. Everything too big for a workflow travels as one of these. */
export interface ArtifactRef {
  /** Hex SHA-256 of the content: its name, and the proof that it was not altered. */
  readonly sha256: string;
  readonly bytes: number;
  /** Where a person finds it: `file:///…` for a folder, `s3://…` for a bucket. */
  readonly uri: string;
}
