import type OpenAI from 'openai';
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import { assistantText } from '../../datasets/index.ts';
import type { TrainingPlatform } from '../platform.ts';
import { named } from './errors.ts';
import { completionShape } from './shapes.ts';

/** Asks one question; the answer is text, or the canonical form of its tool calls. */
export function chat(client: OpenAI): Pick<TrainingPlatform, 'chat'> {
  return {
    async chat({ model, messages, tools, maxOutputTokens, seed, signal }) {
      const answer = await named('Asking the model', async () =>
        completionShape.parse(
          await client.chat.completions.create(
            {
              model,
              messages: messages.map(withoutWeight),
              ...(tools?.length ? { tools: tools as ChatCompletionTool[] } : {}),
              max_completion_tokens: maxOutputTokens,
              temperature: 0,
              seed,
            },
            { signal },
          ),
        ),
      );
      const message = answer.choices[0]?.message ?? {};
      return {
        text: assistantText(message),
        inputTokens: answer.usage?.prompt_tokens ?? 0,
        outputTokens: answer.usage?.completion_tokens ?? 0,
      };
    },
  };
}

/** `weight` belongs to training data; a chat request with it is refused. */
function withoutWeight(message: unknown): ChatCompletionMessageParam {
  const { weight: _, ...rest } = message as ChatCompletionMessageParam & { weight?: number };
  return rest;
}
