import { z } from 'zod';

/**
 * One line a problem: `data.train: expected string`.
 *
 * @param schema where it is given, the fields that there are stand beside those that there are not
 */
export function describeIssues(error: z.ZodError, schema?: z.ZodType): string {
  return error.issues
    .map((issue) => `${issue.path.join('.') || '(top level)'}: ${described(issue)}${known(issue, schema)}`)
    .join('\n');
}

/** What is wrong there; where there are several ways to be right, each of them. */
function described(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const ways = issue.errors.flatMap(([first]) => (first ? [[...first.path, described(first)].join(': ')] : []));
    return [...new Set(ways)].join(', or ');
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return `missing, expected ${issue.expected}`;
  }
  return issue.message.replace(/^Invalid input: /, '');
}

/** Of a JSON schema. */
interface Shape {
  properties?: Readonly<Record<string, Shape>>;
  items?: Shape;
}

function known({ code, path }: z.core.$ZodIssue, schema: z.ZodType | undefined): string {
  if (code !== 'unrecognized_keys' || !schema) return '';
  let at = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
  for (const step of path) at = (typeof step === 'number' ? at.items : at.properties?.[String(step)]) ?? {};
  const fields = Object.keys(at.properties ?? {});
  return fields.length === 0 ? '' : `; there are ${fields.join(', ')}`;
}
