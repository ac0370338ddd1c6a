import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import type { WorkTarget } from "../domain/document.js";
import { objectKeys } from "../domain/upload.js";
import type { JobOrigin, ObjectStore, Outbox, PendingCommand, Pipeline, Publisher } from "../ports.js";

export interface RelayDeps {
  readonly outbox: Outbox;
  readonly pipeline: Pipeline;
  readonly publisher: Publisher;
  readonly objects: ObjectStore;
  readonly logger: Logger;
}

/** Seconds for which the other rooms may fetch the chunks: the longest that signed URLs allow, as a job may wait long. */
export const ARTEFACT_URL_SECONDS = 7 * 24 * 3600;
const DISCARD_MS = 10_000;
const BATCH = 20;
/** How long a lost notification can delay a command. */
const POLL_MS = 500;

/** Carries out one command; may be repeated. "later": jobs of an overtaken attempt still run. */
export async function carryOut(deps: Omit<RelayDeps, "outbox">, pending: PendingCommand): Promise<"done" | "later"> {
  const { command, documentId, datasetId, department } = pending;
  const { tenantId } = pending.scope;
  const origin: JobOrigin = { scope: pending.scope, traceId: pending.traceId };
  const targetOf = (generation: number, attempt: number): WorkTarget => ({
    documentId,
    datasetId,
    department,
    generation,
    attempt,
  });
  switch (command.kind) {
    case "run": {
      const target = targetOf(command.generation, command.attempt);
      if (command.stage === "index") {
        await deps.publisher.report(tenantId, target, { stage: "INDEX", state: "WAITING" });
        const key = objectKeys.chunks(tenantId, datasetId, documentId, command.generation);
        const url = await deps.objects.signedGet(key, { expiresInSeconds: ARTEFACT_URL_SECONDS });
        await deps.pipeline.openIndexing(origin, target, url);
      } else {
        const stage = command.stage === "parse" ? "PARSE" : "MASK";
        await deps.publisher.report(tenantId, target, { stage, state: "WAITING" });
        await deps.pipeline.run(origin, command.stage, target);
      }
      return "done";
    }
    case "withdraw":
      return (await deps.pipeline.withdraw(origin, { documentId, ...command })) ? "done" : "later";
    case "discard": {
      const made = objectKeys.generation(tenantId, datasetId, documentId, command.generation);
      await deps.objects.removeAll(made, AbortSignal.timeout(DISCARD_MS));
      await deps.pipeline.discard(origin, targetOf(command.generation, command.attempt));
      return "done";
    }
    case "announce": {
      const target = targetOf(command.visibleGeneration ?? 1, command.attempt);
      await deps.publisher.show(tenantId, target, command);
      if (command.sweep && command.visibleGeneration !== null)
        await deps.pipeline.sweep(origin, target, command.revision);
      if (command.ended) await deps.publisher.report(tenantId, target, command.ended);
      return "done";
    }
    case "purge":
      await deps.pipeline.purge(origin, {
        documentId,
        datasetId,
        deletionId: command.deletionId,
        attempt: command.attempt,
      });
      return "done";
  }
}

/** Moves commands from the outbox to where they belong, for as long as the process runs. */
export async function startRelay(deps: RelayDeps): Promise<{ stop(): Promise<void> }> {
  let stopped = false;
  let wake = (): void => {};
  let woken = false;
  const rouse = (): void => {
    woken = true;
    wake();
  };
  const unlisten = await deps.outbox.listen(rouse);
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (woken || stopped) wake();
    });
  const loop = (async () => {
    while (!stopped) {
      woken = false;
      try {
        if ((await deps.outbox.drain(BATCH, (command) => carryOut(deps, command))) > 0) continue;
      } catch (error) {
        deps.logger.warn({ error: describeError(error) }, "the outbox cannot be read");
        woken = false;
      }
      await pause();
    }
  })();
  return {
    async stop() {
      stopped = true;
      wake();
      await unlisten();
      await loop;
    },
  };
}
