/** A message of an example of an example that passed the checks; roles are those of the chat API. */
export interface ChatMessage {
  readonly role: string;
  readonly content?: string | readonly unknown[] | null;
  readonly name?: string;
  /** 0 for an answer that is not to be learnt. */
  readonly weight?: number;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly unknown[];
  readonly function_call?: unknown;
}

/** An example for supervised training in the chat format; further fields are a grader's. */
export interface ChatExample {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly unknown[];
  readonly functions?: readonly unknown[];
  readonly [field: string]: unknown;
}

/** A pair for preference training; its outputs are of one message each. */
export interface PreferencePair {
  readonly input: Pick<ChatExample, 'messages' | 'tools'>;
  readonly preferred_output: readonly [ChatMessage];
  readonly non_preferred_output: readonly [ChatMessage];
  readonly [field: string]: unknown;
}
