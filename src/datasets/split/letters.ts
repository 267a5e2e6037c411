/** A text as its letters and digits alone, words apart by one space: what is left when case and punctuation say nothing. */
export function lettersOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
