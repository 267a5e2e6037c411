import type { Visitor } from './xml.ts';

/** Gathers the text of elements such as a shared string: of all its runs, without phonetic remarks. */
export interface TextReader extends Required<Visitor> {
  /** What was gathered since the last call. */
  take(): string;
}

export function textReader(): TextReader {
  let gathered = '';
  let inText = false;
  let inPhonetic = false;
  return {
    open(name) {
      if (name === 't') inText = true;
      else if (name === 'rPh') inPhonetic = true;
    },
    text(text) {
      if (inText && !inPhonetic) gathered += text;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') inPhonetic = false;
    },
    take() {
      const text = unescaped(gathered);
      gathered = '';
      return text;
    },
  };
}

/** Characters that XML has not stand as `_x0000_`, by ECMA-376 part 1, 22.9.2.19. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
