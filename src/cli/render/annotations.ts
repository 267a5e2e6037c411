import type { Problem } from '../../datasets/index.ts';

/**
 * Problems as commands that GitHub Actions turns into annotations of a pull request, a line each. GitHub shows ten errors
 * and ten warnings of a step: docs.github.com/actions/reference/workflows-and-actions/workflow-commands.
 */
export function githubAnnotations(file: string, problems: readonly Problem[]): string[] {
  return problems.map(({ code, severity, line, path, message }) => {
    const properties = { file, ...(line === undefined ? {} : { line }), title: code };
    const told = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
    return `::${severity} ${told.join(',')}::${text(path ? `${path}: ${message}` : message)}`;
  });
}

function text(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(value: string): string {
  return text(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
