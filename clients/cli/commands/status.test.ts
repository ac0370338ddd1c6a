import { describe, expect, test } from "vitest";
import { duration, table } from "./status.js";

describe("the status table", () => {
  test("aligns its columns and shows how long each state has lasted", () => {
    const since = "2026-01-01T00:00:00.000Z";
    const lines = table(
      [
        { name: "postgres", state: "ready", pid: 41, identity: "x", port: 5432, restarts: 0, since },
        { name: "s3", state: "external", pid: null, identity: null, port: null, restarts: 12, since },
      ],
      new Date("2026-01-01T00:03:20.000Z"),
    );
    expect(lines).toEqual([
      "SERVICE   STATE     PID  PORT  RESTARTS  SINCE",
      "postgres  ready     41   5432  0         3m 20s",
      "s3        external  -    -     12        3m 20s",
    ]);
  });

  test.each([
    [-5, "0s"],
    [4_000, "4s"],
    [200_000, "3m 20s"],
    [18_060_000, "5h 1m"],
    [183_600_000, "2d 3h"],
  ])("shows %i ms as %s", (milliseconds, text) => expect(duration(milliseconds)).toBe(text));
});
