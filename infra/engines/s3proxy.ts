import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { classArchiveOptions, keepClassArchive } from "./class-archive.js";
import { type Engine, type InstalledEngine, type Provisioning, required, type Variables } from "./engine.js";
import { findJava } from "./java.js";
import { provisionJars } from "./maven.js";

const HERE = join(dirname(fileURLToPath(import.meta.url)), "s3proxy");
const CHECK_LIMIT_MS = 5_000;

/** S3Proxy: the S3 protocol, with its signatures checked, over a folder. */
export const s3proxy: Engine = {
  name: "s3",
  title: "S3Proxy 3.3",
  defaultPort: 9000,
  urlVariable: "S3_ENDPOINT",
  companions: ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"],
  provision,
  environment: ({ port, secrets, bucket }) => ({
    S3_ENDPOINT: `http://127.0.0.1:${port}`,
    S3_REGION: "us-east-1",
    S3_ACCESS_KEY_ID: secrets.s3AccessKeyId,
    S3_SECRET_ACCESS_KEY: secrets.s3SecretAccessKey,
    S3_BUCKET: bucket,
  }),
  async check(environment, signal) {
    await withClient(environment, async (client) => {
      const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(CHECK_LIMIT_MS)]);
      await client.send(new ListBucketsCommand({}), { abortSignal });
    });
  },
  async settle(environment, signal) {
    await withClient(environment, async (client) => {
      const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(CHECK_LIMIT_MS)]);
      try {
        await client.send(new CreateBucketCommand({ Bucket: required(environment, "S3_BUCKET") }), { abortSignal });
      } catch (error) {
        const name = (error as Error).name;
        if (name !== "BucketAlreadyOwnedByYou" && name !== "BucketAlreadyExists") throw error;
      }
    });
  },
};

async function withClient(environment: Variables, use: (client: S3Client) => Promise<void>): Promise<void> {
  const client = new S3Client({
    endpoint: required(environment, "S3_ENDPOINT"),
    region: environment.S3_REGION ?? "us-east-1",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: {
      accessKeyId: required(environment, "S3_ACCESS_KEY_ID"),
      secretAccessKey: required(environment, "S3_SECRET_ACCESS_KEY"),
    },
  });
  try {
    await use(client);
  } finally {
    client.destroy();
  }
}

async function provision(options: Provisioning): Promise<InstalledEngine> {
  const java = await findJava(options.env.JAVA_HOME, options.signal);
  const installation = await provisionJars("s3proxy", join(HERE, "pom.xml"), [], options);
  return {
    async initialise(place) {
      await mkdir(place.dataDirectory, { recursive: true });
      await mkdir(place.runDirectory, { recursive: true });
      const settings = [
        `s3proxy.endpoint=http://127.0.0.1:${place.port}`,
        "s3proxy.authorization=aws-v2-or-v4",
        `s3proxy.identity=${place.secrets.s3AccessKeyId}`,
        `s3proxy.credential=${place.secrets.s3SecretAccessKey}`,
        // Browsers put files straight into the bucket with a presigned URL; the signature is what protects it.
        "s3proxy.cors-allow-all=true",
        "jclouds.provider=filesystem-nio2",
        `jclouds.filesystem.basedir=${place.dataDirectory}`,
      ];
      await writeFile(join(place.runDirectory, "s3proxy.conf"), `${settings.join("\n")}\n`, { mode: 0o600 });
    },
    stopped: (place) => keepClassArchive(installation, place.runDirectory),
    launch: (place) => ({
      command: java,
      args: [
        "-Xms32m",
        "-Xmx256m",
        "-XX:+UseSerialGC",
        // The quick compiler alone: the start takes a quarter less work, which a laptop feels more than peak speed.
        "-XX:TieredStopAtLevel=1",
        ...classArchiveOptions(installation, place.runDirectory),
        `-Dlogback.configurationFile=${join(HERE, "logback.xml")}`,
        "-cp",
        join(installation, "lib", "*"),
        "org.gaul.s3proxy.Main",
        "--properties",
        join(place.runDirectory, "s3proxy.conf"),
      ],
      cwd: place.dataDirectory,
      // Java takes the encoding of file names from the locale; keys may be Korean.
      env: { LC_ALL: "C.UTF-8" },
      stopSignal: "SIGTERM",
    }),
  };
}
