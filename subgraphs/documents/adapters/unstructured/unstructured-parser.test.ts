import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLogger } from "../../../../platform/logging/logger.js";
import type { Parser } from "../../domain/parser.js";
import { samplePdf } from "../embedded-parser/testing/sample-pdf.js";
import { UnstructuredClient, type UnstructuredOptions } from "./client.js";
import { UnstructuredParser, type UnstructuredParserOptions } from "./unstructured-parser.js";

interface Asked {
  file: File;
  fields: Record<string, string[]>;
  key: string | undefined;
}

/** A service that answers as it is told, over real HTTP. */
async function serviceThat(answer: (asked: Asked, response: ServerResponse, attempt: number) => void) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const form = await new Response(Buffer.concat(parts), {
      headers: { "content-type": request.headers["content-type"] ?? "" },
    }).formData();
    const texts = [...form].filter((entry): entry is [string, string] => typeof entry[1] === "string");
    const fields = Object.fromEntries(
      [...Map.groupBy(texts, ([name]) => name)].map(([name, values]) => [name, values.map(([, value]) => value)]),
    );
    const seen = { file: form.get("files") as File, fields, key: request.headers["unstructured-api-key"] as string };
    asked.push(seen);
    answer(seen, response, asked.length);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
const title = {
  type: "Title",
  element_id: "1",
  text: "휴가 규정",
  metadata: { category_depth: 1, languages: ["kor"], filetype: "x" },
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "unstructured-"));
});
afterAll(() => rm(folder, { recursive: true }));

const embedded: Parser = {
  parse: async () => ({
    mimeType: "text/plain",
    elements: [{ id: "e1", type: "NarrativeText", text: "embedded" }],
    warnings: [],
  }),
};
async function parse(
  url: string,
  name: string,
  content: Uint8Array | string,
  options: Partial<UnstructuredParserOptions> = {},
  client: Partial<UnstructuredOptions> = {},
  signal = new AbortController().signal,
) {
  const location = path.join(folder, name);
  await writeFile(location, content);
  const parser = new UnstructuredParser({
    client: new UnstructuredClient({ url, retryBaseMs: 1, ...client }),
    embedded,
    logger: createLogger("test", "silent"),
    ...options,
  });
  return parser.parse({ path: location, name }, { signal });
}
const PDF = samplePdf([{ texts: [{ x: 60, y: 100, text: "x" }] }]);

describe("the Unstructured parser", () => {
  test("gives elements in this product's shape: pages, boxes of whatever unit, tables rebuilt, headings", async () => {
    await using service = await serviceThat((_, response) =>
      json(response, [
        title,
        {
          type: "Table",
          text: "a b",
          metadata: {
            page_number: 2,
            text_as_html:
              '<table onclick="x"><tr><th>a</th><td rowspan=2>b<script>x</script></td></tr><tr><td>c</td></tr></table>',
            coordinates: {
              points: [
                [100, 200],
                [100, 400],
                [300, 400],
                [300, 200],
              ],
              system: "PixelSpace",
              layout_width: 1000,
              layout_height: 2000,
            },
          },
        },
        { type: "CodeSnippet", text: "let x;\u0000", metadata: { page_number: 2 } },
        { type: "SomethingNew", text: "new", metadata: {} },
      ]),
    );
    const result = await parse(service.url, "secret name.pdf", PDF, {}, { apiKey: "key" });
    expect(result).toMatchObject({
      mimeType: "application/pdf",
      pageCount: 2,
      elements: [
        { id: "e1", type: "Title", headingLevel: 2, text: "휴가 규정" },
        {
          id: "e2",
          parentId: "e1",
          type: "Table",
          pageNumber: 2,
          bbox: [0.1, 0.1, 0.3, 0.2],
          html: '<table><tr><th>a</th><td rowspan="2">b</td></tr><tr><td>c</td></tr></table>',
        },
        { type: "NarrativeText", text: "let x;" },
        { type: "UncategorizedText", text: "new" },
      ],
    });
    const [asked] = service.asked;
    expect(asked).toMatchObject({
      key: "key",
      fields: { languages: ["kor", "eng"], coordinates: ["true"], strategy: ["auto"] },
    });
    expect(asked?.file.name).toBe("document.pdf");
    expect(Buffer.from((await asked?.file.arrayBuffer()) ?? new ArrayBuffer())).toEqual(Buffer.from(PDF));
  });

  test("sends Korean of older encodings as UTF-8, which the service would fail on", async () => {
    await using service = await serviceThat((_, response) => json(response, [title]));
    await parse(service.url, "rules.txt", Buffer.from("c8deb0a120b1d4c1a4", "hex"));
    expect(await service.asked[0]?.file.text()).toBe("휴가 규정");
  });

  test("tries another strategy when a model is missing, and reads a scan when there is no text", async () => {
    await using service = await serviceThat(({ fields }, response) => {
      const [strategy] = fields["strategy"] ?? [];
      if (strategy === "hi_res") json(response, { detail: "cannot find the requested files in the local cache" }, 500);
      else json(response, strategy === "fast" ? [] : [title]);
    });
    await parse(service.url, "scan.pdf", PDF, { strategy: "hi_res" });
    expect(service.asked.map(({ fields }) => fields["strategy"]?.[0])).toEqual(["hi_res", "fast", "ocr_only"]);
  });

  test("asks again while the service is overloaded or restarts, not when it refuses the file", async () => {
    await using service = await serviceThat((_, response, attempt) => {
      if (attempt === 1) json(response, { detail: "busy" }, 503);
      else if (attempt === 2) response.destroy();
      else json(response, [[title]]);
    });
    expect((await parse(service.url, "a.txt", "text")).elements).toHaveLength(1);
    expect(service.asked).toHaveLength(3);
    await using refusing = await serviceThat((_, response) =>
      json(response, { detail: "File type x is not supported." }, 400),
    );
    await expect(parse(refusing.url, "a.txt", "text")).rejects.toMatchObject({
      name: "ParseFailure",
      code: "unsupported",
    });
    expect(refusing.asked).toHaveLength(1);
  });

  test.each([
    [422, "File does not appear to be a valid PDF", "corrupt"],
    [422, "The PDF is password protected", "encrypted"],
    [413, "too large", "too_large"],
  ])("names what is wrong with a file by %i (%s)", async (status, detail, code) => {
    await using service = await serviceThat((_, response) => json(response, { detail }, status));
    await expect(parse(service.url, "a.pdf", PDF)).rejects.toMatchObject({ name: "ParseFailure", code });
  });

  test("while the service is away reads by itself and says so, or fails to be tried again, as configured", async () => {
    await using service = await serviceThat((_, response) => json(response, { detail: "API key is invalid" }, 401));
    const read = await parse(service.url, "a.txt", "text");
    expect(read.elements[0]?.text).toBe("embedded");
    expect(read.warnings).toEqual([expect.stringContaining("Unstructured")]);
    const failing = parse(service.url, "a.txt", "text", { whenAway: "fail" });
    await expect(failing).rejects.toMatchObject({ name: "ModelError" });
    await expect(failing).rejects.not.toMatchObject({ name: "ParseFailure" });
  });

  test("leaves messages and Hangul documents to the embedded parser, and refuses by content what no parser reads", async () => {
    await using service = await serviceThat((_, response) => json(response, [title]));
    expect((await parse(service.url, "m.eml", "From: a@b.c\nSubject: x\n\ny")).elements[0]?.text).toBe("embedded");
    await expect(parse(service.url, "a.docx", "no archive")).rejects.toMatchObject({ code: "corrupt" });
    expect(service.asked).toHaveLength(0);
  });

  test("bounds the answer in size and time, and ends with its caller", async () => {
    await using large = await serviceThat((_, response) => json(response, [{ ...title, text: "x".repeat(10_000) }]));
    await expect(parse(large.url, "a.txt", "t", {}, { answerBytes: 1_000 })).rejects.toMatchObject({
      code: "too_large",
    });
    await using silent = await serviceThat(() => {});
    const late = parse(silent.url, "a.txt", "t", { whenAway: "fail" }, { timeoutMs: 50, attempts: 1 });
    await expect(late).rejects.toMatchObject({ code: "TIMEOUT" });
    const controller = new AbortController();
    const reason = new Error("the worker stops");
    const stopped = parse(silent.url, "a.txt", "t", {}, {}, controller.signal);
    controller.abort(reason);
    await expect(stopped).rejects.toBe(reason);
  });

  test("that answers something else is not believed", async () => {
    await using odd = await serviceThat((_, response) => json(response, { elements: [] }));
    await expect(parse(odd.url, "a.txt", "t", { whenAway: "fail" })).rejects.toMatchObject({ code: "REJECTED" });
  });
});
