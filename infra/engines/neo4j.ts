import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import neo4jDriver from "neo4j-driver";
import { classArchiveOptions, keepClassArchive } from "./class-archive.js";
import { runCommand } from "./command.js";
import { type Engine, type EnginePlace, type InstalledEngine, type Provisioning, required } from "./engine.js";
import { findJava } from "./java.js";
import { provisionJars } from "./maven.js";

const HERE = dirname(fileURLToPath(import.meta.url));
const HEAP = ["-Xms128m", "-Xmx512m"];
const CHECK_LIMIT_MS = 10_000;
const OPENS = ["java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang"];

/** Neo4j Community with APOC: the knowledge graph. */
export const neo4j: Engine = {
  name: "neo4j",
  title: "Neo4j 5.26",
  defaultPort: 7687,
  urlVariable: "NEO4J_URI",
  companions: ["NEO4J_USER", "NEO4J_PASSWORD"],
  provision,
  environment: ({ port, secrets }) => ({
    NEO4J_URI: `bolt://127.0.0.1:${port}`,
    NEO4J_USER: "neo4j",
    NEO4J_PASSWORD: secrets.neo4jPassword,
  }),
  async check(environment, signal) {
    const driver = neo4jDriver.driver(
      required(environment, "NEO4J_URI"),
      neo4jDriver.auth.basic(required(environment, "NEO4J_USER"), required(environment, "NEO4J_PASSWORD")),
      { connectionTimeout: CHECK_LIMIT_MS, connectionAcquisitionTimeout: CHECK_LIMIT_MS, maxConnectionPoolSize: 1 },
    );
    const stop = () => void driver.close();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await driver.executeQuery("RETURN 1 AS answer");
    } finally {
      signal.removeEventListener("abort", stop);
      await driver.close();
    }
  },
};

async function provision(options: Provisioning): Promise<InstalledEngine> {
  const java = await findJava(options.env.JAVA_HOME, options.signal);
  const installation = await provisionJars("neo4j", join(HERE, "neo4j", "pom.xml"), ["apoc-"], options);
  // Procedures are found in the plugins folder, the libraries they need on the class path.
  const plugins = join(installation, "plugins");
  const classPath = [join(installation, "lib", "*"), join(plugins, "*")].join(":");
  return {
    async initialise(place, signal) {
      const configuration = join(place.runDirectory, "conf");
      for (const folder of ["data", "logs", "import", "licenses"]) {
        await mkdir(join(place.dataDirectory, folder), { recursive: true });
      }
      await mkdir(join(place.runDirectory, "run"), { recursive: true });
      await mkdir(configuration, { recursive: true });
      await writeFile(join(configuration, "neo4j.conf"), settings(place, plugins), { mode: 0o600 });
      const done = join(place.dataDirectory, "password-set");
      if (await stat(done).catch(() => null)) return;
      const admin = ["org.neo4j.cli.AdminTool", "dbms", "set-initial-password", place.secrets.neo4jPassword];
      await runCommand(java, ["-Xmx128m", "-cp", classPath, ...admin], {
        signal,
        timeoutMs: 180_000,
        env: { ...options.env, NEO4J_HOME: place.dataDirectory, NEO4J_CONF: configuration },
      });
      await writeFile(done, "");
    },
    stopped: (place) => keepClassArchive(installation, place.runDirectory),
    launch: (place) => ({
      command: java,
      args: [
        "-cp",
        classPath,
        ...HEAP,
        "-XX:+UseSerialGC",
        // The quick compiler alone: the start takes a quarter less work, which a laptop feels more than peak speed.
        "-XX:TieredStopAtLevel=1",
        ...classArchiveOptions(installation, place.runDirectory),
        "-XX:-OmitStackTraceInFastThrow",
        ...OPENS.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Dlog4j2.disable.jmx=true",
        "-Dfile.encoding=UTF-8",
        "org.neo4j.server.CommunityEntryPoint",
        `--home-dir=${place.dataDirectory}`,
        `--config-dir=${join(place.runDirectory, "conf")}`,
      ],
      cwd: place.dataDirectory,
      stopSignal: "SIGTERM",
    }),
  };
}

function settings(place: EnginePlace, plugins: string): string {
  const lines = [
    "server.default_listen_address=127.0.0.1",
    `server.bolt.listen_address=127.0.0.1:${place.port}`,
    "server.http.enabled=false",
    "server.https.enabled=false",
    `server.directories.run=${join(place.runDirectory, "run")}`,
    `server.directories.plugins=${plugins}`,
    "dbms.security.auth_enabled=true",
    "dbms.security.procedures.unrestricted=apoc.*",
    "dbms.usage_report.enabled=false",
    "server.memory.pagecache.size=64m",
    "db.tx_log.rotation.size=16m",
    "db.tx_log.rotation.retention_policy=32M size",
  ];
  return `${lines.join("\n")}\n`;
}
