import type { z } from "zod";
import { ModelError } from "./errors.js";

/** What is kept of an error's body: enough to say why, never the whole input echoed back. */
const ERROR_TEXT_LIMIT = 300;

export interface EndpointOptions {
  /** Base URL, without a trailing path. */
  url: string;
  /** Sent as a bearer token. */
  apiKey?: string | undefined;
  /** Names the server in errors, in place of its address. */
  name: string;
}

export interface CallLimits {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** An error's text in the shapes of TEI (`{error}`), OpenAI (`{error: {message}}`) and plain text. */
function errorText(body: string): string {
  try {
    const parsed = JSON.parse(body) as { error?: string | { message?: string }; message?: string };
    const text = typeof parsed.error === "string" ? parsed.error : (parsed.error?.message ?? parsed.message);
    if (typeof text === "string") return text.slice(0, ERROR_TEXT_LIMIT);
  } catch {
    // not JSON: the text itself
  }
  return body.slice(0, ERROR_TEXT_LIMIT);
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 60) * 1000 : undefined;
}

const SAYS_TOO_LONG = /must have less than \d+ tokens|maximum context length|longer than the (maximum )?model/i;

function refusal(name: string, response: Response, body: string): ModelError {
  const text = errorText(body);
  const message = `${name} answered ${response.status}: ${text}`;
  const retryAfterMs = retryAfter(response);
  const details = { status: response.status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (response.status === 429) return new ModelError("OVERLOADED", message, details);
  if (response.status >= 500 || response.status === 408) return new ModelError("UNAVAILABLE", message, details);
  if (SAYS_TOO_LONG.test(text)) return new ModelError("TOO_LONG", message, details);
  return new ModelError("REJECTED", message, details);
}

/** HTTP to one model server: kept-alive connections (the runtime's pool), a time limit on each call, typed failures. */
export class Endpoint {
  readonly name: string;
  private readonly base: string;
  private readonly headers: Record<string, string>;

  constructor({ url, apiKey, name }: EndpointOptions) {
    this.name = name;
    this.base = url.replace(/\/+$/, "");
    this.headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  }

  /**
   * Sends JSON (or GETs, without a body) and returns the response once its status is a success.
   * @throws ModelError for anything else, `signal.reason` when the caller aborted.
   */
  async open(path: string, body: unknown, { timeoutMs, signal }: CallLimits): Promise<Response> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new ModelError("TIMEOUT", this.late(timeoutMs))), timeoutMs);
    const either = signal ? AbortSignal.any([signal, controller.signal]) : controller.signal;
    try {
      const response = await fetch(this.base + path, {
        method: body === undefined ? "GET" : "POST",
        headers: body === undefined ? this.headers : { ...this.headers, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: "error",
        signal: either,
      });
      if (response.ok) return response;
      throw refusal(this.name, response, await response.text());
    } catch (error) {
      throw this.failure(error, signal);
    } finally {
      clearTimeout(timer);
    }
  }

  /** As `open`, with the whole body read and checked within the same time limit. */
  async json<T>(path: string, body: unknown, schema: z.ZodType<T>, { timeoutMs, signal }: CallLimits): Promise<T> {
    const limit = AbortSignal.timeout(timeoutMs);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      const response = await this.open(path, body, { timeoutMs, signal: either });
      const parsed = schema.safeParse(await response.json());
      if (parsed.success) return parsed.data;
      const issue = parsed.error.issues[0];
      const where = `${path}: ${issue?.path.join(".")}: ${issue?.message}`;
      throw new ModelError("REJECTED", `${this.name} answered in an unknown shape (${where})`);
    } catch (error) {
      if (limit.aborted && !signal?.aborted) throw new ModelError("TIMEOUT", this.late(timeoutMs));
      throw this.failure(error, signal);
    }
  }

  /** The error as the ports promise it. */
  failure(error: unknown, signal?: AbortSignal): unknown {
    if (signal?.aborted) return signal.reason;
    if (error instanceof ModelError) return error;
    const cause = (error as { cause?: { code?: string } }).cause?.code;
    return new ModelError("UNAVAILABLE", `${this.name} cannot be reached${cause ? ` (${cause})` : ""}`, {
      cause: error,
    });
  }

  private late = (timeoutMs: number): string => `${this.name} did not answer within ${timeoutMs} ms`;
}
