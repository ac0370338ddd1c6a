import { z } from "zod";
import { UnavailableError } from "../errors/errors.js";
import { AdaptiveGate } from "../models/adaptive-gate.js";
import { CircuitBreaker } from "../models/circuit-breaker.js";
import { Endpoint } from "../models/endpoint.js";
import { ModelError } from "../models/errors.js";
import { retrying } from "../models/retry.js";
import type { DetectOptions, Finding, PiiDetector, PiiKind } from "./detector.js";
import { resolveOverlaps } from "./korean-detector.js";
import { windowsOf } from "./text-windows.js";

export interface PresidioDetectorOptions {
  url: string;
  /** Findings below this score are dropped. Default 0.5: an RRN without a right check digit (2020 on) has just that. */
  threshold?: number;
  /** Requests under way at once. Default 4. */
  inFlight?: number;
  /** Time limit of one request. Default 30 s. */
  timeoutMs?: number;
  /** No further attempt begins after this. Default 60 s. */
  deadlineMs?: number;
}

/** Presidio's names of the kinds that the product knows; what else it finds (URL, PERSON, DATE_TIME) is not masked. */
const KINDS: Readonly<Record<string, PiiKind>> = {
  KR_RRN: "KR_RRN",
  KR_FRN: "KR_FRN",
  KR_BRN: "KR_BRN",
  KR_PASSPORT: "KR_PASSPORT",
  KR_DRIVER_LICENSE: "KR_DRIVER_LICENSE",
  PHONE_NUMBER: "PHONE_NUMBER",
  CREDIT_CARD: "CREDIT_CARD",
  IBAN_CODE: "IBAN",
  EMAIL_ADDRESS: "EMAIL",
  IP_ADDRESS: "IP_ADDRESS",
  US_SSN: "US_SSN",
};
const MAX_TEXTS = 32;
const MAX_CHARACTERS = 60_000;
/** Client errors come as 500 too, so trying for long is of no use. */
const ATTEMPTS = 5;

const answer = z.array(
  z.array(
    z.object({
      entity_type: z.string(),
      start: z.int().nonnegative(),
      end: z.int().nonnegative(),
      score: z.number(),
    }),
  ),
);
type Found = z.output<typeof answer>[number];

interface Waiting {
  text: string;
  resolve: (found: Found) => void;
  reject: (error: unknown) => void;
}

/**
 * The detector over Presidio's analyzer (`POST /analyze`). Texts that are asked for in one turn travel together, 32 at most; long
 * ones in overlapping windows. Never tells what the service said: its errors may hold the text.
 */
export function createPresidioDetector(options: PresidioDetectorOptions): PiiDetector {
  const { url, threshold = 0.5, inFlight = 4, timeoutMs = 30_000, deadlineMs = 60_000 } = options;
  const endpoint = new Endpoint({ url, name: "the detector of personal data" });
  const breaker = new CircuitBreaker("the detector of personal data");
  const gate = new AdaptiveGate(inFlight);
  const waiting: Record<"ko" | "en", Waiting[]> = { ko: [], en: [] };
  let scheduled = false;

  async function send(language: "ko" | "en", batch: readonly Waiting[]): Promise<void> {
    const body = { text: batch.map(({ text }) => text), language, score_threshold: threshold };
    const call = () => breaker.run(() => endpoint.json("/analyze", body, answer, { timeoutMs }));
    try {
      const found = await gate.run(() =>
        retrying(call, {
          deadlineMs,
          attempts: ATTEMPTS,
          onRetry: (error) => {
            if (error.code === "OVERLOADED") gate.overloaded();
          },
        }),
      );
      if (found.length !== batch.length) throw unavailable(undefined);
      for (const [index, { resolve }] of batch.entries()) resolve(found[index] as Found);
    } catch (error) {
      for (const { reject } of batch) reject(unavailable(error));
    }
  }

  function flush(): void {
    scheduled = false;
    for (const language of ["ko", "en"] as const) {
      const texts = waiting[language].splice(0);
      for (let from = 0; from < texts.length; ) {
        let [to, characters] = [from, 0];
        do characters += (texts[to++] as Waiting).text.length;
        while (
          to < texts.length &&
          to - from < MAX_TEXTS &&
          characters + (texts[to] as Waiting).text.length <= MAX_CHARACTERS
        );
        void send(language, texts.slice(from, to));
        from = to;
      }
    }
  }

  const analyze = (text: string, language: "ko" | "en"): Promise<Found> =>
    new Promise((resolve, reject) => {
      waiting[language].push({ text, resolve, reject });
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    });

  return {
    async detect(text: string, { signal }: DetectOptions = {}): Promise<Finding[]> {
      signal?.throwIfAborted();
      // An empty text is answered with 500.
      if (text.trim() === "") return [];
      // By the text, not by its document: Korean recognizers read Latin text as well, but no others are told of Korean.
      const language = /[가-힣]/.test(text) ? "ko" : "en";
      const findings: Finding[] = [];
      const windows = windowsOf(text);
      const answers = await abandonable(Promise.all(windows.map((window) => analyze(window.text, language))), signal);
      for (const [index, window] of windows.entries()) {
        const at = codeUnitsOf(window.text);
        for (const found of answers[index] ?? []) {
          const kind = KINDS[found.entity_type];
          const [start, end] = [at(found.start), at(found.end)];
          if (start === undefined || end === undefined || start >= end) throw unavailable(undefined);
          if (kind && found.score >= threshold)
            findings.push({
              start: window.start + start,
              end: window.start + end,
              kind,
              score: Math.min(1, found.score),
            });
        }
      }
      return resolveOverlaps(findings);
    },
  };
}

/** Presidio counts code points; we count UTF-16 code units. Undefined beyond the text's end. */
function codeUnitsOf(text: string): (codePoint: number) => number | undefined {
  if (!/[\uD800-\uDBFF]/.test(text)) return (codePoint) => (codePoint <= text.length ? codePoint : undefined);
  const at: number[] = [0];
  for (const character of text) at.push((at.at(-1) as number) + character.length);
  return (codePoint) => at[codePoint];
}

function unavailable(cause: unknown): UnavailableError {
  const status = cause instanceof ModelError && cause.status !== undefined ? ` (${cause.status})` : "";
  return new UnavailableError("PII_DETECTOR", `The detector of personal data does not answer as it should${status}.`);
}

/** Ends the wait when the signal fires; the request, which others may share, has its own limits. */
function abandonable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

/** Findings of all detectors together: what any of them finds is a finding. */
export function createCombinedDetector(detectors: readonly PiiDetector[]): PiiDetector {
  return {
    async detect(text, options) {
      return resolveOverlaps((await Promise.all(detectors.map((one) => one.detect(text, options)))).flat());
    },
  };
}
