import { existsSync } from "node:fs";

const PROGRAM = "/usr/bin/setpriv";

/**
 * Prefix of a command that makes the kernel itself end the process, with this signal, when the one that started it was
 * killed. Empty where there is no such thing: there the next start ends what was left.
 */
export function parentDeathGuard(stopSignal: NodeJS.Signals): string[] {
  return process.platform === "linux" && existsSync(PROGRAM) ? [PROGRAM, "--pdeathsig", stopSignal, "--"] : [];
}
