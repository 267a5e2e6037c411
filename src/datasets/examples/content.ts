import { type Finding, problemAt, warningAt } from '../problem.ts';
import { isBlank } from '../reading/blank.ts';
import { isRecord } from '../reading/json.ts';
import { checkImage } from './images.ts';

/** Whether a list of parts says nothing but white space. */
export function areBlankParts(content: unknown): boolean {
  if (!Array.isArray(content) || content.length === 0) return false;
  return content.every(
    (part) => isRecord(part) && part.type === 'text' && typeof part.text === 'string' && isBlank(part.text),
  );
}

/** Everything wrong with what was said: text, or a list of parts. */
export function checkContent(content: unknown, role: string, path: string): Finding[] {
  const isText = typeof content === 'string' && content !== '';
  if (isText && !isBlank(content)) return [];
  if (isText || areBlankParts(content)) {
    const message = 'There is nothing but white space, so that nothing is said. Add the text, or remove the message.';
    return [warningAt(path, 'blank_content', message)];
  }
  if (Array.isArray(content) && content.length > 0) {
    return content.flatMap((part, index) => checkPart(part, role, `${path}[${index}]`));
  }
  const is = typeof content === 'number' || typeof content === 'boolean' || isRecord(content);
  const message = is
    ? `The content is ${isRecord(content) ? 'an object' : `a ${typeof content}`}. Write it as text, or as a list of parts.`
    : 'There is no content: it must be text that is not empty, or a list of parts.';
  return [problemAt(path, 'missing_content', message)];
}

function checkPart(part: unknown, role: string, path: string): Finding[] {
  if (!isRecord(part)) {
    return [invalidPart(path, 'A part is an object with a type. Write text as {"type": "text", "text": "..."}.')];
  }
  const { type } = part;
  if (type === 'text') {
    return typeof part.text === 'string' ? [] : [invalidPart(path, 'A text part has its text in the field "text".')];
  }
  if (type === 'refusal' && role === 'assistant') {
    return typeof part.refusal === 'string'
      ? []
      : [invalidPart(path, 'A refusal part has its text in the field "refusal".')];
  }
  if (type === 'image_url') {
    const message = 'Images may stand in user messages only; platforms refuse this one. Move it.';
    return role === 'user' ? checkImage(part.image_url, path) : [problemAt(path, 'image_outside_user', message)];
  }
  return [
    invalidPart(
      path,
      `Content from ${role} has no part of this type; use text${role === 'user' ? ' or image_url' : ''}.`,
    ),
  ];
}

function invalidPart(path: string, message: string): Finding {
  return problemAt(path, 'invalid_content_part', message);
}
