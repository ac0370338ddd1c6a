import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** A span as it came over the wire. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** 2 is an error. */
  readonly status: number;
}

/** A receiver of OTLP/HTTP with protobuf for tests. */
export interface OtlpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** Everything that was received, as text, to look for what must not be in it. */
  readonly bytes: () => string;
}

type Field = readonly [number: number, value: bigint | Buffer];

/** The fields of a protobuf message. https://protobuf.dev/programming-guides/encoding/ */
function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const take = (length: number): Buffer => {
    at += length;
    return message.subarray(at - length, at);
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = take(1)[0] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const [number, type] = [Number(key >> 3n), Number(key & 7n)];
    if (type === 0) yield [number, varint()];
    else if (type === 1) yield [number, take(8).readBigUInt64LE()];
    else if (type === 5) yield [number, BigInt(take(4).readUInt32LE())];
    else yield [number, take(Number(varint()))];
  }
}
const parts = (message: Buffer, wanted: number): Buffer[] =>
  [...fieldsOf(message)].flatMap(([number, value]) => (number === wanted && Buffer.isBuffer(value) ? [value] : []));
const first = (message: Buffer, wanted: number): bigint | Buffer | undefined =>
  [...fieldsOf(message)].find(([number]) => number === wanted)?.[1];
const text = (value: bigint | Buffer | undefined): string => (Buffer.isBuffer(value) ? value.toString() : "");
const hex = (value: bigint | Buffer | undefined): string => (Buffer.isBuffer(value) ? value.toString("hex") : "");
const milliseconds = (value: bigint | Buffer | undefined): number =>
  typeof value === "bigint" ? Number(value) / 1e6 : 0;

/** AnyValue: 1 string, 2 bool, 3 int, 4 double. */
function anyValue(any: Buffer): string | number | boolean {
  for (const [number, value] of fieldsOf(any)) {
    if (number === 1) return text(value);
    if (number === 2) return value === 1n;
    if (number === 3) return Number(value);
    if (number === 4 && typeof value === "bigint") {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(value);
      return bytes.readDoubleLE();
    }
  }
  return "";
}

/** Span of opentelemetry/proto/trace/v1/trace.proto. */
const spanOf = (message: Buffer): ReceivedSpan => ({
  traceId: hex(first(message, 1)),
  spanId: hex(first(message, 2)),
  parentSpanId: hex(first(message, 4)),
  name: text(first(message, 5)),
  startMs: milliseconds(first(message, 7)),
  endMs: milliseconds(first(message, 8)),
  attributes: Object.fromEntries(
    parts(message, 9).map((pair) => [text(first(pair, 1)), anyValue(parts(pair, 2)[0] ?? Buffer.alloc(0))]),
  ),
  status: Number(parts(message, 15).map((status) => first(status, 3) ?? 0n)[0] ?? 0n),
});

/** @param answer the status it answers with, or "<hang>" for never */
export async function startOtlpReceiver(answer: number | "<hang>" = 200): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  const bodies: Buffer[] = [];
  const server = createServer(async (req, res) => {
    const received: Buffer[] = [];
    for await (const part of req) received.push(part as Buffer);
    const raw = Buffer.concat(received);
    const body = req.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
    requests.push({ path: req.url ?? "", headers: req.headers });
    bodies.push(body);
    // ExportTraceServiceRequest → ResourceSpans → ScopeSpans → Span
    for (const resource of parts(body, 1))
      for (const scope of parts(resource, 2)) spans.push(...parts(scope, 2).map(spanOf));
    if (answer !== "<hang>") res.writeHead(answer, { "content-type": "application/x-protobuf" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    bytes: () => Buffer.concat(bodies).toString(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
