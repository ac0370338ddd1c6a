import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { APP_ROLE } from "./postgres.js";

/** A room's migrations: `NNNN-name.sql` files of `dir`, applied in order into `schema`. */
export interface MigrationSet {
  readonly schema: string;
  readonly dir: string;
}

const LOCK = 727_274_001; // any constant: one migrator at a time per database

/**
 * Applies what is missing, each file in its own transaction, under an advisory lock, so that two starts do not collide.
 * A file that changed after it was applied is refused: write a new one. Returns the names that were applied now.
 */
export async function migrate(databaseUrl: string, sets: readonly MigrationSet[]): Promise<string[]> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    application_name: "llmflow:migrate",
  });
  await client.connect();
  const applied: string[] = [];
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    await client.query(
      `DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${APP_ROLE}') THEN CREATE ROLE ${APP_ROLE} NOLOGIN NOBYPASSRLS; END IF; END $$`,
    );
    await client.query(`GRANT ${APP_ROLE} TO CURRENT_USER`);
    await client.query(
      "CREATE TABLE IF NOT EXISTS public.llmflow_migrations (schema text, name text, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (schema, name))",
    );
    for (const set of sets) {
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${pg.escapeIdentifier(set.schema)}`);
      const { rows } = await client.query<{ name: string; sha256: string }>(
        "SELECT name, sha256 FROM public.llmflow_migrations WHERE schema = $1",
        [set.schema],
      );
      const done = new Map(rows.map((row) => [row.name, row.sha256]));
      for (const name of (await readdir(set.dir)).filter((file) => /^\d{4}-[\w-]+\.sql$/.test(file)).sort()) {
        const sql = await readFile(join(set.dir, name), "utf8");
        const sha256 = createHash("sha256").update(sql).digest("hex");
        const before = done.get(name);
        if (before === sha256) continue;
        if (before !== undefined)
          throw new Error(
            `The migration ${set.schema}/${name} was applied before and has changed since. Write a new file instead.`,
          );
        await client.query("BEGIN");
        try {
          await client.query(`SET LOCAL search_path TO ${pg.escapeIdentifier(set.schema)}, public`);
          await client.query(sql);
          await client.query("INSERT INTO public.llmflow_migrations (schema, name, sha256) VALUES ($1, $2, $3)", [
            set.schema,
            name,
            sha256,
          ]);
          await client.query("COMMIT");
        } catch (error) {
          await client.query("ROLLBACK");
          throw new Error(`The migration ${set.schema}/${name} failed: ${(error as Error).message}`, { cause: error });
        }
        applied.push(`${set.schema}/${name}`);
      }
      await client.query(`GRANT USAGE ON SCHEMA ${pg.escapeIdentifier(set.schema)} TO ${APP_ROLE}`);
    }
  } finally {
    await client.end();
  }
  return applied;
}
