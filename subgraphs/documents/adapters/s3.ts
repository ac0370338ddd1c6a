import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { UnavailableError } from "../../../platform/errors/errors.js";
import type { ObjectStore } from "../ports.js";

export interface S3Options {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
}

/** Milliseconds one call may take; reading a body has its own signal. */
const CALL_MS = 15_000;
const COPY_MS = 60_000;

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** Names a file for download in every browser, whatever its script. RFC 6266, RFC 8187. */
const attachment = (fileName: string): string =>
  `attachment; filename*=UTF-8''${encodeURIComponent(fileName).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`;

/** Files in any S3-compatible store. */
export function createS3(options: S3Options): ObjectStore & { close(): void } {
  const client = new S3Client({
    endpoint: options.endpoint,
    region: options.region,
    forcePathStyle: true,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    maxAttempts: 3,
    // A checksum in the signed URL would have to be computed by the client before it may upload.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: 5000, requestTimeout: COPY_MS },
  });
  const Bucket = options.bucket;

  /** Runs one call within its time limit; the store being away is told apart from the object being absent. */
  async function call<T>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
    ms = CALL_MS,
  ): Promise<T> {
    const limit = AbortSignal.timeout(ms);
    try {
      return await work(signal ? AbortSignal.any([signal, limit]) : limit);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (statusOf(error) === 404) throw error;
      throw new UnavailableError("STORAGE", "The file store does not answer just now. Try again shortly.", {
        cause: error,
      });
    }
  }

  const removeKeys = async (keys: readonly string[], signal?: AbortSignal): Promise<void> => {
    for (let i = 0; i < keys.length; i += 1000) {
      const Objects = keys.slice(i, i + 1000).map((Key) => ({ Key }));
      const answer = await call(signal, (abortSignal) =>
        client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }), { abortSignal }),
      );
      if (answer.Errors?.length)
        throw new UnavailableError("STORAGE", `The file store could not remove ${answer.Errors.length} objects.`);
    }
  };

  return {
    async signedPut(key, { mimeType, size, expiresInSeconds }) {
      const command = new PutObjectCommand({ Bucket, Key: key, ContentType: mimeType, ContentLength: size });
      const url = await getSignedUrl(client, command, {
        expiresIn: expiresInSeconds,
        signableHeaders: new Set(["host", "content-type", "content-length"]),
      });
      // Every client sends the length by itself, and browsers let nobody set it.
      return { url, headers: { "content-type": mimeType } };
    },
    signedGet: (key, { expiresInSeconds, fileName }) =>
      getSignedUrl(
        client,
        new GetObjectCommand({
          Bucket,
          Key: key,
          ...(fileName ? { ResponseContentDisposition: attachment(fileName) } : {}),
        }),
        { expiresIn: expiresInSeconds },
      ),
    async size(key, signal) {
      try {
        const head = await call(signal, (abortSignal) =>
          client.send(new HeadObjectCommand({ Bucket, Key: key }), { abortSignal }),
        );
        return head.ContentLength ?? 0;
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    async *list(prefix, signal) {
      for (let StartAfter: string | undefined; ; ) {
        const page = await call(signal, (abortSignal) =>
          client.send(
            new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: 1000, ...(StartAfter ? { StartAfter } : {}) }),
            { abortSignal },
          ),
        );
        const keys = (page.Contents ?? []).flatMap((object) => object.Key ?? []);
        yield* keys;
        StartAfter = keys.at(-1);
        if (!page.IsTruncated || !StartAfter) return;
      }
    },
    async copy(from, to, signal) {
      const CopySource = `${Bucket}/${from.split("/").map(encodeURIComponent).join("/")}`;
      try {
        await call(
          signal,
          (abortSignal) => client.send(new CopyObjectCommand({ Bucket, Key: to, CopySource }), { abortSignal }),
          COPY_MS,
        );
        return true;
      } catch (error) {
        if (statusOf(error) === 404) return false;
        throw error;
      }
    },
    async read(key, { maxBytes, signal }) {
      const answer = await call(signal, (abortSignal) =>
        client.send(new GetObjectCommand({ Bucket, Key: key }), { abortSignal }),
      );
      const body = answer.Body;
      if (!(body instanceof Readable)) throw new UnavailableError("STORAGE", "The file store answered without a body.");
      if ((answer.ContentLength ?? 0) > maxBytes) {
        body.destroy();
        throw new RangeError(`the object is larger than ${maxBytes} bytes`);
      }
      const onAbort = (): void => void body.destroy(signal.reason as Error);
      signal.addEventListener("abort", onAbort, { once: true });
      body.once("close", () => signal.removeEventListener("abort", onAbort));
      return body;
    },
    async write(key, body, mimeType, signal) {
      await call(
        signal,
        (abortSignal) =>
          client.send(new PutObjectCommand({ Bucket, Key: key, Body: body, ContentType: mimeType }), { abortSignal }),
        COPY_MS,
      );
    },
    remove: removeKeys,
    async removeAll(prefix, signal) {
      if (!prefix.endsWith("/")) throw new Error("a prefix to remove ends in a slash");
      let removed = 0;
      for (;;) {
        const page = await call(signal, (abortSignal) =>
          client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: 1000 }), { abortSignal }),
        );
        const keys = (page.Contents ?? []).flatMap((object) => object.Key ?? []);
        if (keys.length === 0) return removed;
        await removeKeys(keys, signal);
        removed += keys.length;
      }
    },
    async ping() {
      await call(undefined, (abortSignal) => client.send(new HeadBucketCommand({ Bucket }), { abortSignal }), 5000);
    },
    close: () => client.destroy(),
  };
}
