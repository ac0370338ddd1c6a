import { describe, expect, test } from "vitest";
import { homeOf } from "./home.js";

describe("the state folder", () => {
  test("differs between two checkouts of the same name", () => {
    expect(homeOf("/a/llmflow", {}, false).root).not.toBe(homeOf("/b/llmflow", {}, false).root);
  });

  test("is where LLMFLOW_HOME says", () => {
    expect(homeOf("/a/llmflow", { LLMFLOW_HOME: "/var/elsewhere" }, true).root).toBe("/var/elsewhere");
  });

  test("of root is outside root's home, which PostgreSQL's user cannot enter", () => {
    expect(homeOf("/srv/llmflow", {}, true).root).toMatch(/^\/var\/lib\/llmflow\/llmflow-[0-9a-f]{8}$/);
  });

  test("of a user is in the user's state folder", () => {
    expect(homeOf("/a/llmflow", { XDG_STATE_HOME: "/state" }, false).root).toMatch(
      /^\/state\/llmflow\/llmflow-[0-9a-f]{8}$/,
    );
  });
});
