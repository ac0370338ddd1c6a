import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "./limits.js";
import { readDocument } from "./read-document.js";

const HEAD = "From: Kim <kim@example.test>\r\nTo: lee@example.test\r\nMIME-Version: 1.0\r\n";
const read = (text: string, limits = DEFAULT_LIMITS) =>
  readDocument(new Uint8Array(Buffer.from(text)), "mail.eml", limits);

/** A message of parts; each part is its own fields, an empty line and its body. */
const multipart = (parts: readonly string[], boundary = "b", fields = `${HEAD}Subject: Parts\r\n`): string =>
  `${fields}Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join("")}--${boundary}--\r\n`;

const attached = (name: string, body: string, type = "text/plain"): string =>
  `Content-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\n${body}`;

describe("messages", () => {
  test("subject, addresses and text are read in the message's own encodings", async () => {
    const subject = `=?EUC-KR?B?${Buffer.from("c8deb0a1", "hex").toString("base64")}?=`;
    const body = `Content-Type: text/plain; charset=EUC-KR\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from("bfacc2f7", "hex").toString("base64")}`;
    const { elements, title } = await read(multipart([body], "b", `${HEAD}Subject: ${subject}\r\n`));
    expect(title).toBe("휴가");
    expect(elements.map(({ type, text }) => [type, text])).toEqual([
      ["Title", "휴가"],
      ["Header", "From: Kim <kim@example.test>\nTo: lee@example.test"],
      ["NarrativeText", "연차"],
    ]);
  });

  test("attached files and forwarded messages are handed on whole; pictures in the text are not", async () => {
    const inner = `${HEAD}Subject: Inner\r\n\r\nhello`;
    const picture = 'Content-Type: image/png\r\nContent-Disposition: inline; filename="logo.png"\r\n\r\nx';
    const { attachments = [] } = await read(
      multipart([attached("../a/notes.txt", "notes"), `Content-Type: message/rfc822\r\n\r\n${inner}`, picture]),
    );
    expect(attachments.map(({ name }) => name)).toEqual(["notes.txt", "message-2.eml"]);
    const contents = attachments.map(({ content }) =>
      Buffer.from(content, "base64").toString().replaceAll("\r", "").trim(),
    );
    expect(contents).toEqual(["notes", inner.replaceAll("\r", "")]);
  });

  test("a message of files alone is not empty, one of nothing is", async () => {
    expect((await read(multipart([attached("a.txt", "x")], "b", "MIME-Version: 1.0\r\n"))).attachments).toHaveLength(1);
    await expect(read("\n  \n")).rejects.toMatchObject({ code: "empty" });
  });

  test("files beyond the limits are left out by name", async () => {
    const parts = ["a", "b", "c"].map((name) => attached(`${name}.txt`, name.repeat(10)));
    const few = await read(multipart(parts), { ...DEFAULT_LIMITS, attachments: 2 });
    expect(few.attachments).toHaveLength(2);
    expect(few.warnings).toEqual([expect.stringContaining("c.txt")]);
    const small = await read(multipart(parts), { ...DEFAULT_LIMITS, attachmentBytes: 15 });
    expect(small.attachments).toHaveLength(1);
  });

  test("parts within parts without end are too complex", async () => {
    let message = "Content-Type: text/plain\r\n\r\nx";
    for (let i = 0; i < 40; i++) message = multipart([message], `b${i}`, i === 39 ? `${HEAD}Subject: Deep\r\n` : "");
    await expect(read(message)).rejects.toMatchObject({ code: "too_complex" });
  });
});
