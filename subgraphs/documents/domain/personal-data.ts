import { hasRole, type Viewer } from "../../../platform/auth/viewer.js";
import type { PiiDetector } from "../../../platform/pii/detector.js";
import { addCounts, type PiiCounts } from "../../../platform/pii/mask.js";
import { maskElements, maskMetadata } from "../../../platform/pii/mask-elements.js";
import type { PiiTally } from "./document.js";
import type { DocumentFailure } from "./failure.js";
import type { ParseResult } from "./parser.js";
import type { PiiPolicy } from "./pii-policy.js";
import { type Refusal, refused } from "./refusal.js";

/** Why the viewer may not set the policy; undefined when they may. Making personal data readable takes an admin. */
export function policyRefusal(viewer: Viewer, policy: PiiPolicy): { refusal: Refusal } | undefined {
  if (policy !== "KEEP" || hasRole(viewer, "admin")) return undefined;
  return refused({ kind: "NOT_ALLOWED", requires: "the role admin, to keep personal data readable" });
}

/** A parsed document as it may be stored: what its data set does not allow to be read is gone. */
export interface TreatedDocument extends ParseResult {
  readonly piiPolicy: PiiPolicy;
  /** What was found, whatever became of it. */
  readonly pii: PiiTally;
  /** The file's name, for the rooms that index. */
  readonly name: string;
}

/** The document holds personal data and its data set refuses such documents; `pii` says how much of which kind. */
export const personalDataRefused = (): DocumentFailure => ({
  stage: "MASK",
  code: "PERSONAL_DATA",
  message: "The document holds personal data, which its data set does not take.",
  action: "Remove what `pii` counts and upload the file again, or use a data set that masks personal data.",
  retryable: false,
});

const languageOf = (language: string | undefined): "ko" | "en" | "other" =>
  language?.startsWith("ko") ? "ko" : language?.startsWith("en") ? "en" : "other";

/**
 * Applies a policy to a document: elements, title and file name. Under REFUSE the result is masked like under MASK; the caller
 * refuses it when `pii` holds anything. Rejects when the detector does.
 */
export async function treatPersonalData(
  parsed: ParseResult,
  fileName: string,
  policy: PiiPolicy,
  detector: PiiDetector,
  signal: AbortSignal,
): Promise<TreatedDocument> {
  const options = { language: languageOf(parsed.language), signal };
  const body = await maskElements(parsed.elements, detector, options);
  const title = parsed.title ?? parsed.elements.find((element) => element.type === "Title")?.text ?? null;
  const card = await maskMetadata({ name: fileName, title }, detector, options);
  const pii: PiiCounts = addCounts(body.counts, card.counts);
  const { title: _, elements, ...rest } = parsed;
  const of = (content: Pick<ParseResult, "elements">, name: string, shownTitle: string | null): TreatedDocument => ({
    ...rest,
    ...content,
    ...(shownTitle === null ? {} : { title: shownTitle }),
    name,
    piiPolicy: policy,
    pii,
  });
  if (policy === "KEEP") return of({ elements }, fileName, title);
  const kept =
    policy === "DROP"
      ? body.elements.filter(
          ({ text, html }, index) => text === elements[index]?.text && html === elements[index]?.html,
        )
      : body.elements;
  return of({ elements: kept }, card.metadata.name ?? fileName, card.metadata.title);
}
