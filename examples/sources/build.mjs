// Makes the PDF and DOCX examples from their sources.
//
//   node examples/sources/build.mjs
//
// Needs Chromium and the NanumBarunGothic font (Debian: chromium, fonts-nanum) and, resolvable from the working directory,
// the npm package "docx". The results are committed, so this is run only when a source changes.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { faq } from "./인사FAQ.mjs";

const sources = fileURLToPath(new URL(".", import.meta.url));
const documents = fileURLToPath(new URL("../documents/", import.meta.url));

for (const name of ["연차관리규정", "연차관리규정_2019", "employee-handbook"]) {
  const profile = mkdtempSync(join(tmpdir(), "example-pdf-"));
  execFileSync(
    "chromium",
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${profile}`,
      "--no-pdf-header-footer",
      `--print-to-pdf=${join(documents, `${name}.pdf`)}`,
      pathToFileURL(join(sources, `${name}.html`)).href,
    ],
    { stdio: ["ignore", "ignore", "inherit"], timeout: 120_000 },
  );
  rmSync(profile, { recursive: true, force: true });
}

const require = createRequire(join(process.cwd(), "package.json"));
const docx = require("docx");
writeFileSync(join(documents, "인사FAQ.docx"), await docx.Packer.toBuffer(faq(docx)));
