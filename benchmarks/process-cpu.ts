import { readFile } from "node:fs/promises";

/** The kernel counts processor time in hundredths of a second for every program it shows them to. */
const MILLISECONDS_PER_TICK = 10;

/** Processor time that these processes have used since they began, user and system, in milliseconds. Linux only. */
export async function cpuMilliseconds(...pids: readonly number[]): Promise<number> {
  const ticks = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8");
      // The second field, the program's name, may hold blanks and brackets.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(fields[11]) + Number(fields[12]);
    }),
  );
  return ticks.reduce((sum, each) => sum + each, 0) * MILLISECONDS_PER_TICK;
}
