import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "./migrate.js";
import { migrationSets } from "./migration-sets.js";

// `npm run migrate`: brings the database at DATABASE_URL to what this checkout needs.
const url = process.env["DATABASE_URL"];
if (!url) {
  console.error("DATABASE_URL is not set: give the URL of the database's owner.");
  process.exit(1);
}
const applied = await migrate(url, migrationSets(join(fileURLToPath(import.meta.url), "../../..")));
console.log(applied.length === 0 ? "the database is up to date" : `applied ${applied.join(", ")}`);
