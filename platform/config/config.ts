import { z } from "zod";

/** Thrown once with every problem of the environment, so that one restart fixes them all. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.name = "ConfigError";
  }
}

/** Parses environment variables by a zod schema; empty strings count as unset. @throws ConfigError naming every bad variable. */
export function readConfig<S extends z.ZodType>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => `${issue.path.join(".") || "environment"}: ${issue.message}`),
  );
}

/** A variable that holds JSON of a schema. */
export const jsonOf = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "must be JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema as z.ZodType<z.output<S>, unknown>);

const port = z.coerce.number().int().min(0).max(65535);
const url = z.string().min(1);

/** Where traces go; with none of these set, nowhere. */
const tracingConfig = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  LANGFUSE_BASE_URL: url.optional(),
  LANGFUSE_PUBLIC_KEY: z.string().optional(),
  LANGFUSE_SECRET_KEY: z.string().optional(),
});

/** What every process of the product reads. */
export const processConfig = tracingConfig.extend({
  PORT: port,
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  REDIS_URL: url,
  DATABASE_URL: url,
  ENVELOPE_KEYS: z.string().min(2),
  ENVELOPE_KEY_ID: z.string().min(1),
  ACTOR_SECRET: z.string().min(32),
  JWT_ISSUER: z.string().min(1),
  JWT_AUDIENCE: z.string().min(1),
  JWKS_URL: url,
  ROUTER_SECRET: z.string().min(32).optional(),
});
export type ProcessConfig = z.output<typeof processConfig>;

/** Hosts and networks ("hooks.internal, 10.1.0.0/16") that may be gone to for somebody although they are not public. */
export const outboundConfig = z.object({ OUTBOUND_ALLOW: z.string().default("") });

export const embedderConfig = z.object({ TEI_EMBED_URL: url });
export const s3Config = z.object({
  S3_ENDPOINT: url,
  S3_REGION: z.string().default("us-east-1"),
  S3_ACCESS_KEY_ID: z.string().min(1),
  S3_SECRET_ACCESS_KEY: z.string().min(1),
  S3_BUCKET: z.string().default("documents"),
});
