import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Client, CreateDatasetDocument } from "../../typescript/index.js";
import { type Command, type CommandContext, UsageError } from "../command.js";
import { indexFiles, nameOf } from "../indexing.js";
import { findDataset, IDENTITY_USAGE, identityOptions, openSession, problemText } from "../session.js";

export const upload: Command = {
  summary: "upload files and folders to a data set, made when it is missing, and wait until they can be searched",
  usage: `FILE|FOLDER… --dataset NAME [--replace] ${IDENTITY_USAGE}`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...identityOptions, dataset: { type: "string" }, replace: { type: "boolean", default: false } },
    });
    if (!values.dataset) throw new UsageError("--dataset is missing");
    if (positionals.length === 0) throw new UsageError("name at least one file or folder");
    if (values.department.length > 1) throw new UsageError("a data set has one department, or none to be shared");
    const paths = (await Promise.all(positionals.map((path) => filesAt(resolve(context.cwd, path))))).flat();
    if (paths.length === 0) throw new UsageError("there is no file in there");
    if (values.replace) refuseTwins(paths);
    const client = await openSession(context, {
      tenant: values.tenant,
      departments: values.department,
      roles: ["editor"],
      user: values.user,
    });
    const datasetId = await findOrCreateDataset(client, values.dataset, values.department[0], context);
    const files = await indexFiles(client, datasetId, paths, context, { replace: values.replace });
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

/** The file itself, or every file below a folder; hidden ones and links are left out. */
async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) return [path];
  if (!found?.isDirectory()) throw new UsageError(`${path} is neither a file nor a folder`);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/(^|[/\\])\./.test(file.slice(path.length)))
    .sort();
}

/** Two files of one name would replace each other in turn. */
function refuseTwins(paths: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const twin = seen.get(nameOf(path));
    if (twin) throw new UsageError(`${twin} and ${path} have the same name: upload them without --replace`);
    seen.set(nameOf(path), path);
  }
}
