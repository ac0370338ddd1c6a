import type { TestProject } from "vitest/node";
import { acquireStack } from "./stack.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** Every variable of the running product. */
    product: Record<string, string>;
  }
}

/**
 * The running product for the end-to-end suites. With ROUTER_URL in the environment (and its issuer's key file in
 * ISSUER_KEYS) the suites run against that router instead, whichever it is.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (process.env["ROUTER_URL"]) {
    project.provide(
      "product",
      Object.fromEntries(
        Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
    );
    return async () => {};
  }
  const { stack, home, release } = await acquireStack();
  project.provide("product", { ...stack.env, LLMFLOW_HOME: home });
  return release;
}
