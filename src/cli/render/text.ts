/** Styles of `node:util` that are used here. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
/** Gives text a style where there are colours. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

/** Control characters, and those that turn the direction of what follows them. */
const control = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

/** Text from outside as one line that moves no cursor and changes no colour. */
export function clean(text: string): string {
  return text.replace(control, ' ');
}

/** The same for text of several lines. */
export function cleanLines(text: string): string {
  return text.split('\n').map(clean).join('\n');
}

/** Text cut to a width in characters. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** Width of a text in characters. */
export function widthOf(text: string): number {
  return [...text].length;
}
