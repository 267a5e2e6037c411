import type { Context } from './context.ts';

/** The embedded stack as one command uses it. */
export interface EmbeddedStack {
  /** Leads to the stack. */
  context: Context;
  /** The stack ends with this command. */
  owned: boolean;
  /** Ends what this command has started. */
  stop(): Promise<void>;
}

/** Starts the stack of this folder, or uses the one that is up. Throws what `startStack` does. */
export async function embeddedStack(context: Context): Promise<EmbeddedStack> {
  const { settings, out } = context;
  if (settings.stack) {
    out.note(`The embedded stack of ${settings.home} is up already and is used.`);
    return { context, owned: false, stop: async () => undefined };
  }
  const running = await context.startStack({ home: settings.home, env: context.env, log: out.note });
  try {
    const inside = await context.renewed();
    return {
      context: inside,
      owned: true,
      async stop() {
        await inside.close();
        await running.stop();
      },
    };
  } catch (error) {
    await running.stop();
    throw error;
  }
}
