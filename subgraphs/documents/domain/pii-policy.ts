/**
 * What becomes of personal data in a data set's documents. MASK: values are replaced by their kind. DROP: the paragraph, list
 * item or table that holds one is left out. REFUSE: a document that holds one is not indexed. KEEP: values stay readable.
 */
export const PII_POLICIES = ["MASK", "DROP", "REFUSE", "KEEP"] as const;
export type PiiPolicy = (typeof PII_POLICIES)[number];
