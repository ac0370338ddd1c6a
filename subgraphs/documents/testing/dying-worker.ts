import { QUEUES } from "../../../platform/queue/catalogue.js";
import { startRelay } from "../jobs/relay.js";
import { openRoom } from "./room.js";

/**
 * A worker of the room in a process of its own, that kills itself (SIGKILL: nothing is tidied up) right after an effect and before
 * anybody is told that it happened. Its task comes as JSON in the first argument.
 */
export interface Task {
  readonly redisNumber: number;
  readonly databaseUrl: string;
  readonly secret: string;
  /** "port.method" and after how many of its calls; null: it lives. */
  readonly dieAfter: { readonly point: string; readonly calls: number } | null;
  readonly lockMs: number;
}

const task = JSON.parse(process.argv[2] ?? "{}") as Task;
let calls = 0;

function wrap<T extends object>(name: string, port: T): T {
  return new Proxy(port, {
    get(target, method, receiver) {
      const value = Reflect.get(target, method, receiver) as unknown;
      if (typeof value !== "function" || `${name}.${String(method)}` !== task.dieAfter?.point) return value;
      return async (...args: unknown[]) => {
        const result = await (value as (...args: unknown[]) => unknown).apply(target, args);
        if (++calls === task.dieAfter?.calls) process.kill(process.pid, "SIGKILL");
        return result;
      };
    },
  });
}

const room = await openRoom(task.redisNumber, { ...task, wrap });
room.work(QUEUES.documents, Object.values(room.jobs));
const relay = await startRelay(room);
room.onClose(() => relay.stop());
process.on("SIGTERM", () => void room.close().then(() => process.exit(0)));
process.send?.("ready");
