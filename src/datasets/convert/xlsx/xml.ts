import { SaxesParser } from 'saxes';
import { maxRecordBytes } from '../row.ts';
import { damaged, tooLarge } from './archive.ts';

/** What is met in a part, in order; names are without prefix. */
export interface Visitor {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Visits the elements of XML, and yields after each piece of it. A document type is passed over, so that nothing it declares is
 * ever put in. Throws `source_unreadable` for what is no XML, and `invalid_data` where no element called `record` ends within
 * 16 Mi characters.
 */
export async function* visit(
  pieces: AsyncIterable<string>,
  name: string,
  record: string,
  visitor: Visitor,
): AsyncGenerator<undefined> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  let held = 0;
  parser.on('error', (error) => {
    throw damaged(name, error);
  });
  parser.on('opentag', (tag) => visitor.open?.(local(tag.name), tag.attributes));
  parser.on('text', (text) => visitor.text?.(text));
  parser.on('cdata', (text) => visitor.text?.(text));
  parser.on('closetag', (tag) => {
    const closed = local(tag.name);
    if (closed === record) held = 0;
    visitor.close?.(closed);
  });
  for await (const piece of pieces) {
    parser.write(piece);
    held += piece.length;
    if (held > maxRecordBytes) throw tooLarge(name, `a row or a text has over ${maxRecordBytes} characters`);
    yield;
  }
  parser.close();
}

/** Visits the elements of a part as {@link visit} does, to its end. */
export async function visitAll(
  pieces: AsyncIterable<string>,
  name: string,
  record: string,
  visitor: Visitor,
): Promise<void> {
  for await (const _ of visit(pieces, name, record, visitor));
}

/** A name without its prefix; some programs give all of them one. */
export function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
