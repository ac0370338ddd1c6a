import { describe, expect, test } from "vitest";
import { resumable } from "./resume.js";
import { ApiError, ConnectionError } from "./transport.js";

describe("a resumable stream", () => {
  test("takes up after every break where it stopped: nothing missed, nothing twice", async () => {
    const asked: number[] = [];
    async function* connect(after: number): AsyncGenerator<number> {
      asked.push(after);
      for (let n = after + 1; n <= 10; n++) {
        yield n;
        if (n % 3 === 0)
          throw n === 6
            ? new ApiError([{ message: "expired", extensions: { code: "TOKEN_EXPIRED" } }])
            : new ConnectionError("broken");
      }
    }
    const seen: number[] = [];
    for await (const n of resumable(
      connect,
      0,
      (n) => n,
      (n) => n === 10,
      { pauseMs: 1 },
    ))
      seen.push(n);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(asked).toEqual([0, 3, 6, 9]);
  });

  test("gives up on an error that another try would not mend, and after too many breaks", async () => {
    const failing = (error: Error) => async () => {
      const stream = resumable<number, number>(
        // biome-ignore lint/correctness/useYield: it fails before its first event
        async function* () {
          throw error;
        },
        0,
        (n) => n,
        () => false,
        { attempts: 2, pauseMs: 1 },
      );
      for await (const _ of stream);
    };
    await expect(failing(new ApiError([{ message: "no", extensions: { code: "FORBIDDEN" } }]))).rejects.toThrow("no");
    await expect(failing(new ConnectionError("away"))).rejects.toThrow("away");
  });
});
