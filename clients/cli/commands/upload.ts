import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Client, CreateDatasetDocument } from "../../typescript/index.js";
import { type Command, type CommandContext, UsageError } from "../command.js";
import { indexFiles } from "../indexing.js";
import { findDataset, IDENTITY_USAGE, identityOptions, openSession, problemText } from "../session.js";

export const upload: Command = {
  summary: "upload files to a data set, made when it is missing, and wait until they can be searched",
  usage: `FILE… --dataset NAME ${IDENTITY_USAGE}`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...identityOptions, dataset: { type: "string" } },
    });
    if (!values.dataset) throw new UsageError("--dataset is missing");
    if (positionals.length === 0) throw new UsageError("name at least one file");
    if (values.department.length > 1) throw new UsageError("a data set has one department, or none to be shared");
    const paths = positionals.map((path) => resolve(context.cwd, path));
    for (const path of paths) await requireFile(path);
    const client = await openSession(context, {
      tenant: values.tenant,
      departments: values.department,
      roles: ["editor"],
      user: values.user,
    });
    const datasetId = await findOrCreateDataset(client, values.dataset, values.department[0], context);
    const files = await indexFiles(client, datasetId, paths, context);
    return files.every(({ documentId }) => documentId !== null) ? 0 : 1;
  },
};

/** The data set's id. Without a department it is shared with the tenant. */
export async function findOrCreateDataset(
  client: Client,
  name: string,
  department: string | undefined,
  context: CommandContext,
): Promise<string> {
  const { signal } = context;
  const existing = await findDataset(client, name, department, signal);
  if (existing) return existing;
  const input = department === undefined ? { name } : { name, department };
  const { createDataset } = await client.execute(CreateDatasetDocument, { input }, { signal });
  if (createDataset.dataset) return createDataset.dataset.id;
  // Another process may have made it in between.
  if (createDataset.problem?.__typename === "Conflict" && createDataset.problem.existingId !== null)
    return createDataset.problem.existingId;
  throw new Error(createDataset.problem ? problemText(createDataset.problem) : "the data set was not made");
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new UsageError(`${path} is not a file`);
}
