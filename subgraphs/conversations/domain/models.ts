import type { ChatModel, ChatModelInfo } from "../../../platform/models/ports.js";

/** The models that can answer, as their server tells; asked again after a minute. */
export interface ModelCatalogue {
  readonly defaultModel: string;
  /** @throws ModelError when the server does not answer and nothing is remembered */
  all(signal: AbortSignal): Promise<readonly ChatModelInfo[]>;
  /** Context window in tokens; undefined when nobody knows. Never waits for a slow server longer than a second. */
  windowOf(model: string): Promise<number | undefined>;
  /** False only when the server answered and does not have it. */
  mayExist(model: string): Promise<boolean>;
}

const FRESH_MS = 60_000;
const QUICK_MS = 1000;

export function createModelCatalogue(model: ChatModel, defaultModel: string): ModelCatalogue {
  let known: { readonly models: readonly ChatModelInfo[]; readonly until: number } | undefined;
  let asking: Promise<readonly ChatModelInfo[]> | undefined;
  const load = (signal: AbortSignal): Promise<readonly ChatModelInfo[]> => {
    asking ??= model
      .models({ signal })
      .then((models) => {
        known = { models, until: Date.now() + FRESH_MS };
        return models;
      })
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  const all = async (signal: AbortSignal): Promise<readonly ChatModelInfo[]> =>
    known && known.until > Date.now() ? known.models : load(signal);
  /** What is known, however old, without waiting for anything that is not needed. */
  const quick = async (): Promise<readonly ChatModelInfo[] | undefined> => {
    if (known) {
      if (known.until <= Date.now()) void load(AbortSignal.timeout(QUICK_MS)).catch(() => {});
      return known.models;
    }
    return load(AbortSignal.timeout(QUICK_MS)).catch(() => undefined);
  };
  return {
    defaultModel,
    all,
    windowOf: async (id) => (await quick())?.find((info) => info.id === id)?.maxTokens,
    mayExist: async (id) => id === defaultModel || (await quick())?.some((info) => info.id === id) !== false,
  };
}
