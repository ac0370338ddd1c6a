import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { z } from "zod";
import { nodeProgram, typescriptArguments } from "../../../infra/supervisor/service-process.js";
import { type Command, requireRunning } from "../command.js";

const reportSchema = z.object({
  tenantId: z.string(),
  findings: z.array(z.object({ store: z.string(), kind: z.string(), id: z.string(), detail: z.string() })),
  repaired: z.number(),
});
/** The process's code when differences are left. */
const DIFFERENCES = 3;

export const sweep: Command = {
  summary: "compare what every store holds with what the rows say, in both directions",
  usage: "[--repair]",
  async run(args, context) {
    const { values } = parseArgs({ args: [...args], options: { repair: { type: "boolean", default: false } } });
    const { environment } = await requireRunning(context);
    const child = spawn(
      nodeProgram(context.checkout),
      typescriptArguments("subgraphs/documents/main.ts", ["sweep", ...(values.repair ? ["--repair"] : [])]),
      {
        cwd: context.checkout,
        env: { ...context.env, ...environment, PORT: "0", ENVELOPE_KEY_ID: "documents", LOG_LEVEL: "silent" },
        stdio: ["ignore", "pipe", "inherit"],
        signal: context.signal,
      },
    );
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code ?? 1));
    });
    let [tenants, found, repaired] = [0, 0, 0];
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('{"tenantId"')) continue;
      const report = reportSchema.parse(JSON.parse(line));
      tenants++;
      found += report.findings.length;
      repaired += report.repaired;
      for (const { store, kind, id, detail } of report.findings)
        context.print(`${kind.padEnd(8)}${store.padEnd(10)}${report.tenantId}  ${id}: ${detail}`);
    }
    const code = await ended;
    if (code !== 0 && code !== DIFFERENCES) throw new Error("the sweep could not be ended: is everything running?");
    context.print(`${tenants} tenants, ${found} differences${values.repair ? `, ${repaired} repaired` : ""}`);
    return code === 0 ? 0 : 1;
  },
};
