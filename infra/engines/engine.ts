/** Variables of the environment, as the rest of the product reads them. */
export type Variables = Readonly<Record<string, string>>;

/** Passwords and keys of a development installation; generated once, kept with mode 0600 in the state directory. */
export interface EngineSecrets {
  readonly postgresPassword: string;
  readonly redisPassword: string;
  readonly neo4jPassword: string;
  readonly s3AccessKeyId: string;
  readonly s3SecretAccessKey: string;
}

/** Where one engine of one installation lives. */
export interface EnginePlace {
  /** Everything that must survive a restart, and all that a backup holds. */
  readonly dataDirectory: string;
  /** Configuration and scratch files that are written anew at each start. */
  readonly runDirectory: string;
  readonly port: number;
  readonly secrets: EngineSecrets;
  /** Bucket for documents; only the object store reads it. */
  readonly bucket: string;
}

/** How to start a process of the engine in the foreground. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the supervisor's own environment. */
  readonly env?: Variables;
  /** Another operating-system user, for engines that refuse to run as root. */
  readonly uid?: number;
  readonly gid?: number;
  /** Signal that asks for a clean, quick end. */
  readonly stopSignal: NodeJS.Signals;
}

/** An engine whose files are on this machine. */
export interface InstalledEngine {
  /** Makes the data directory when it is empty and writes the configuration. May be run again. */
  initialise(place: EnginePlace, signal: AbortSignal): Promise<void>;
  launch(place: EnginePlace): Launch;
  /** Called after a clean stop. */
  stopped?(place: EnginePlace): Promise<void>;
}

export interface Provisioning {
  readonly cacheDirectory: string;
  /** The environment the product was started in: where Java and the tools are found. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  progress(line: string): void;
}

export type EngineName = "postgres" | "valkey" | "cache" | "neo4j" | "milvus" | "s3";

/** One kind of engine: how to get it, start it, reach it and prove that it answers. */
export interface Engine {
  readonly name: EngineName;
  readonly title: string;
  readonly defaultPort: number;
  /** The variable that names an engine somebody else runs; given, nothing is provisioned. */
  readonly urlVariable: string;
  /** Variables that must come with `urlVariable`. */
  readonly companions: readonly string[];
  provision(options: Provisioning): Promise<InstalledEngine>;
  environment(place: Pick<EnginePlace, "port" | "secrets" | "bucket">): Variables;
  /** One round trip in the engine's own protocol. Rejects while it does not answer. */
  check(environment: Variables, signal: AbortSignal): Promise<void>;
  /** Makes what the product expects to find inside (database, bucket). May be run again. */
  settle?(environment: Variables, signal: AbortSignal): Promise<void>;
}

/** Reads a variable that the caller has put there; its absence is a bug. */
export function required(environment: Variables, name: string): string {
  const value = environment[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}
