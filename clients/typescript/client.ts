import {
  AnswerStreamDocument,
  type AnswerStreamSubscription,
  CompleteUploadDocument,
  CreateUploadDocument,
  type DocumentFieldsFragment,
  IndexingProgressDocument,
  type IndexingProgressSubscription,
  type ProblemFieldsFragment,
} from "./generated/graphql.js";
import { type ResumeOptions, resumable } from "./resume.js";
import { ConnectionError, createTransport, type Transport, type TransportOptions } from "./transport.js";

export interface ClientOptions extends Omit<TransportOptions, "token"> {
  /** A token, or where to get a valid one: asked before each request, so that a long stream outlives a token. */
  readonly token: string | TransportOptions["token"];
}

/** One event of an answer's stream; switch on its `__typename`. */
export type AnswerEvent = AnswerStreamSubscription["answerStream"];
/** One step of indexing. */
export type IndexingEvent = IndexingProgressSubscription["indexingProgress"];
/** A mistake or a refusal, as data; switch on its `__typename` or `code`. */
export type Problem = ProblemFieldsFragment;

export interface FileToUpload {
  readonly datasetId: string;
  /** The file's name, 1 to 255 characters. */
  readonly name: string;
  /** A browser's File is a Blob; so is what `openAsBlob` of node:fs gives, which never holds the file in memory. */
  readonly bytes: Uint8Array<ArrayBuffer> | Blob;
  /** The type it is sent with; what it really is decides. Default: application/octet-stream. */
  readonly mimeType?: string;
  /** A JSON object of at most 16 KiB. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** A document of the data set, of which the file is to be the next version. */
  readonly replaces?: string;
}

/** What became of an upload: a document that is being indexed, or why there is none (then nothing is left behind). */
export type UploadOutcome =
  | { readonly document: DocumentFieldsFragment; readonly problem: null }
  | { readonly document: null; readonly problem: Problem };

export interface FollowAnswerOptions extends ResumeOptions {
  /** The last sequence already seen; 0 starts at the beginning. */
  readonly after?: number;
  /** Call the answer off when its last listener has left. A connection that breaks counts as leaving. */
  readonly cancelOnDisconnect?: boolean;
}

export interface FollowIndexingOptions extends ResumeOptions {
  /** The cursor of the last event already seen. */
  readonly after?: string;
}

/** A document's stream ends when its indexing does; a data set's goes on until the caller leaves. */
export type IndexingTarget = { readonly documentId: string } | { readonly datasetId: string };

export interface Client extends Transport {
  /**
   * Uploads one file: asks for a place, PUTs the bytes there, and starts indexing.
   * @throws ApiError, ConnectionError
   */
  uploadFile(file: FileToUpload, options?: { signal?: AbortSignal }): Promise<UploadOutcome>;
  /**
   * All events of an answer until its end, over as many connections as it takes: none missing, none twice. Returns without
   * an error when the signal aborts. @throws ApiError, ConnectionError when it cannot be taken up again
   */
  followAnswer(answerId: string, options?: FollowAnswerOptions): AsyncGenerator<AnswerEvent, void, undefined>;
  /** The steps of indexing, the present state first; resumes by itself like followAnswer. @throws ApiError, ConnectionError */
  followIndexing(
    target: IndexingTarget,
    options?: FollowIndexingOptions,
  ): AsyncGenerator<IndexingEvent, void, undefined>;
}

const LAST_ANSWER_EVENTS: ReadonlySet<string> = new Set(["AnswerCompleted", "AnswerCancelled", "AnswerFailed"]);
const UPLOAD_ATTEMPTS = 3;
const UPLOAD_TIMEOUT_MS = 300_000;

/** A client of one LLMFlow router, for browsers and Node 20 or newer: plain fetch, no dependencies. */
export function createClient(options: ClientOptions): Client {
  const { token } = options;
  const transport = createTransport({ ...options, token: typeof token === "string" ? () => token : token });

  async function* answerEvents(answerId: string, after: number, follow: FollowAnswerOptions) {
    const variables = { answerId, after, cancelOnDisconnect: follow.cancelOnDisconnect ?? false };
    for await (const { answerStream } of transport.subscribe(AnswerStreamDocument, variables, signalOf(follow)))
      yield answerStream;
    throw new ConnectionError("The answer's stream ended before the answer did.");
  }

  async function* indexingEvents(target: IndexingTarget, after: string | null, follow: FollowIndexingOptions) {
    const variables = after === null ? target : { ...target, after };
    for await (const { indexingProgress } of transport.subscribe(
      IndexingProgressDocument,
      variables,
      signalOf(follow),
    )) {
      // After a break at the very end the server tells the end again.
      if (indexingProgress.cursor !== after) yield indexingProgress;
    }
    if ("datasetId" in target) throw new ConnectionError("The data set's stream was closed by the server.");
  }

  return {
    ...transport,
    async uploadFile(
      { datasetId, name, bytes, mimeType = "application/octet-stream", metadata, replaces },
      { signal } = {},
    ) {
      const input = {
        datasetId,
        name,
        mimeType,
        size: bytes instanceof Blob ? bytes.size : bytes.byteLength,
        ...(metadata ? { metadata } : {}),
        ...(replaces ? { replaces } : {}),
      };
      const given = signal ? { signal } : {};
      const { createUpload } = await transport.execute(CreateUploadDocument, { input }, given);
      if (!createUpload.upload) return refusal(createUpload.problem);
      const { id, url, headers } = createUpload.upload;
      const pairs = headers.map((header): [string, string] => [header.name, header.value]);
      await putBytes(options.fetch ?? fetch, url, pairs, bytes, signal);
      const { completeUpload } = await transport.execute(CompleteUploadDocument, { uploadId: id }, given);
      return completeUpload.document
        ? { document: completeUpload.document, problem: null }
        : refusal(completeUpload.problem);
    },
    followAnswer: (answerId, follow = {}) =>
      resumable(
        (after) => answerEvents(answerId, after, follow),
        follow.after ?? 0,
        (event) => event.sequence,
        (event) => LAST_ANSWER_EVENTS.has(event.__typename),
        follow,
      ),
    followIndexing: (target, follow = {}) =>
      resumable<IndexingEvent, string | null>(
        (after) => indexingEvents(target, after, follow),
        follow.after ?? null,
        (event) => event.cursor,
        () => false,
        follow,
      ),
  };
}

const signalOf = ({ signal }: ResumeOptions): { signal?: AbortSignal } => (signal ? { signal } : {});

function refusal(problem: Problem | null): UploadOutcome {
  if (problem) return { document: null, problem };
  throw new ConnectionError("The router answered neither with a document nor with a problem.");
}

/** Sends the bytes to a presigned URL; a broken connection or a failing store is tried again. @throws ConnectionError */
async function putBytes(
  send: typeof fetch,
  url: string,
  headers: [string, string][],
  bytes: Uint8Array<ArrayBuffer> | Blob,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const limit = AbortSignal.timeout(UPLOAD_TIMEOUT_MS);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      const response = await send(url, { method: "PUT", headers, body: bytes, signal: either });
      await response.body?.cancel();
      if (response.ok) return;
      const isPassing = response.status >= 500 || response.status === 429;
      if (!isPassing || attempt === UPLOAD_ATTEMPTS)
        throw new ConnectionError(`The object store refused the file with status ${response.status}.`);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ConnectionError) throw error;
      if (attempt === UPLOAD_ATTEMPTS)
        throw new ConnectionError("The object store cannot be reached.", { cause: error });
    }
  }
}
