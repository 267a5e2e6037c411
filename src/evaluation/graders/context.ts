import type { EvaluationItem, Sample } from '../sample.ts';
import type { RemoteAnswer } from './grader.ts';

export interface JudgeRequest {
  /** The run's when absent. */
  connection?: string | undefined;
  model: string;
  messages: readonly { role: string; content: string }[];
  /** A JSON schema that the answer is to have. */
  format: { name: string; schema: Readonly<Record<string, unknown>> };
  /** What is left out is left to the platform. */
  sampling: { temperature?: number; topP?: number; reasoningEffort?: string };
  maxOutputTokens: number;
  /** The run's when absent. */
  seed?: number | undefined;
}

export interface EmbedRequest {
  connection?: string | undefined;
  model: string;
  texts: readonly string[];
}

/** Code of a user's that grades; `close` ends its processes. */
export interface Script {
  /** Loads it, to see that it does. Throws `invalid_config`. */
  load(): Promise<void>;
  /** Throws `grader_failed`. */
  grade(item: EvaluationItem, sample: Sample): Promise<ScriptGrade>;
  close(): Promise<void>;
}

export interface ScriptGrade {
  score: number;
  reason?: string | undefined;
}

/** What graders can use of the world. Calls to platforms throw as platforms do. */
export interface GraderContext {
  ask(request: JudgeRequest, signal: AbortSignal): Promise<RemoteAnswer & { text: string }>;
  embed(
    request: EmbedRequest,
    signal: AbortSignal,
  ): Promise<RemoteAnswer & { vectors: readonly (readonly number[])[] }>;
  /** Starts at the first grade. Throws `grader_not_allowed`. */
  script(source: { python: string } | { module: string }): Script;
}
