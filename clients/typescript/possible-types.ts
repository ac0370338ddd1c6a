/** The types behind each interface, as Apollo Client's cache wants them: `new InMemoryCache({ possibleTypes })`. */
export const possibleTypes = {
  Problem: ["NotFound", "InvalidInput", "Conflict", "NotAllowed", "QuotaExceeded", "Unavailable"],
  AnswerEvent: ["AnswerStage", "AnswerDelta", "AnswerCitation", "AnswerCompleted", "AnswerCancelled", "AnswerFailed"],
  Node: ["Answer", "Chunk", "Conversation", "Dataset", "Deletion", "Document", "Entity"],
};
