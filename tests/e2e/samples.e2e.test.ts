import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { createDataset, type DocumentView, indexed, type ProblemView, shownByGraph, uploadFile } from "../documents.js";
import { type Api, apiOf, newTenant } from "../product.js";

/** Real files from elsewhere, where there are any beside the checkout. */
const SAMPLES = new URL("../../../shared/samples/", import.meta.url);
const present = existsSync(SAMPLES);
const BUILT = /\.(txt|md|html|pdf|docx)$/;
const LIMIT_MS = 300_000;

let api: Api;
interface End {
  readonly name: string;
  readonly document: DocumentView | null;
  readonly problem: ProblemView | null;
}
beforeAll(() => {
  api = apiOf({ tenant: newTenant("samples"), user: "kim", departments: ["hr"] });
});

/** Uploads all files of a folder at once and follows each to its end. */
async function ends(folder: string): Promise<End[]> {
  const url = new URL(`${folder}/`, SAMPLES);
  const datasetId = await createDataset(api, folder, "hr");
  const names = (await readdir(url)).filter((name) => name !== "README.md");
  return Promise.all(
    names.map(async (name): Promise<End> => {
      const taken = await uploadFile(api, datasetId, { name, bytes: await readFile(new URL(name, url)) });
      if (!taken.document) return { name, document: null, problem: taken.problem };
      return { name, document: (await indexed(api, taken.document.id, LIMIT_MS)).document, problem: null };
    }),
  );
}
/** Why a file was not indexed, for a person. */
const reasonOf = ({ document, problem }: End): string | undefined => problem?.message ?? document?.failure?.message;

describe.runIf(present)("the sample files", () => {
  test(
    "of the formats that are built are indexed; the others are refused with the reason",
    async () => {
      const all = await ends("documents");
      expect(all.length).toBeGreaterThan(10);
      for (const end of all) {
        if (!BUILT.test(end.name)) {
          expect(end.document?.status ?? "refused", end.name).toMatch(/^(refused|FAILED)$/);
          expect(reasonOf(end), end.name).toMatch(/\w+ \w+/);
          continue;
        }
        expect(end.problem, end.name).toBeNull();
        expect(end.document, end.name).toMatchObject({ status: "COMPLETED", failure: null });
        expect(end.document?.chunksCount, end.name).toBeGreaterThan(0);
        if (end.document) await shownByGraph(api, end.document);
        const { data, text } = await api.raw(
          "query ($id: ID!) { document(id: $id) { pageCount chunks(first: 1) { totalCount edges { node { text pages } } } } }",
          { id: end.document?.id },
        );
        expect(data, text).toMatchObject({ document: { chunks: { totalCount: end.document?.chunksCount } } });
        if (end.name.endsWith(".pdf"))
          expect(data, end.name).toMatchObject({
            document: { pageCount: expect.any(Number), chunks: { edges: [{ node: { pages: [expect.any(Number)] } }] } },
          });
      }
    },
    LIMIT_MS,
  );

  test(
    "that are hostile end clearly, each one",
    async () => {
      const all = await ends("hostile");
      expect(all.length).toBeGreaterThan(10);
      for (const end of all) {
        expect(end.document?.status ?? "refused", end.name).toMatch(/^(refused|FAILED|COMPLETED)$/);
        if (end.document?.status !== "COMPLETED") expect(reasonOf(end), end.name).toMatch(/\w+ \w+/);
      }
      const by = (name: string): End => all.find((end) => end.name === name) as End;
      expect(by("password.pdf").document?.failure?.code ?? by("password.pdf").problem?.code).toContain("ENCRYPTED");
      expect(by("empty.txt").problem).not.toBeNull();
      expect(by("fake-text-utf-16-le.txt").document?.status).toBe("COMPLETED");
    },
    LIMIT_MS,
  );

  test("leave nothing under way", async () => {
    const { datasets } = await api.run<{ datasets: { edges: { node: { progress: { processing: number } } }[] } }>(
      "{ datasets { edges { node { progress { processing } } } } }",
    );
    expect(datasets.edges.map(({ node }) => node.progress.processing)).toEqual([0, 0]);
  });
});
