import type { Provisioning } from "../engines/engine.js";
import { provisionLocalModels } from "../engines/local-models.js";

/** A process of the product itself (not an engine). */
export interface Service {
  readonly name: string;
  /** Entry file, relative to the checkout. */
  readonly file: string;
  readonly args: readonly string[];
  readonly preferredPort: number;
  /** Names of engines and services that must answer before this one starts; those left out of a start are not waited for. */
  readonly dependsOn: readonly string[];
  /** The edge is stopped first, then the rooms, then what they stand on. */
  readonly tier: "foundation" | "room" | "edge";
  readonly healthPath: string;
  /** Variables through which the rest of the product finds this service. */
  variables(port: number): Readonly<Record<string, string>>;
  /** The variable that names one somebody else runs; given, this one is not started. */
  readonly urlVariable?: string;
  /** Variables that must come with `urlVariable`. */
  readonly companions?: readonly string[];
  /** Key with which the process signs its own calls. */
  readonly envelopeKeyId?: string;
  /** Brings what the service needs into the cache, before it starts. */
  provision?(options: Provisioning): Promise<void>;
}

/** A command that runs once per start, before the first room starts. */
export interface Migration {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** The engine it needs. */
  readonly engine: string;
}

export const migrations: readonly Migration[] = [
  { name: "PostgreSQL", file: "platform/postgres/migrate-all.ts", args: [], engine: "postgres" },
];

/** In `dependsOn`: every migration is done. */
export const MIGRATED = "migrations";

const rooms = [
  { room: "documents", port: 4101, variable: "DOCUMENTS_URL", needs: ["s3", "embedder"] },
  { room: "knowledge-graph", port: 4102, variable: "KNOWLEDGE_GRAPH_URL", needs: ["neo4j"] },
  { room: "retrieval", port: 4103, variable: "RETRIEVAL_URL", needs: ["milvus", "embedder", "reranker"] },
  { room: "conversations", port: 4104, variable: "CONVERSATIONS_URL", needs: ["llm", "cache"] },
] as const;

const WORKER_PORT_OFFSET = 10;

/** Everything that `llmflow up` starts besides the engines. */
export const services: readonly Service[] = [
  {
    ...localModel("embedder", "embed", 4201),
    urlVariable: "TEI_EMBED_URL",
    variables: (port) => ({ TEI_EMBED_URL: origin(port) }),
  },
  {
    ...localModel("reranker", "rerank", 4202),
    urlVariable: "TEI_RERANK_URL",
    variables: (port) => ({ TEI_RERANK_URL: origin(port) }),
  },
  {
    ...localModel("llm", "llm", 4203),
    dependsOn: ["embedder"],
    urlVariable: "LLM_URL",
    companions: ["LLM_MODEL"],
    variables: (port) => ({ LLM_URL: origin(port), LLM_MODEL: "llmflow-extractive" }),
  },
  {
    name: "issuer",
    file: "infra/issuer/main.ts",
    args: [],
    preferredPort: 4300,
    dependsOn: [],
    tier: "foundation",
    healthPath: "/health/ready",
    urlVariable: "JWKS_URL",
    companions: ["JWT_ISSUER", "JWT_AUDIENCE"],
    variables: (port) => ({
      JWT_ISSUER: origin(port),
      JWT_AUDIENCE: "llmflow",
      JWKS_URL: `${origin(port)}/.well-known/jwks.json`,
    }),
  },
  ...rooms.flatMap(({ room, port, variable, needs }): Service[] => [
    {
      name: room,
      file: `subgraphs/${room}/main.ts`,
      args: ["api"],
      preferredPort: port,
      dependsOn: ["postgres", "valkey", MIGRATED, ...needs],
      tier: "room",
      healthPath: "/health/ready",
      envelopeKeyId: room,
      variables: (given) => ({ [variable]: `${origin(given)}/graphql` }),
    },
    {
      name: `${room}-worker`,
      file: `subgraphs/${room}/main.ts`,
      args: ["worker"],
      preferredPort: port + WORKER_PORT_OFFSET,
      dependsOn: ["postgres", "valkey", MIGRATED, ...needs],
      tier: "room",
      healthPath: "/health/ready",
      envelopeKeyId: room,
      variables: () => ({}),
    },
  ]),
  {
    name: "router",
    file: "router/main.ts",
    args: [],
    preferredPort: 4000,
    // It answers when the rooms do, but need not wait for them to begin.
    dependsOn: ["postgres", "valkey", MIGRATED],
    tier: "edge",
    healthPath: "/health/ready",
    envelopeKeyId: "router",
    variables: (port) => ({ ROUTER_PORT: String(port), ROUTER_URL: `${origin(port)}/graphql` }),
  },
];

function localModel(name: string, role: string, preferredPort: number) {
  return {
    name,
    file: "infra/local-models/main.ts",
    args: [role],
    preferredPort,
    dependsOn: [],
    tier: "foundation",
    healthPath: "/health",
    provision: provisionLocalModels,
  } as const;
}

function origin(port: number): string {
  return `http://127.0.0.1:${port}`;
}
