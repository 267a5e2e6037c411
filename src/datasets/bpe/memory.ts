const slotCount = 2 ** 16;
const mostRemembered = slotCount / 2;
const longestRemembered = 40;

/** The token counts of pieces that were met before: words come again and again. */
export interface PieceMemory {
  /** 0 for a piece that is not remembered. */
  find(bytes: Uint8Array, start: number, end: number): number;
  /** Remembers the piece that was just looked for; long ones are not. */
  keep(bytes: Uint8Array, start: number, end: number, tokens: number): void;
}

/** A hash table with open addressing over a store of the pieces' bytes, emptied when it is half full. */
export function pieceMemory(): PieceMemory {
  const mask = slotCount - 1;
  // Two words a slot, side by side: where the bytes are, and length and count in one; 0 for a slot that holds nothing.
  const slots = new Uint32Array(2 * slotCount);
  const store = new Uint8Array(mostRemembered * longestRemembered);
  let used = 0;
  let stored = 0;
  /** The empty slot at which the last search ended. */
  let free = 0;

  return {
    find(bytes, start, end) {
      const length = end - start;
      if (length > longestRemembered) return 0;
      let hash = length;
      for (let i = start; i < end; i++) hash = Math.imul(hash, 0x01000193) ^ (bytes[i] as number);
      hash = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1);
      for (let slot = (hash ^ (hash >>> 13)) & mask; ; slot = (slot + 1) & mask) {
        const known = slots[2 * slot + 1] as number;
        if (known === 0) {
          free = slot;
          return 0;
        }
        if (known >>> 16 !== length) continue;
        let place = slots[2 * slot] as number;
        let i = start;
        while (i < end && store[place] === bytes[i]) {
          i++;
          place++;
        }
        if (i === end) return known & 0xffff;
      }
    },
    keep(bytes, start, end, tokens) {
      if (end - start > longestRemembered) return;
      if (used >= mostRemembered) {
        slots.fill(0);
        used = 0;
        stored = 0;
        return;
      }
      used += 1;
      slots[2 * free] = stored;
      slots[2 * free + 1] = ((end - start) << 16) | tokens;
      for (let i = start; i < end; i++) store[stored++] = bytes[i] as number;
    },
  };
}
