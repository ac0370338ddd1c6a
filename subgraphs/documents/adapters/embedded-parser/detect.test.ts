import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { detectType } from "./detect.js";
import { paragraph, sampleDocx } from "./testing/sample-docx.js";
import { samplePdf } from "./testing/sample-pdf.js";

const zipWith = (name: string): Uint8Array => zipSync({ "[Content_Types].xml": strToU8("x"), [name]: strToU8("x") });
const compound = (inside: string): Uint8Array =>
  Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.from(inside, "utf16le")]);

describe("content type", () => {
  test.each([
    ["report.bin", samplePdf([{}]), "pdf"],
    ["notes.bin", sampleDocx(paragraph("x")), "docx"],
    ["page.txt", strToU8("<!DOCTYPE html><p>x"), "html"],
    ["page.htm", strToU8("<p>x"), "html"],
    ["README.md", strToU8("# x"), "markdown"],
    ["notes.txt", strToU8("MZ is how this text begins"), "text"],
    ["about.txt", strToU8("A file that begins with %PDF-1.7 is a PDF"), "text"],
    ["deck.bin", zipWith("ppt/presentation.xml"), "pptx"],
    ["book.bin", zipWith("xl/workbook.xml"), "xlsx"],
    ["rules.bin", zipWith("Contents/section0.xml"), "hwpx"],
    ["rules.hwp", compound("FileHeader"), "hwp"],
    ["photo.bin", Buffer.from("ffd8ffe000104a46", "hex"), "jpeg"],
    ["scan.bin", Buffer.from("89504e470d0a1a0a", "hex"), "png"],
    ["letter.bin", strToU8("{\\rtf1 x}"), "rtf"],
    ["table.csv", strToU8("a,b\n1,2"), "csv"],
    ["mail.eml", strToU8("From: a@b.c\nTo: d@e.f\n\nhello"), "eml"],
    ["mail", strToU8("From: a@b.c\nTo: d@e.f\n\nhello"), "eml"],
    ["minutes.txt", strToU8("Date: Monday\nSubject: budget\n\nWe met."), "text"],
    ["notes", Buffer.from("글자만 있는 파일", "utf16le"), "text"],
  ])("%s is known by its content first", (name, bytes, format) => {
    expect(detectType(bytes, name).format).toBe(format);
  });

  test.each([
    ["empty.txt", new Uint8Array(), "empty"],
    ["broken.pdf", strToU8("not a PDF"), "corrupt"],
    ["broken.docx", strToU8("not a zip"), "corrupt"],
    ["locked.docx", compound("EncryptedPackage"), "encrypted"],
    ["old.doc", compound("WordDocument"), "unsupported"],
    ["photo.gif", strToU8("GIF89a\u0001\u0000"), "unsupported"],
    ["broken.png", strToU8("not a picture"), "corrupt"],
    ["files.zip", zipWith("a.txt"), "unsupported"],
    ["data.txt", Uint8Array.from({ length: 600 }, (_, i) => (i * 7) % 256), "unsupported"],
  ])("%s is refused with a reason", (name, bytes, code) => {
    expect(() => detectType(bytes, name)).toThrow(
      expect.objectContaining({ name: "ParseFailure", code, advice: expect.stringMatching(/\w/) }),
    );
  });
});
