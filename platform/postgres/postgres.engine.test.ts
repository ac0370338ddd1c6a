import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuditLog } from "../audit/audit.js";
import { migrate } from "./migrate.js";
import { createPostgres, type Postgres } from "./postgres.js";

const logger = pino({ level: "silent" });
const url = process.env["DATABASE_URL"] as string;
const schema = `test_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
const kim = { tenantId: "acme", userId: "kim", departments: ["hr"] };
const lee = { tenantId: "globex", userId: "lee", departments: [] as string[] };
let dir: string;
let postgres: Postgres;

const TABLE = `CREATE TABLE notes (id text PRIMARY KEY, tenant_id text NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY; ALTER TABLE notes FORCE ROW LEVEL SECURITY;
CREATE POLICY notes_tenant ON notes USING (tenant_id = current_setting('llmflow.tenant_id', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO llmflow_app;`;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "migrations-"));
  await writeFile(join(dir, "0001-notes.sql"), TABLE);
  await migrate(url, [
    { schema: "audit", dir: new URL("../audit/migrations", import.meta.url).pathname },
    { schema, dir },
  ]);
  postgres = createPostgres({ url, schema, logger });
});
afterAll(async () => {
  await postgres.system((tx) => tx.query(`DROP SCHEMA ${schema} CASCADE`));
  await postgres.system((tx) => tx.query("DELETE FROM public.llmflow_migrations WHERE schema = $1", [schema]));
  await postgres.close();
  await rm(dir, { recursive: true });
});

describe("PostgreSQL behind its tenant", () => {
  test("a row of one tenant is neither read nor written by another", async () => {
    await postgres.as(kim, (tx) => tx.query("INSERT INTO notes VALUES ('n1', 'acme')"));
    expect(await postgres.as(lee, (tx) => tx.query("SELECT * FROM notes"))).toEqual([]);
    expect(await postgres.as(lee, (tx) => tx.query("DELETE FROM notes RETURNING id"))).toEqual([]);
    await expect(postgres.as(lee, (tx) => tx.query("INSERT INTO notes VALUES ('n2', 'acme')"))).rejects.toThrow(
      /row-level security/,
    );
    expect(await postgres.as(kim, (tx) => tx.query("SELECT id FROM notes"))).toEqual([{ id: "n1" }]);
  });

  test("the tenant does not outlive its transaction on a pooled connection", async () => {
    await postgres.as(kim, (tx) => tx.query("SELECT 1"));
    const rows = await postgres.system((tx) =>
      tx.query<{ tenant: string | null; role: string }>(
        "SELECT nullif(current_setting('llmflow.tenant_id', true), '') AS tenant, current_user AS role",
      ),
    );
    expect(rows[0]?.tenant).toBeNull();
    expect(rows[0]?.role).not.toBe("llmflow_app");
  });

  test("a connection that is lost while the work waits for something else fails the work, not the process", async () => {
    const work = postgres.as(kim, async (tx) => {
      const [row] = await tx.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      await postgres.system((other) => other.query("SELECT pg_terminate_backend($1, 5000)", [row?.pid]));
      // Its end has reached the client by the time another connection has been asked.
      await postgres.ping();
      await tx.query("SELECT 1");
    });
    await expect(work).rejects.toThrow();
    expect(await postgres.as(kim, (tx) => tx.query("SELECT 1 AS one"))).toEqual([{ one: 1 }]);
  });

  test("a failed change leaves neither the row nor its audit event", async () => {
    const audit = createAuditLog("test", postgres, logger);
    const traceId = randomUUID();
    const change = postgres.as(kim, async (tx) => {
      await audit.record(tx, kim, { action: "note.create", outcome: "SUCCEEDED", traceId });
      await tx.query("INSERT INTO notes VALUES ('n1', 'acme')");
    });
    await expect(change).rejects.toThrow(/duplicate/);
    expect(
      await postgres.as(kim, (tx) => tx.query("SELECT 1 FROM audit.events WHERE trace_id = $1", [traceId])),
    ).toEqual([]);
  });

  test("an audit event of one tenant is not read by another, and nobody changes it", async () => {
    const audit = createAuditLog("test", postgres, logger);
    const traceId = randomUUID();
    await audit.note(kim, { action: "note.read", outcome: "REFUSED", reason: "FORBIDDEN", traceId });
    const find = (scope: typeof lee) =>
      postgres.as(scope, (tx) => tx.query("SELECT reason FROM audit.events WHERE trace_id = $1", [traceId]));
    expect(await find(kim)).toEqual([{ reason: "FORBIDDEN" }]);
    expect(await find(lee)).toEqual([]);
    await expect(postgres.as(kim, (tx) => tx.query("DELETE FROM audit.events"))).rejects.toThrow(/permission denied/);
  });

  test("migrations run once, together with a second start, and a changed file is refused", async () => {
    const again = await Promise.all([migrate(url, [{ schema, dir }]), migrate(url, [{ schema, dir }])]);
    expect(again.flat()).toEqual([]);
    await writeFile(join(dir, "0001-notes.sql"), `${TABLE} -- changed`);
    await expect(migrate(url, [{ schema, dir }])).rejects.toThrow(/has changed since/);
  });
});
