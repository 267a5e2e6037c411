/** A call of a tool, as the chat protocol has it; its arguments are JSON, or what a model took for it. */
export interface ToolCall {
  id?: string;
  type?: string;
  function: { name: string; arguments: string };
}
