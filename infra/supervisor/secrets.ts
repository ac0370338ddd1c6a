import { randomBytes } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { z } from "zod";

/** Ids of the keys that sign envelopes; each process signs with its own and knows them all. */
export const ENVELOPE_CALLERS = ["router", "documents", "knowledge-graph", "retrieval", "conversations"] as const;

const secretsSchema = z.object({
  postgresPassword: z.string().min(1),
  redisPassword: z.string().min(1),
  neo4jPassword: z.string().min(1),
  s3AccessKeyId: z.string().min(1),
  s3SecretAccessKey: z.string().min(1),
  envelopeKeys: z.record(z.string(), z.string()),
  routerSecret: z.string().min(1),
  actorSecret: z.string().min(1),
});

export type Secrets = z.infer<typeof secretsSchema>;

/** Reads the installation's secrets, or makes them (mode 0600) when there are none yet. Two starters agree on one set. */
export async function loadSecrets(path: string): Promise<Secrets> {
  const existing = await readSecrets(path);
  if (existing !== null) return existing;
  const staging = `${path}.${process.pid}`;
  await writeFile(staging, `${JSON.stringify(generateSecrets(), null, 2)}\n`, { mode: 0o600 });
  try {
    await link(staging, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(staging, { force: true });
  }
  const written = await readSecrets(path);
  if (written === null) throw new Error(`${path} vanished while it was written`);
  return written;
}

/** The installation's secrets, or `null` when it has none yet. */
export async function readSecrets(path: string): Promise<Secrets | null> {
  try {
    return secretsSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function generateSecrets(): Secrets {
  // Hexadecimal: these travel through command lines and URLs, where a leading "-" or a "_" could mean something else.
  const random = () => randomBytes(24).toString("hex");
  return {
    postgresPassword: random(),
    redisPassword: random(),
    neo4jPassword: random(),
    s3AccessKeyId: `llmflow-${randomBytes(6).toString("hex")}`,
    s3SecretAccessKey: random(),
    envelopeKeys: Object.fromEntries(ENVELOPE_CALLERS.map((id) => [id, randomBytes(32).toString("base64url")])),
    routerSecret: random(),
    actorSecret: random(),
  };
}
