import type { Command } from "./command.js";

/** Every command by name; loaded when it is called, so that `llmflow token` does not wait for drivers it never uses. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import("./commands/start.js")).start,
  up: async () => (await import("./commands/up.js")).up,
  down: async () => (await import("./commands/down.js")).down,
  status: async () => (await import("./commands/status.js")).status,
  logs: async () => (await import("./commands/logs.js")).logs,
  doctor: async () => (await import("./commands/doctor.js")).doctor,
  token: async () => (await import("./commands/token.js")).token,
  upload: async () => (await import("./commands/upload.js")).upload,
  ask: async () => (await import("./commands/ask.js")).ask,
  search: async () => (await import("./commands/search.js")).search,
  sweep: async () => (await import("./commands/sweep.js")).sweep,
  demo: async () => (await import("./commands/demo.js")).demo,
  backup: async () => (await import("./commands/backup.js")).backup,
  restore: async () => (await import("./commands/restore.js")).restore,
  reset: async () => (await import("./commands/reset.js")).reset,
};
