/** A text of at most so many characters; what was cut is told in their number. */
export function cut(text: string, characters: number): string {
  const all = [...text];
  if (all.length <= characters) return text;
  return `${all.slice(0, characters).join('')}… (${all.length - characters} more characters)`;
}
