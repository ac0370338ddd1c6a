import pino, { type Logger } from "pino";

export type { Logger } from "pino";

/** Field names whose values never reach a log, wherever they stand. */
const SECRET_PATHS = ["authorization", "password", "secret", "token", "envelope", "actor"].flatMap((name) => [
  name,
  `*.${name}`,
]);

/** One JSON object per line on stdout, with the service's name. Callers pass identifiers and counts, never content. */
export const createLogger = (service: string, level = "info"): Logger =>
  pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_PATHS, censor: "[redacted]" },
  });
