/** The stages of indexing, in order; EMBED, INDEX and EXTRACT belong to other rooms. */
export const STAGES = ["STORE", "PARSE", "CHUNK", "MASK", "EMBED", "INDEX", "EXTRACT", "FINISH"] as const;
export type Stage = (typeof STAGES)[number];
