import { describe, expect, test } from "vitest";
import { runCommand } from "./command.js";

const never = new AbortController().signal;
const node = (script: string) => ["-e", script];

describe("a command", () => {
  test("gives back what it wrote to both streams", async () => {
    const script = "process.stdout.write('out '); process.stderr.write('err ')";
    const output = await runCommand(process.execPath, node(script), { signal: never, timeoutMs: 20_000 });
    expect(output.split(" ").sort().join(" ").trim()).toBe("err out");
  });

  test("that fails is an error with the end of its output", async () => {
    const script = "console.error('no such table'); process.exit(3)";
    const running = runCommand(process.execPath, node(script), { signal: never, timeoutMs: 20_000 });
    await expect(running).rejects.toThrow(/ended with code 3\nno such table/);
  });

  test("that cannot be started is named", async () => {
    const running = runCommand("no-such-program", [], { signal: never, timeoutMs: 20_000 });
    await expect(running).rejects.toThrow(/no-such-program cannot be started/);
  });

  test("that hangs is ended at its time limit", async () => {
    const running = runCommand(process.execPath, node("setInterval(() => {}, 1000)"), {
      signal: never,
      timeoutMs: 300,
    });
    await expect(running).rejects.toThrow(/took longer than 0.3 s/);
  });

  test("is ended when its signal aborts", async () => {
    const stopping = new AbortController();
    const running = runCommand(process.execPath, node("setInterval(() => {}, 1000)"), {
      signal: stopping.signal,
      timeoutMs: 20_000,
    });
    stopping.abort();
    await expect(running).rejects.toThrow(/was stopped/);
  });
});
