const most = 1_000;

/** The same question asked again soon is answered from memory; failures are not kept. */
export function remembering<T>(ask: (question: string) => Promise<T>, forMs: number): (question: string) => Promise<T> {
  const answers = new Map<string, { answer: Promise<T>; until: number }>();
  return async (question) => {
    const now = performance.now();
    const kept = answers.get(question);
    if (kept && kept.until > now) return await kept.answer;
    const answer = ask(question);
    answers.delete(question);
    answers.set(question, { answer, until: now + forMs });
    answer.catch(() => answers.delete(question));
    const [oldest] = answers.keys();
    if (answers.size > most && oldest !== undefined) answers.delete(oldest);
    return await answer;
  };
}
