/** The kinds of personal data that the product masks. A mask shows the kind: `[PHONE_NUMBER]`. */
export const PII_KINDS = [
  "KR_RRN",
  "KR_FRN",
  "KR_BRN",
  "KR_PASSPORT",
  "KR_DRIVER_LICENSE",
  "KR_BANK_ACCOUNT",
  "PHONE_NUMBER",
  "CREDIT_CARD",
  "IBAN",
  "EMAIL",
  "IP_ADDRESS",
  "US_SSN",
] as const;

export type PiiKind = (typeof PII_KINDS)[number];

/** Personal data at [start, end) UTF-16 code units of the text given to the detector; score 0..1. */
export interface Finding {
  start: number;
  end: number;
  kind: PiiKind;
  score: number;
}

export interface DetectOptions {
  language?: "ko" | "en" | "other" | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Finds personal data. Findings come back ordered by start and do not overlap.
 * Rejects only when aborted or, for a remote detector, when it cannot be reached: never with a part of the findings.
 */
export interface PiiDetector {
  detect(text: string, options?: DetectOptions): Promise<Finding[]>;
}
