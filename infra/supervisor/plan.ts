import { existsSync } from "node:fs";
import { join } from "node:path";
import { engines } from "../engines/catalogue.js";
import type { Engine } from "../engines/engine.js";
import { givenVariables } from "./engine-process.js";
import type { Environment } from "./home.js";
import type { PortAllocator } from "./ports.js";
import type { Secrets } from "./secrets.js";
import { type Service, services } from "./services.js";

export interface Planned<Kind> {
  readonly item: Kind;
  readonly port: number;
}

/** What one start will bring up, with every port and variable decided before the first process begins. */
export interface Plan {
  readonly engines: readonly Planned<Engine>[];
  /** Engines whose URL was given. */
  readonly givenEngines: readonly Engine[];
  readonly services: readonly Planned<Service>[];
  readonly environment: Record<string, string>;
  /** Ports that were not the preferred ones, and services left out, in words. */
  readonly notices: readonly string[];
}

/** Names that `only` may hold. */
export const componentNames: readonly string[] = [...engines, ...services].map(({ name }) => name);

/**
 * Decides what to start: everything in `only` (default: all) that is not given by URL, on its preferred port or the next
 * free one. `ports` overrides preferred ports by name.
 */
export async function planStack(options: {
  readonly checkout: string;
  readonly env: Environment;
  readonly secrets: Secrets;
  readonly allocator: PortAllocator;
  readonly only?: readonly string[];
  readonly ports?: Readonly<Record<string, number>>;
}): Promise<Plan> {
  const { checkout, env, secrets } = options;
  const unknown = options.only?.filter((name) => !componentNames.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(", ")} (known: ${componentNames.join(", ")})`);
  const wanted = (name: string) => options.only?.includes(name) ?? true;
  const notices: string[] = [];
  const portOf = async (name: string, preferred: number) => {
    const first = options.ports?.[name] ?? preferred;
    const port = await options.allocator.take(first);
    if (port !== first) notices.push(`port ${first} is taken, ${name} listens on ${port}`);
    return port;
  };
  const environment: Record<string, string> = {
    ENVELOPE_KEYS: env.ENVELOPE_KEYS || JSON.stringify(secrets.envelopeKeys),
    ROUTER_SECRET: env.ROUTER_SECRET || secrets.routerSecret,
    ACTOR_SECRET: env.ACTOR_SECRET || secrets.actorSecret,
    LOG_LEVEL: env.LOG_LEVEL || "info",
    NODE_ENV: env.NODE_ENV || "development",
  };
  const plannedEngines: Planned<Engine>[] = [];
  const givenEngines: Engine[] = [];
  for (const engine of engines) {
    if (env[engine.urlVariable]) {
      givenEngines.push(engine);
      continue;
    }
    if (!wanted(engine.name)) continue;
    const port = await portOf(engine.name, engine.defaultPort);
    plannedEngines.push({ item: engine, port });
    Object.assign(environment, engine.environment({ port, secrets, bucket: env.S3_BUCKET || "documents" }));
  }
  const plannedServices: Planned<Service>[] = [];
  for (const service of services) {
    if (service.urlVariable && env[service.urlVariable]) {
      Object.assign(environment, givenVariables(service.urlVariable, service.companions ?? [], env));
      continue;
    }
    if (!wanted(service.name)) continue;
    if (!existsSync(join(checkout, service.file))) {
      notices.push(`${service.name} is left out: ${service.file} is not in this checkout`);
      continue;
    }
    const port = await portOf(service.name, service.preferredPort);
    plannedServices.push({ item: service, port });
    Object.assign(environment, service.variables(port));
  }
  return { engines: plannedEngines, givenEngines, services: plannedServices, environment, notices };
}

/** The addresses a person may want to open, by name. */
export function publicUrls(environment: Readonly<Record<string, string>>): Record<string, string> {
  const urls: Record<string, string> = {};
  const named = {
    graphql: "ROUTER_URL",
    documents: "DOCUMENTS_URL",
    "knowledge-graph": "KNOWLEDGE_GRAPH_URL",
    retrieval: "RETRIEVAL_URL",
    conversations: "CONVERSATIONS_URL",
    issuer: "JWT_ISSUER",
    embedder: "TEI_EMBED_URL",
    reranker: "TEI_RERANK_URL",
    llm: "LLM_URL",
    neo4j: "NEO4J_URI",
    milvus: "MILVUS_ADDRESS",
    s3: "S3_ENDPOINT",
  };
  for (const [name, variable] of Object.entries(named)) {
    const value = environment[variable];
    if (value !== undefined) urls[name] = value;
  }
  return urls;
}
