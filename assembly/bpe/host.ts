// What the module is given when it is made (`src/datasets/bpe/kernel.ts`).

/** 1 for o200k_base, 0 for cl100k_base. */
export declare const modern: i32;
/** Tokens of a piece that is too long to be remembered here. */
export declare function countLong(start: usize, end: usize): i32;
