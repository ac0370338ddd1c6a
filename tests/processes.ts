import { homeAt } from "../infra/supervisor/home.js";
import { readState, type ServiceState } from "../infra/supervisor/state.js";
import { eventually, variable } from "./product.js";

/** A process of the running product, as its supervisor knows it. */
export async function processOf(name: string): Promise<ServiceState> {
  const state = await readState(homeAt(variable("LLMFLOW_HOME")));
  const found = state?.services.find((service) => service.name === name);
  if (!found) throw new Error(`no supervisor of ${variable("LLMFLOW_HOME")} knows ${name}`);
  return found;
}

/** Sends a signal to a process of the product; resolves with its process id. */
export async function signal(name: string, what: NodeJS.Signals): Promise<number> {
  const { pid } = await processOf(name);
  if (pid === null) throw new Error(`${name} is not running`);
  process.kill(pid, what);
  return pid;
}

/** Resolves when the supervisor has another process of that name ready. */
export const restarted = (name: string, before: number, limitMs = 120_000): Promise<ServiceState> =>
  eventually(
    `${name} is started again`,
    async () => {
      const now = await processOf(name);
      return now.state === "ready" && now.pid !== before && now;
    },
    limitMs,
  );

/** The process dies without a word; resolves when its successor is ready. */
export async function killed(name: string): Promise<void> {
  await restarted(name, await signal(name, "SIGKILL"));
}
