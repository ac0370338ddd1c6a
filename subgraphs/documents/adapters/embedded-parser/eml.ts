import type { Address, Email, Attachment as MailAttachment } from "postal-mime";
import PostalMime from "postal-mime";
import { ParseFailure } from "../../domain/elements.js";
import type { Attachment } from "../../domain/parser.js";
import { parseHtmlDocument } from "./html.js";
import type { ParserLimits } from "./limits.js";
import type { ElementDraft, ParsedDocument } from "./parsed-document.js";
import { parseText } from "./text.js";

const LONGEST_NAME = 200;

function addressText(addresses: Address | readonly Address[] | undefined): string {
  return [addresses ?? []]
    .flat()
    .flatMap((address) => ("group" in address && address.group ? address.group : [address]))
    .map(({ name, address }) => (name && address ? `${name} <${address}>` : name || address || ""))
    .filter(Boolean)
    .join(", ");
}

/** Who wrote to whom and when, as one element: it belongs to no page and is no part of what was written. */
function envelope(mail: Email): ElementDraft[] {
  const lines = [
    ["From", addressText(mail.from)],
    ["To", addressText(mail.to)],
    ["Cc", addressText(mail.cc)],
    ["Date", mail.date ?? ""],
  ].flatMap(([field, value]) => (value ? [`${field}: ${value}`] : []));
  return lines.length > 0 ? [{ type: "Header", text: lines.join("\n") }] : [];
}

/** A name a document can have: no folders, no control characters, not too long, with the ending kept. */
function fileName(part: MailAttachment, index: number): string {
  const fallback = part.mimeType === "message/rfc822" ? `message-${index + 1}.eml` : `attachment-${index + 1}`;
  const clean = (part.filename ?? "")
    .replace(/[\p{Cc}\p{Cf}]/gu, "")
    .replace(/^.*[/\\]/, "")
    .trim();
  if (clean === "" || clean === "." || clean === "..") return fallback;
  return clean.length > LONGEST_NAME ? clean.slice(-LONGEST_NAME) : clean.toWellFormed().normalize("NFC");
}

const bytesOf = (content: MailAttachment["content"]): Buffer =>
  typeof content === "string" ? Buffer.from(content) : Buffer.from(content as ArrayBuffer);

/** Pictures that stand in the text are left to it. */
const isInlinePicture = (part: MailAttachment): boolean =>
  part.mimeType.startsWith("image/") && (part.related === true || part.disposition === "inline");

function attachmentsOf(mail: Email, limits: ParserLimits): { attachments: Attachment[]; warnings: string[] } {
  const attachments: Attachment[] = [];
  const warnings: string[] = [];
  let left = limits.attachmentBytes;
  for (const [index, part] of mail.attachments.entries()) {
    if (isInlinePicture(part)) continue;
    const content = bytesOf(part.content);
    const name = fileName(part, index);
    if (content.length === 0) continue;
    if (attachments.length >= limits.attachments || content.length > left) {
      warnings.push(`The attachment ${name} was left out: the message holds too many or too large files.`);
      continue;
    }
    left -= content.length;
    attachments.push({ name, declaredMimeType: part.mimeType, content: content.toString("base64") });
  }
  return { attachments, warnings };
}

/**
 * Reads a message (RFC 5322): subject as title, addresses, the written text. Attached files are handed on as they are, forwarded
 * messages among them. Throws `empty` for what has no fields of a message, `too_complex` for parts nested too deeply.
 */
export async function parseEml(bytes: Uint8Array, limits: ParserLimits): Promise<ParsedDocument> {
  const mail = await PostalMime.parse(bytes, {
    maxNestingDepth: limits.messageDepth,
    forceRfc822Attachments: true,
    attachmentEncoding: "arraybuffer",
  }).catch((cause: unknown) => {
    if (cause instanceof Error && /nesting|headers? size/i.test(cause.message))
      throw new ParseFailure("too_complex", "The message is nested too deeply to be read.", { cause });
    throw cause;
  });
  const written = mail.html
    ? parseHtmlDocument(mail.html, limits)
    : parseText((mail.text ?? "").slice(0, limits.markupCharacters));
  const { attachments, warnings } = attachmentsOf(mail, limits);
  const subject = mail.subject?.trim();
  const fields = envelope(mail);
  if (!subject && fields.length === 0 && written.elements.length === 0 && attachments.length === 0)
    throw new ParseFailure("empty", "The message is empty.");
  return {
    elements: [
      ...(subject ? [{ type: "Title", headingLevel: 1, text: subject } satisfies ElementDraft] : []),
      ...fields,
      ...written.elements,
    ],
    warnings: [...written.warnings, ...warnings],
    ...(subject ? { title: subject } : {}),
    ...(attachments.length > 0 ? { attachments } : {}),
  };
}
