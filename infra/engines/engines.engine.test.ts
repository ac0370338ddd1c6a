import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { DataType, MilvusClient } from "@zilliz/milvus2-sdk-node";
import { Redis } from "ioredis";
import neo4jDriver from "neo4j-driver";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backupHome, restoreHome } from "../supervisor/backup.js";
import { type Home, homeAt } from "../supervisor/home.js";
import { type Stack, startStack } from "../supervisor/stack.js";
import { cacheDirectory } from "./cache.js";
import { valkey } from "./valkey.js";

const execute = promisify(execFile);
const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const names = ["postgres", "valkey", "neo4j", "milvus", "s3"];
const ports = { postgres: 25_432, valkey: 26_379, neo4j: 27_687, milvus: 29_530, s3: 29_000 };
/** The suite's own engines, whatever the environment names. */
const env = Object.fromEntries(
  ["PATH", "HOME", "LLMFLOW_CACHE", "JAVA_HOME"].flatMap((name) =>
    process.env[name] ? [[name, process.env[name]]] : [],
  ),
);
const START_LIMIT_MS = 300_000;
const signal = new AbortController().signal;

let root: string;
let home: Home;
let stack: Stack;

const start = () => startStack({ checkout, home, env, only: names, ports });
const environment = (name: string) => stack.env[name] as string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "engines-"));
  home = homeAt(join(root, "home"));
  // Root's PostgreSQL runs as another user, who has to get through the temporary folder.
  await execute("chmod", ["755", root]);
  stack = await start();
}, START_LIMIT_MS);
afterAll(async () => {
  await stack?.stop();
  await rm(root, { recursive: true, force: true });
}, 60_000);

async function sql(query: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: environment("DATABASE_URL") });
  await client.connect();
  try {
    return (await client.query(query)).rows;
  } finally {
    await client.end();
  }
}

async function redis<T>(use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(environment("REDIS_URL"));
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

async function cypher(query: string): Promise<Record<string, unknown>[]> {
  const auth = neo4jDriver.auth.basic(environment("NEO4J_USER"), environment("NEO4J_PASSWORD"));
  const driver = neo4jDriver.driver(environment("NEO4J_URI"), auth, { disableLosslessIntegers: true });
  try {
    return (await driver.executeQuery(query)).records.map((record) => record.toObject());
  } finally {
    await driver.close();
  }
}

async function vectors<T>(use: (client: MilvusClient) => Promise<T>): Promise<T> {
  const client = new MilvusClient({ address: environment("MILVUS_ADDRESS"), timeout: 20_000 });
  try {
    await client.connectPromise;
    return await use(client);
  } finally {
    await client.closeConnection();
  }
}

function s3(secret = environment("S3_SECRET_ACCESS_KEY")): S3Client {
  return new S3Client({
    endpoint: environment("S3_ENDPOINT"),
    region: environment("S3_REGION"),
    forcePathStyle: true,
    credentials: { accessKeyId: environment("S3_ACCESS_KEY_ID"), secretAccessKey: secret },
  });
}

async function writeOneOfEach(): Promise<void> {
  await sql("CREATE TABLE note (text text)");
  await sql("INSERT INTO note VALUES ('연차 25일')");
  await redis((client) => client.set("note", "연차 25일"));
  await cypher("CREATE (:Note {text: '연차 25일'})");
  await vectors(async (client) => {
    await client.createCollection({
      collection_name: "note",
      fields: [
        { name: "id", data_type: DataType.VarChar, max_length: 64, is_primary_key: true },
        { name: "embedding", data_type: DataType.FloatVector, dim: 4 },
      ],
    });
    const index = {
      field_name: "embedding",
      index_type: "HNSW",
      metric_type: "COSINE",
      params: { M: 8, efConstruction: 32 },
    };
    await client.createIndex({ collection_name: "note", ...index });
    const inserted = await client.insert({ collection_name: "note", data: [{ id: "one", embedding: [1, 0, 0, 0] }] });
    if (inserted.status.error_code !== "Success") throw new Error(inserted.status.reason);
  });
  const object = {
    Bucket: "documents",
    Key: "한글/연차.txt",
    Body: "연차 25일",
    ContentType: "text/markdown",
  };
  await s3().send(new PutObjectCommand(object));
}

async function expectOneOfEach(): Promise<void> {
  expect(await sql("SELECT text FROM note")).toEqual([{ text: "연차 25일" }]);
  expect(await redis((client) => client.get("note"))).toBe("연차 25일");
  expect(await cypher("MATCH (n:Note) RETURN n.text AS text")).toEqual([{ text: "연차 25일" }]);
  const found = await vectors(async (client) => {
    await client.loadCollectionSync({ collection_name: "note" });
    return client.query({ collection_name: "note", filter: 'id == "one"', output_fields: ["id"] });
  });
  expect(found.data).toMatchObject([{ id: "one" }]);
  const object = await s3().send(new GetObjectCommand({ Bucket: "documents", Key: "한글/연차.txt" }));
  expect(object.ContentType).toBe("text/markdown");
  expect(await object.Body?.transformToString()).toBe("연차 25일");
}

/** Resolves when the engine has been started again and answers. */
async function restarted(name: string): Promise<void> {
  const isBack = () => stack.services().some((one) => one.name === name && one.state === "ready" && one.restarts > 0);
  await expect.poll(isBack, { timeout: 120_000, interval: 100 }).toBe(true);
}

describe("engines from an empty state folder", () => {
  test("answer in their own protocols, and keep what they are given", async () => {
    await writeOneOfEach();
    await expectOneOfEach();
    expect(await cypher("RETURN apoc.version() AS version")).toHaveLength(1);
    expect(await redis((client) => client.config("GET", "maxmemory-policy"))).toContain("noeviction");
  });

  test("let nobody in without the installation's secrets", async () => {
    const anonymous = new URL(environment("DATABASE_URL"));
    anonymous.password = "wrong";
    const client = new pg.Client({ connectionString: anonymous.href });
    await expect(client.connect()).rejects.toThrow(/password authentication failed/);
    const port = Number(new URL(environment("REDIS_URL")).port);
    const stranger = new Redis({ port, host: "127.0.0.1", lazyConnect: true, enableReadyCheck: false });
    stranger.on("error", () => undefined);
    await expect(stranger.get("note")).rejects.toThrow(/NOAUTH/);
    stranger.disconnect();
  });

  test("check S3 signatures, also of presigned URLs, and let browsers put files with them", async () => {
    const bucket = new CreateBucketCommand({ Bucket: "others" });
    await expect(s3("a-wrong-secret").send(bucket)).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    const put = new PutObjectCommand({ Bucket: "documents", Key: "upload.txt", ContentType: "text/plain" });
    const url = await getSignedUrl(s3(), put, { expiresIn: 60 });
    const upload = (target: string) =>
      fetch(target, { method: "PUT", body: "hi", headers: { "content-type": "text/plain" } });
    expect((await upload(url.replace(/Signature=../, "Signature=00"))).status).toBe(403);
    expect((await upload(url)).status).toBe(200);
    expect((await fetch(url.split("?")[0] as string)).ok).toBe(false);
    const preflight = await fetch(url.split("?")[0] as string, {
      method: "OPTIONS",
      headers: { origin: "http://localhost:3000", "access-control-request-method": "PUT" },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  });

  test("listen on the loopback address only", async () => {
    const { stdout } = await execute("ss", ["-ltnH"]);
    for (const port of Object.values(ports)) {
      const addresses = stdout
        .split("\n")
        .flatMap((line) => line.split(/\s+/).filter((word) => word.endsWith(`:${port}`)));
      expect(addresses).toHaveLength(1);
      expect(addresses[0]).toMatch(/127\.0\.0\.1/);
    }
  });

  test.each(names)(
    "come back when %s is killed, with all it had",
    async (name) => {
      const { pid } = stack.services().find((one) => one.name === name) ?? { pid: null };
      process.kill(pid as number, "SIGKILL");
      await restarted(name);
      await expectOneOfEach();
    },
    150_000,
  );

  test("are saved and put back with all they had, by another installation", async () => {
    const saved = join(root, "saved");
    const quiet = { env, signal, progress: () => undefined };
    await expect(backupHome(home, saved, quiet)).rejects.toThrow(/is running/);
    await stack.stop();
    const manifest = await backupHome(home, saved, quiet);
    expect(manifest.files.map(({ file }) => file)).toContain("postgres.tar.gz");
    expect((await stat(join(saved, "secrets.json"))).mode & 0o777).toBe(0o600);
    await expect(backupHome(home, saved, quiet)).rejects.toThrow(/is not empty/);
    await expect(restoreHome(home, saved, { ...quiet, replace: false })).rejects.toThrow(/holds data already/);
    await rm(home.root, { recursive: true, force: true });
    home = homeAt(join(root, "elsewhere"));
    await restoreHome(home, saved, { ...quiet, replace: false });
    expect(await readdir(home.root)).not.toContain("restoring");
    stack = await start();
    await expectOneOfEach();
    await writeFile(join(saved, "s3.tar.gz"), "changed");
    await stack.stop();
    await expect(restoreHome(home, saved, { ...quiet, replace: true })).rejects.toThrow(/is not what was saved/);
  }, 400_000);
});

describe("an engine from an empty cache", () => {
  test("is downloaded once, also for two who need it at once", async () => {
    const lines: string[] = [];
    const options = { cacheDirectory: join(root, "cache"), env, signal, progress: (line: string) => lines.push(line) };
    await Promise.all([valkey.provision(options), valkey.provision(options)]);
    await valkey.provision(options);
    expect(lines.filter((line) => line.startsWith("downloading"))).toHaveLength(1);
    expect(cacheDirectory({ LLMFLOW_CACHE: options.cacheDirectory })).toBe(options.cacheDirectory);
  }, 120_000);
});
