import { openAsBlob } from "node:fs";
import { ModelError } from "../../../../platform/models/errors.js";
import { retrying } from "../../../../platform/models/retry.js";
import { ParseFailure } from "../../domain/elements.js";
import { type UnstructuredElement, unstructuredAnswer } from "./answer.js";

export const STRATEGIES = ["auto", "fast", "hi_res", "ocr_only"] as const;
export type Strategy = (typeof STRATEGIES)[number];

export interface UnstructuredOptions {
  /** Base URL of the service. */
  url: string;
  apiKey?: string | undefined;
  /** One answer, in milliseconds: a long scan takes minutes. */
  timeoutMs?: number;
  /** Attempts at one request while the service is unreachable, overloaded or answers 502 to 504. */
  attempts?: number;
  /** Pause before the second attempt, doubled with each, in milliseconds. */
  retryBaseMs?: number;
  answerBytes?: number;
}

const DEFAULTS = { timeoutMs: 240_000, attempts: 4, retryBaseMs: 500, answerBytes: 128 * 1024 ** 2 };
const PATH = "/general/v0/general";
const REASON_LENGTH = 200;

export interface PartitionRequest {
  file: { path: string } | { content: Uint8Array };
  name: string;
  mimeType: string;
  strategy: Strategy;
  signal: AbortSignal;
}

async function readBounded(response: Response, most: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > most) throw new ParseFailure("too_large", "The document holds more text than is allowed.");
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** The service's own words, from `{"detail": …}` or the bare text. */
function reasonOf(body: string): string {
  try {
    const { detail } = JSON.parse(body) as { detail?: unknown };
    return (typeof detail === "string" ? detail : JSON.stringify(detail ?? body)).slice(0, REASON_LENGTH);
  } catch {
    return body.slice(0, REASON_LENGTH);
  }
}

function refusal(status: number, body: string): Error {
  const reason = reasonOf(body);
  if (status === 400) return new ParseFailure("unsupported", "This kind of file cannot be read.");
  if (status === 413) return new ParseFailure("too_large", "The file is too large.");
  if (status === 422 && /password|encrypt/i.test(reason))
    return new ParseFailure("encrypted", "The file is protected with a password.");
  if (status === 422) return new ParseFailure("corrupt", "The file is damaged: it cannot be opened.");
  if (status === 429) return new ModelError("OVERLOADED", `Unstructured answered 429: ${reason}`, { status });
  // 500 is its answer to a missing model as well: the same request would fail again, another strategy may not
  const code = status > 500 || status === 408 ? "UNAVAILABLE" : "REJECTED";
  return new ModelError(code, `Unstructured answered ${status}: ${reason}`, { status });
}

/** Speaks to one Unstructured service. */
export class UnstructuredClient {
  readonly #options: typeof DEFAULTS & { apiKey?: string | undefined };
  readonly #endpoint: string;

  constructor({ url, ...options }: UnstructuredOptions) {
    this.#endpoint = url.replace(/\/+$/, "") + PATH;
    this.#options = { ...DEFAULTS, ...options };
  }

  /**
   * The elements of a file. Throws `ParseFailure` for a file the service cannot read, `ModelError` when it does not work (code
   * `REJECTED` with status 500: not with this strategy), and the signal's reason.
   */
  partition(request: PartitionRequest): Promise<UnstructuredElement[]> {
    const { attempts, retryBaseMs, timeoutMs } = this.#options;
    return retrying(() => this.#ask(request), {
      deadlineMs: timeoutMs * 2,
      attempts,
      baseMs: retryBaseMs,
      signal: request.signal,
    });
  }

  /** The first answers take up to twenty seconds while the service loads its models: asked for before anybody waits. */
  async warmUp(signal: AbortSignal): Promise<void> {
    const content = Buffer.from("제1조(목적) 이 규정은 준비를 위한 것이다.\n\nThis text warms the service up.\n");
    await this.partition({ file: { content }, name: "warm-up.txt", mimeType: "text/plain", strategy: "auto", signal });
  }

  async #ask({ file, name, mimeType, strategy, signal }: PartitionRequest): Promise<UnstructuredElement[]> {
    signal.throwIfAborted();
    const form = new FormData();
    const blob =
      "path" in file
        ? await openAsBlob(file.path, { type: mimeType })
        : new Blob([Buffer.from(file.content)], { type: mimeType });
    form.append("files", blob, name);
    form.append("strategy", strategy);
    form.append("coordinates", "true");
    for (const language of ["kor", "eng"]) form.append("languages", language);
    const { timeoutMs, answerBytes, apiKey } = this.#options;
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(this.#endpoint, {
        method: "POST",
        body: form,
        redirect: "error",
        headers: { accept: "application/json", ...(apiKey === undefined ? {} : { "unstructured-api-key": apiKey }) },
        signal: AbortSignal.any([signal, late]),
      });
      const body = await readBounded(response, answerBytes);
      if (!response.ok) throw refusal(response.status, body);
      return understood(body);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (late.aborted) throw new ModelError("TIMEOUT", `Unstructured did not answer within ${timeoutMs} ms`);
      if (error instanceof ParseFailure || error instanceof ModelError) throw error;
      throw new ModelError("UNAVAILABLE", "Unstructured cannot be reached", { cause: error });
    }
  }
}

function understood(body: string): UnstructuredElement[] {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new ModelError("REJECTED", "Unstructured answered something that is not JSON");
  }
  const answer = unstructuredAnswer.safeParse(json);
  if (answer.success) return answer.data;
  const issue = answer.error.issues[0];
  throw new ModelError(
    "REJECTED",
    `Unstructured answered in an unknown shape (${issue?.path.join(".")}: ${issue?.message})`,
  );
}
