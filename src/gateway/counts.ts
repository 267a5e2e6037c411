/** Who has answered, or not: what is not registered has neither model nor version. */
interface Origin {
  model?: string | undefined;
  version?: number | undefined;
  connection: string;
}

/** What the OpenAI-compatible routes count since the gateway was started. */
export interface Counts {
  /** What a caller was given. */
  answered(origin: Origin, status: number): void;
  /** A version that did not answer, and why. */
  failed(origin: Origin, trouble: string): void;
  /** In Prometheus' text format. */
  text(): string;
}

export function createCounts(): Counts {
  const answers = counter(
    'tunewright_gateway_answers_total',
    'Answers passed to callers of the OpenAI-compatible routes.',
  );
  const failures = counter(
    'tunewright_gateway_failures_total',
    'Attempts at which a version in service did not answer.',
  );
  return {
    answered: (origin, status) => answers.add({ ...labelsOf(origin), status: String(status) }),
    failed: (origin, trouble) => failures.add({ ...labelsOf(origin), trouble }),
    text: () => answers.text() + failures.text(),
  };
}

function labelsOf({ model = '', version, connection }: Origin): Record<string, string> {
  return { model, version: version === undefined ? '' : String(version), connection };
}

function counter(name: string, help: string) {
  const series = new Map<string, number>();
  return {
    add(labels: Record<string, string>): void {
      const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
      const key = `${name}{${pairs.join(',')}}`;
      series.set(key, (series.get(key) ?? 0) + 1);
    },
    text(): string {
      const lines = [...series].map(([key, count]) => `${key} ${count}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${lines.join('')}`;
    },
  };
}

/** Names of connections are free. */
function escaped(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
