/** Runs of letters, digits and _, and runs of what is neither these nor white space: NLTK's `wordpunct_tokenize`. */
export function wordPunctTokens(text: string): string[] {
  return text.match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]+/gu) ?? [];
}

/** As Google's ROUGE reads a text: lower-case runs of Latin letters without accents and digits, and nothing else. */
export function rougeTokens(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}
