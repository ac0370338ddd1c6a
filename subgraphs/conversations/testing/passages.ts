import type { Passage, RetrievedPassage } from "../domain/answer.js";

/** A passage for a test; what matters there is given. */
export const passage = (fields: Partial<Passage> & { text: string }): Passage => ({
  chunkId: "chk_1",
  documentId: "doc_1",
  fileName: "규정.pdf",
  documentVersion: 1,
  effectiveDate: null,
  pages: [1],
  boxes: [],
  headingPath: [],
  elementType: "NARRATIVE_TEXT",
  score: 1,
  ...fields,
});

/** Passages as they stand in a prompt, numbered from 1. */
export const numbered = (...texts: string[]): RetrievedPassage[] =>
  texts.map((text, i) => ({
    ...passage({ text, chunkId: `chk_${i + 1}`, documentId: `doc_${i + 1}` }),
    marker: i + 1,
    supersededBy: null,
  }));
