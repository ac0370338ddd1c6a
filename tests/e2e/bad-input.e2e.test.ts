import { beforeAll, describe, expect, test } from "vitest";
import { ApiError } from "../../clients/typescript/transport.js";
import { ask } from "../answers.js";
import { addText, createDataset, createUpload, indexed, put, uploadFile } from "../documents.js";
import { type Api, apiOf, collect, expectCode, newTenant, type RawAnswer } from "../product.js";

const kim = { tenant: newTenant("bad"), user: "kim", departments: ["hr"] } as const;
let api: Api;
let datasetId: string;
let conversationId: string;
beforeAll(async () => {
  api = apiOf(kim);
  datasetId = await createDataset(api, "Bad input", "hr");
  ({ conversationId } = await ask(api, { question: "Hello?", grounding: "NONE" }));
});

const codeOf = ({ errors }: RawAnswer): unknown => errors[0]?.extensions?.code;
/** A PDF whose text is encrypted with a password that nobody was told. */
const lockedPdf = (): Buffer => {
  const noise = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    `<< /Filter /Standard /V 1 /R 2 /P -64 /O <${noise}> /U <${noise}> >>`,
  ];
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const offset = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const start = text.length;
  text += `xref\n0 5\n0000000000 65535 f \n${offsets.join("")}trailer\n<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<${noise}> <${noise}>] >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
};

describe("a file", () => {
  test("larger than allowed is refused before it is sent", async () => {
    const size = 101 * 1024 * 1024;
    const { upload, problem } = await createUpload(api, {
      datasetId,
      name: "big.pdf",
      mimeType: "application/pdf",
      size,
    });
    expect(upload).toBeNull();
    expect(problem).toMatchObject({ __typename: "QuotaExceeded", message: expect.stringContaining("100 MiB") });
  });

  test("of another size than promised is not taken", async () => {
    const { upload } = await createUpload(api, { datasetId, name: "a.txt", mimeType: "text/plain", size: 5 });
    expect(await put(upload as NonNullable<typeof upload>, Buffer.from("more than five bytes"))).toBe(403);
  });

  test.each([
    ["empty", "empty.txt", Buffer.alloc(0), "InvalidInput"],
    [
      "a sound that calls itself a PDF",
      "song.pdf",
      Buffer.from("524946462400000057415645666d7420", "hex"),
      "InvalidInput",
    ],
    ["a program", "run.exe", Buffer.concat([Buffer.from("MZ"), Buffer.alloc(600, 7)]), "InvalidInput"],
  ])("that is %s is refused with what to do", async (_, name, bytes, type) => {
    const { document, problem } = await uploadFile(api, datasetId, { name, bytes });
    expect(document).toBeNull();
    expect(problem).toMatchObject({ __typename: type, message: expect.stringMatching(/\w+ \w+/) });
  });

  test.each([
    ["encrypted", "locked.pdf", lockedPdf(), "ENCRYPTED"],
    ["a corrupt PDF", "torn.pdf", Buffer.from("%PDF-1.7\n1 0 obj\n<< /Type /Catalog"), "CORRUPT"],
  ])("that is %s ends as FAILED with what to do, or is refused with it", async (_, name, bytes, code) => {
    const { document, problem } = await uploadFile(api, datasetId, { name, bytes });
    if (problem) {
      expect(problem.code).toContain(code);
      return;
    }
    const end = await indexed(api, document?.id ?? "");
    expect(end.document).toMatchObject({ status: "FAILED", chunksCount: 0, failure: { code } });
    expect(end.events.at(-1)).toMatchObject({ state: "FAILED", code });
    const { data } = await api.raw("query ($id: ID!) { document(id: $id) { failure { action retryable } } }", {
      id: document?.id,
    });
    expect(data).toMatchObject({
      document: { failure: { action: expect.stringMatching(/\w+ \w+/), retryable: false } },
    });
  });

  test("that was promised but never sent is no document", async () => {
    const { upload } = await createUpload(api, { datasetId, name: "a.txt", mimeType: "text/plain", size: 5 });
    const { data } = await api.raw(
      "mutation ($id: ID!) { completeUpload(uploadId: $id) { document { id } problem { __typename code } } }",
      { id: upload?.id },
    );
    expect(data).toEqual({
      completeUpload: { document: null, problem: { __typename: "InvalidInput", code: "NOT_UPLOADED" } },
    });
  });
});

describe("an input", () => {
  const refusedInput = async (query: string, variables: Record<string, unknown> = {}): Promise<unknown> => {
    const answer = await api.raw(query, variables);
    expect(answer.errors, answer.text).toEqual([]);
    return (Object.values(answer.data ?? {})[0] as { problem: unknown }).problem;
  };
  const PROBLEM = "problem { __typename message ... on InvalidInput { issues { path } } }";
  test.each([
    ["an empty name", `mutation { createDataset(input: { name: " " }) { ${PROBLEM} } }`, {}, "name"],
    [
      "too long a name",
      `mutation ($v: String!) { createDataset(input: { name: $v }) { ${PROBLEM} } }`,
      { v: "n".repeat(201) },
      "name",
    ],
    [
      "a NUL in a name",
      `mutation ($v: String!) { createDataset(input: { name: $v }) { ${PROBLEM} } }`,
      { v: "a\u0000b" },
      "name",
    ],
    [
      "an impossible department",
      `mutation { createDataset(input: { name: "x", department: "a/b" }) { ${PROBLEM} } }`,
      {},
      "department",
    ],
    ["an empty question", `mutation { ask(input: { question: "  " }) { ${PROBLEM} } }`, {}, "question"],
    [
      "too long a question",
      `mutation ($v: String!) { ask(input: { question: $v }) { ${PROBLEM} } }`,
      { v: "q".repeat(4001) },
      "question",
    ],
    [
      "an unknown model",
      `mutation { ask(input: { question: "Hello?", model: "gpt-99" }) { ${PROBLEM} } }`,
      {},
      "model",
    ],
    ["an empty search", `query { search(query: "") { ${PROBLEM} } }`, {}, "query"],
    ["too many passages", `query { search(query: "x", options: { topK: 51 }) { ${PROBLEM} } }`, {}, "options.topK"],
  ] as const)("with %s is told which field is wrong", async (_, query, variables, path) => {
    expect(await refusedInput(query, variables)).toMatchObject({
      __typename: "InvalidInput",
      issues: [{ path: expect.stringContaining(path) }],
    });
  });

  test("with characters that no store can hold is an answer or a refusal, never a failure", async () => {
    const odd = "a\u0000b \ud800 \uffff";
    const calls: [string, Record<string, unknown>][] = [
      ["mutation ($v: String!) { ask(input: { question: $v, grounding: NONE }) { problem { code } } }", { v: odd }],
      [
        "mutation ($v: String!, $id: ID!) { renameConversation(id: $id, title: $v) { problem { code } } }",
        { v: odd, id: conversationId },
      ],
      [
        'mutation ($v: String!, $id: ID!) { addText(input: { datasetId: $id, name: "odd.txt", text: $v }) { problem { code } } }',
        { v: odd, id: datasetId },
      ],
      [
        'mutation ($v: String!, $id: ID!) { addText(input: { datasetId: $id, name: $v, text: "x" }) { problem { code } } }',
        { v: odd, id: datasetId },
      ],
      [
        'mutation ($v: JSON!, $id: ID!) { addText(input: { datasetId: $id, name: "meta.txt", text: "words", metadata: $v }) { problem { code } } }',
        { v: { odd }, id: datasetId },
      ],
      ["query ($v: String!) { search(query: $v) { problem { code } } }", { v: odd }],
      ["query ($v: String!) { entities(search: $v) { totalCount } }", { v: odd }],
      [
        "query ($v: ID!) { document(id: $v) { id } answer(id: $v) { id } chunk(id: $v) { id } node(id: $v) { id } }",
        { v: odd },
      ],
      ["query ($v: String!) { datasets(filter: { nameContains: $v }) { totalCount } }", { v: odd }],
    ];
    for (const [query, variables] of calls) {
      const answer = await api.raw(query, variables);
      expect([undefined, "BAD_REQUEST"], `${query}: ${answer.text}`).toContain(codeOf(answer));
    }
  });

  test.each(
    ["nonsense", "", "doc_' OR '1'='1", 'chk_" or 1 == 1', "x".repeat(10_000)].map(
      (id) => [id.slice(0, 20), id] as const,
    ),
  )("with the id %j is told that there is no such thing", async (_, id) => {
    const answer = await api.raw(
      `query ($id: ID!) { document(id: $id) { id } dataset(id: $id) { id } chunk(id: $id) { id } entity(id: $id) { id }
          answer(id: $id) { id } conversation(id: $id) { id } deletion(id: $id) { id } node(id: $id) { id } }`,
      { id },
    );
    expect(answer.errors, answer.text).toEqual([]);
    expect(new Set(Object.values(answer.data ?? {}))).toEqual(new Set([null]));
    const gone = await api.raw("mutation ($id: ID!) { deleteDocument(id: $id) { problem { __typename } } }", { id });
    expect(gone.data, gone.text).toEqual({ deleteDocument: { problem: { __typename: "NotFound" } } });
  });

  test.each([
    "query ($after: String) { datasets(after: $after) { totalCount } }",
    "query ($after: String) { conversations(after: $after) { totalCount } }",
    "query ($after: String) { entities(after: $after) { totalCount } }",
    "query ($after: String, $id: ID!) { dataset(id: $id) { documents(after: $after) { totalCount } } }",
  ])("with a cursor of nowhere is refused: %s", async (query) => {
    for (const after of ["nowhere", "", Buffer.from('["a","b","c"]').toString("base64url")])
      expectCode(await api.raw(query, { after, id: datasetId }), "BAD_CURSOR");
  });

  test("with a page of no size or of too much is refused", async () => {
    for (const first of [0, -1, 101])
      expectCode(await api.raw(`{ datasets(first: ${first}) { totalCount } }`), "BAD_REQUEST");
  });

  test("with a place in a stream that cannot be is refused", async () => {
    const { id } = await addText(api, datasetId, "stream.txt", "A stream of words.");
    const { id: answerId } = await ask(api, { question: "Hello?", grounding: "NONE" });
    for (const [query, variables, code] of [
      ['subscription ($id: ID!) { indexingProgress(documentId: $id, after: "x") { cursor } }', { id }, "BAD_CURSOR"],
      ["subscription { indexingProgress { cursor } }", {}, "BAD_REQUEST"],
      [
        "subscription ($id: ID!) { answerStream(answerId: $id, after: -1) { sequence } }",
        { id: answerId },
        "BAD_REQUEST",
      ],
    ] as const)
      await expect(collect(api.follow(query, variables))).rejects.toMatchObject({ constructor: ApiError, code });
  });
});
