import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Client, DatasetDocumentsDocument, DeleteDocumentDocument } from "../../typescript/index.js";
import { showAnswer } from "../answering.js";
import type { Command, CommandContext } from "../command.js";
import { type IndexedFile, indexFiles } from "../indexing.js";
import { openSession } from "../session.js";
import { styleOf } from "../terminal/style.js";
import { findOrCreateDataset } from "./upload.js";

const IDENTITY = { tenant: "demo", departments: ["hr"], roles: ["editor"], user: "demo" } as const;
const DATASET = "Examples";
/** One in Korean, one in English; what they should say stands in the examples' README. */
const QUESTIONS = [
  "연차 휴가는 며칠 전에 신청해야 하나요?",
  "How many days per week may employees work remotely?",
] as const;
/** More documents than the examples will ever be. */
const PAGE = 100;

export const demo: Command = {
  summary: "index the example documents and ask about them, in Korean and in English",
  usage: "",
  async run(args, context) {
    parseArgs({ args: [...args], options: {} });
    const style = styleOf(context.isTerminal, context.env);
    const client = await openSession(context, IDENTITY);
    const folder = join(context.checkout, "examples", "documents");
    const names = (await readdir(folder)).filter((name) => !name.startsWith(".")).sort();

    context.print(
      `\n${style.bold("Indexing the examples")}  ${style.dim(`tenant ${IDENTITY.tenant}, department hr`)}\n`,
    );
    const datasetId = await findOrCreateDataset(client, DATASET, "hr", context);
    const files = await indexFiles(
      client,
      datasetId,
      names.map((name) => join(folder, name)),
      context,
    );
    const failed = files.filter(({ documentId }) => documentId === null);
    if (failed.length > 0) {
      context.complain(`\n${failed.length} of ${files.length} documents failed: see \`llmflow logs\``);
      return 1;
    }
    await removeReplaced(client, datasetId, files, context);

    let cited = 0;
    for (const question of QUESTIONS) {
      context.print(`\n${style.cyan("›")} ${style.bold(question)}\n`);
      try {
        const state = await showAnswer(client, { question, datasetIds: [datasetId], grounding: "AUTO" }, context);
        if (state.status === "COMPLETED" && state.citations.length > 0) cited++;
        else context.complain(`  ${state.citations.length === 0 ? "it cites nothing" : "it was called off"}`);
      } catch (error) {
        context.signal.throwIfAborted();
        context.complain(`  failed: ${(error as Error).message}`);
      }
    }
    context.print("");
    return cited === QUESTIONS.length ? 0 : 1;
  },
};

/** An example file that was changed is a new document; the one made from its former bytes must not answer any more. */
async function removeReplaced(
  client: Client,
  datasetId: string,
  files: readonly IndexedFile[],
  { signal }: CommandContext,
): Promise<void> {
  if (!files.some(({ isNew }) => isNew)) return;
  const { dataset } = await client.execute(DatasetDocumentsDocument, { id: datasetId, first: PAGE }, { signal });
  const current = new Map(files.map(({ name, documentId }) => [name, documentId]));
  for (const { node } of dataset?.documents.edges ?? [])
    if (current.has(node.name) && current.get(node.name) !== node.id)
      await client.execute(DeleteDocumentDocument, { id: node.id }, { signal });
}
