// Lets Node run this checkout's TypeScript: `node --import ./infra/start/typescript.mjs FILE.ts`.
//
// Node's own type stripping knows neither decorators nor their metadata, and a general loader reads the whole compiler
// in each of a dozen processes. Here a file is compiled once per content and kept; a process that finds everything
// compiled loads no compiler at all.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = join(checkout, "node_modules");
const require = createRequire(import.meta.url);

const OPTIONS = {
  swcrc: false,
  configFile: false,
  sourceMaps: "inline",
  module: { type: "es6" },
  jsc: {
    target: "es2023",
    keepClassNames: true,
    parser: { syntax: "typescript", decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

const compiler = JSON.parse(readFileSync(join(modules, "@swc", "core", "package.json"), "utf8")).version;
const cache = join(process.env.LLMFLOW_CACHE || join(homedir(), ".cache", "llmflow"), "compiled");
const recipe = JSON.stringify([compiler, OPTIONS]);

registerHooks({
  resolve(specifier, context, next) {
    // Imports name the file that a build would make: x.js stands for x.ts.
    if (specifier.startsWith(".") && specifier.endsWith(".js") && isOurs(context.parentURL)) {
      const source = new URL(`${specifier.slice(0, -".js".length)}.ts`, context.parentURL);
      if (existsSync(source)) return { url: source.href, format: "module", shortCircuit: true };
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!isOurs(url) || !url.endsWith(".ts")) return next(url, context);
    return { source: compiled(fileURLToPath(url)), format: "module", shortCircuit: true };
  },
});

function isOurs(url) {
  return url?.startsWith("file:") === true && !fileURLToPath(url).startsWith(modules);
}

function compiled(path) {
  const source = readFileSync(path, "utf8");
  // The path is part of the name, because it stands in the source map.
  const name = createHash("sha256").update(recipe).update(path).update("\0").update(source).digest("hex");
  const file = join(cache, name.slice(0, 2), `${name}.js`);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const { code } = require("@swc/core").transformSync(source, { ...OPTIONS, filename: path, sourceFileName: path });
  keep(file, code);
  return code;
}

/** A cache that cannot be written costs time, not the start. */
function keep(file, code) {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const staging = `${file}.${process.pid}`;
    writeFileSync(staging, code);
    renameSync(staging, file);
  } catch (error) {
    process.stderr.write(`${relative(checkout, file)} cannot be kept: ${error.message}\n`);
  }
}
