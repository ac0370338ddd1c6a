import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";
import { compose, printed } from "./compose.js";
import { readSupergraphFile } from "./supergraph-file.js";

// Usage: main.ts [write|check|breaking FILE]
//   write     print every room's SDL, compose, write schema/ (temporary file + rename: routers watch these files)
//   check     fail when what is committed differs from what the code prints
//   breaking  list what changed for clients since the API schema in FILE; fail on breaking changes
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const [command = "write", baseline] = process.argv.slice(2);

async function print(): Promise<Map<string, string>> {
  const entries = await readSupergraphFile(join(root, "supergraph.yaml"));
  const services = await Promise.all(
    entries.map(async ({ name, url, file }) => {
      const module = (await import(pathToFileURL(join(root, "subgraphs", name, "print.ts")).href)) as {
        sdl(): Promise<string>;
      };
      return { name, url, file, sdl: printed(await module.sdl()) };
    }),
  );
  const composed = compose(services);
  return new Map([
    ...services.map(({ file, sdl }) => [file, sdl] as const),
    ["schema/supergraph.graphql", composed.supergraph],
    ["schema/api.graphql", composed.api],
  ]);
}

async function write(files: Map<string, string>): Promise<void> {
  for (const [file, text] of files) {
    const path = join(root, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
    console.log(`wrote ${file.replace(/^\.\//, "")}`);
  }
}

async function check(files: Map<string, string>): Promise<boolean> {
  const stale: string[] = [];
  for (const [file, text] of files)
    if ((await readFile(join(root, file), "utf8").catch(() => "")) !== text) stale.push(file);
  if (stale.length > 0)
    console.error(
      `The committed schema differs from the code: ${stale.join(", ")}. Run \`npm run schema\` and commit the result.`,
    );
  else console.log("schema/ is what the code prints");
  return stale.length === 0;
}

async function breaking(files: Map<string, string>, before: string): Promise<boolean> {
  const changes = await diff(
    buildSchema(await readFile(before, "utf8")),
    buildSchema(files.get("schema/api.graphql") ?? ""),
  );
  for (const change of changes)
    console.log(
      `${change.criticality.level === CriticalityLevel.Breaking ? "BREAKING " : "         "}${change.message}`,
    );
  const broken = changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking).length;
  console.log(`${changes.length} changes, ${broken} of them breaking`);
  return broken === 0;
}

const files = await print();
async function run(): Promise<boolean> {
  if (command === "check") return check(files);
  if (command === "breaking" && baseline) return breaking(files, baseline);
  await write(files);
  return true;
}
process.exit((await run()) ? 0 : 1);
