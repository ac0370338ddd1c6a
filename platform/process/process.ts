import { createServer } from "node:http";
import type { z } from "zod";
import { type AuditLog, createAuditLog } from "../audit/audit.js";
import { actorSigner, actorVerifier } from "../auth/actor.js";
import { authenticator } from "../auth/authenticate.js";
import { type CallerKey, envelopeVerifier, parseEnvelopeKeys } from "../auth/envelope.js";
import { redisNonces } from "../auth/nonces.js";
import { tokenVerifier } from "../auth/tokens.js";
import type { TenantScope } from "../auth/viewer.js";
import { ConfigError, type ProcessConfig, processConfig, readConfig } from "../config/config.js";
import { describeError } from "../errors/errors.js";
import { createLogger, type Logger } from "../logging/logger.js";
import { createPostgres, type Postgres } from "../postgres/postgres.js";
import { createBlockingRedis, createRedis, type Redis } from "../redis/redis.js";
import { createStreamReader, type StreamReader } from "../streams/stream-reader.js";
import { createMetrics, type Metrics } from "../telemetry/metrics.js";
import { createTracing } from "../telemetry/open-tracing.js";
import { receiversOf, type Tracing } from "../telemetry/tracing.js";

/** What every process of a room has at hand. Made once in its `main.ts` and passed on as parameters. */
export interface RoomProcess<C> {
  readonly room: string;
  /** "sweep": compares the stores once, tells what it found and ends. */
  readonly role: "api" | "worker" | "sweep";
  /** What was given on the command line after the role. */
  readonly args: readonly string[];
  readonly config: ProcessConfig & C;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly redis: Redis;
  readonly streams: StreamReader;
  readonly postgres: Postgres;
  readonly audit: AuditLog;
  readonly key: CallerKey;
  readonly signActor: (scope: TenantScope) => Promise<string>;
  readonly openActor: (actor: string) => Promise<TenantScope>;
  readonly authenticate: ReturnType<typeof authenticator>;
  /** Runs when the process is asked to stop; last registered, first run. */
  onStop(stop: () => Promise<unknown>): void;
  /** Stops everything in order, then the process with this code. */
  end(code: number): Promise<void>;
}

/** Reads the environment, opens what all rooms share and hands it to `start`; stops everything in order on SIGTERM and SIGINT. */
export async function runRoom<S extends z.ZodObject>(
  room: string,
  schema: string,
  extra: S,
  start: (process: RoomProcess<z.output<S>>) => Promise<void>,
): Promise<void> {
  const asked = process.argv[2];
  const role = asked === "worker" || asked === "sweep" ? asked : "api";
  const service = `${room}:${role}`;
  let logger = createLogger(service);
  const stops: (() => Promise<unknown>)[] = [];
  let stopping = false;
  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    const forced = setTimeout(() => process.exit(code || 1), 15_000);
    forced.unref();
    for (const step of stops.reverse())
      await step().catch((error: unknown) => logger.warn({ error: describeError(error) }, "while stopping"));
    process.exit(code);
  };
  process.on("SIGTERM", () => void stop(0));
  process.on("SIGINT", () => void stop(0));
  process.on("unhandledRejection", (error) => logger.error({ error: describeError(error) }, "unhandled rejection"));
  try {
    const config = readConfig(processConfig.extend(extra.shape), process.env) as unknown as ProcessConfig & z.output<S>;
    logger = createLogger(service, config.LOG_LEVEL);
    const metrics = createMetrics(service);
    const tracing = await createTracing(`llmflow-${service}`, receiversOf(config));
    stops.push(() => tracing.close());
    const redis = createRedis(config.REDIS_URL, service, logger);
    const streams = createStreamReader(createBlockingRedis(config.REDIS_URL, service, logger), redis, logger);
    const postgres = createPostgres({ url: config.DATABASE_URL, schema, logger });
    stops.push(
      async () => redis.disconnect(),
      () => streams.close(),
      () => postgres.close(),
    );
    const keys = parseEnvelopeKeys(config.ENVELOPE_KEYS);
    const secret = keys.get(config.ENVELOPE_KEY_ID);
    if (!secret)
      throw new ConfigError([`ENVELOPE_KEY_ID: there is no key "${config.ENVELOPE_KEY_ID}" in ENVELOPE_KEYS`]);
    const actorSecret = new TextEncoder().encode(config.ACTOR_SECRET);
    await start({
      room,
      role,
      args: process.argv.slice(3),
      config,
      logger,
      metrics,
      tracing,
      redis,
      streams,
      postgres,
      audit: createAuditLog(room, postgres, logger),
      key: { keyId: config.ENVELOPE_KEY_ID, secret },
      signActor: actorSigner(actorSecret),
      openActor: actorVerifier(actorSecret),
      authenticate: authenticator({
        openEnvelope: envelopeVerifier({ audience: room, keys, nonces: redisNonces(redis) }),
        verifyToken: tokenVerifier({
          issuer: config.JWT_ISSUER,
          audience: config.JWT_AUDIENCE,
          jwksUrl: config.JWKS_URL,
        }),
        ...(config.ROUTER_SECRET ? { routerSecret: config.ROUTER_SECRET } : {}),
      }),
      onStop: (step) => stops.push(step),
      end: stop,
    });
  } catch (error) {
    logger.fatal({ error: describeError(error) }, error instanceof ConfigError ? error.message : "could not start");
    await stop(1);
  }
}

/** Health and metrics of a worker process, on 127.0.0.1. */
export async function serveWorkerHealth(
  port: number,
  metrics: Metrics,
  ready: () => Promise<unknown>,
): Promise<() => Promise<void>> {
  const server = createServer((req, res) => {
    if (req.url === "/health/live") return void res.end("ok");
    if (req.url === "/health/ready")
      return void ready().then(
        () => res.end("ready"),
        (error: unknown) => res.writeHead(503).end(error instanceof Error ? error.message : "not ready"),
      );
    if (req.url === "/metrics")
      return void metrics.registry
        .metrics()
        .then((text) => res.writeHead(200, { "content-type": metrics.registry.contentType }).end(text));
    res.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return () => new Promise((resolve) => server.close(() => resolve()));
}
