// Installs the packages unless those of the lock file are installed already. Runs on a plain Node 20, before any
// package is there.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;
const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  process.stderr.write(`Node ${OLDEST_NODE} or later is needed, this is ${process.versions.node}\n`);
  process.exit(1);
}
if (!isInstalled()) {
  process.stdout.write("installing the packages of package-lock.json\n");
  // Not `npm ci`: it refuses a lock file from a registry that lacks the packages of other platforms. This installs the
  // locked versions just the same and writes neither package.json nor the lock file.
  const install = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync("npm", install, { cwd: checkout, stdio: "inherit" });
  if (error) process.stderr.write(`npm cannot be started: ${error.message}\n`);
  process.exit(status ?? 1);
}

/** npm leaves the list of what it has installed, written when it was done, in node_modules. */
function isInstalled() {
  const wanted = packagesOf(join(checkout, "package-lock.json"));
  const installed = packagesOf(join(checkout, "node_modules", ".package-lock.json"));
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    const found = installed[path];
    // Packages for other platforms are in the lock file, but not on this machine.
    if (path === "" || (found === undefined && (entry.optional || entry.peer))) return true;
    return found !== undefined && found.version === entry.version && found.integrity === entry.integrity;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? null;
  } catch {
    return null;
  }
}
