import { parseArgs } from "node:util";
import { readLiveState, type ServiceState } from "../../../infra/supervisor/state.js";
import type { Command } from "../command.js";

const NOT_RUNNING = 3;

export const status: Command = {
  summary: "show every process: state, pid, port, restarts, how long it has been so",
  usage: "[--json]",
  async run(args, context) {
    const { values } = parseArgs({ args: [...args], options: { json: { type: "boolean", default: false } } });
    const state = await readLiveState(context.home);
    if (values.json) {
      const { environment: _secret, ...shown } = state ?? { environment: null };
      context.print(JSON.stringify(state === null ? { phase: "stopped" } : shown, null, 2));
      return state === null ? NOT_RUNNING : 0;
    }
    if (state === null) {
      context.print("not running");
      return NOT_RUNNING;
    }
    context.print(`${state.phase} (process ${state.supervisor.pid}, state in ${context.home.root})\n`);
    for (const line of table(state.services, new Date())) context.print(line);
    return 0;
  },
};

/** The services as aligned columns, a heading first. */
export function table(services: readonly ServiceState[], now: Date): string[] {
  const rows = [
    ["SERVICE", "STATE", "PID", "PORT", "RESTARTS", "SINCE"],
    ...services.map(({ name, state, pid, port, restarts, since }) => [
      name,
      state,
      pid === null ? "-" : String(pid),
      port === null ? "-" : String(port),
      String(restarts),
      duration(now.getTime() - Date.parse(since)),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Milliseconds as two units at most: `4s`, `3m 20s`, `5h 1m`, `2d 3h`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  if (minutes > 0) return `${minutes}m ${seconds % 60}s`;
  return `${seconds}s`;
}
