import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { readConfig } from "../../platform/config/config.js";
import { TeiEmbedder } from "../../platform/models/tei-embedder.js";
import { Encoder } from "./e5/encoder.js";
import { PackedModelFile } from "./e5/packed-file.js";
import { UnigramTokenizer } from "./e5/tokenizer.js";
import { ExtractiveModel } from "./extractive/extractive-model.js";
import { type RunningServer, serve } from "./json-http.js";
import type { LocalChatModel } from "./openai/local-chat-model.js";
import { OpenAiServer } from "./openai/openai-server.js";
import { provisionLlamaRuntime } from "./smollm/runtime.js";
import { SmolLmModel } from "./smollm/smollm-model.js";
import { TeiServer } from "./tei/tei-server.js";
import { provisionEmbedderModel, provisionSmolLm } from "./weights.js";

const config = readConfig(
  z.object({
    PORT: z.coerce.number().int().min(0).max(65_535),
    LLMFLOW_CACHE: z.string().default(join(homedir(), ".cache", "llmflow")),
    TEI_EMBED_URL: z.string().optional(),
    LOCAL_LLM: z.enum(["extractive", "smollm2"]).default("extractive"),
    LOCAL_LLM_GGUF: z.string().optional(),
    LOCAL_LLM_TOKEN_DELAY_MS: z.coerce.number().int().min(0).max(1_000).default(0),
  }),
  process.env,
);

const files = await provisionEmbedderModel(config.LLMFLOW_CACHE);

async function loadTokenizer(): Promise<UnigramTokenizer> {
  const file = await PackedModelFile.open(files.model);
  await file.close();
  return new UnigramTokenizer(file.vocabulary());
}

async function startTei(task: "embed" | "rerank"): Promise<RunningServer> {
  const [encoder, tokenizer] = await Promise.all([Encoder.start(files), loadTokenizer()]);
  // Without its model the process is of no use: the supervisor starts another.
  encoder.onFailure((error) => {
    console.error(JSON.stringify({ level: "fatal", service: task, message: error.message }));
    process.exit(1);
  });
  const server = await serve(new TeiServer(task, encoder, tokenizer).routes(), config.PORT);
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await encoder.stop();
    },
  };
}

async function loadChatModel(tokenizer: UnigramTokenizer): Promise<LocalChatModel> {
  if (config.LOCAL_LLM === "smollm2") {
    const runtime = await provisionLlamaRuntime(config.LLMFLOW_CACHE);
    return SmolLmModel.load(config.LOCAL_LLM_GGUF ?? (await provisionSmolLm(config.LLMFLOW_CACHE)), runtime);
  }
  const embedder = config.TEI_EMBED_URL ? new TeiEmbedder({ url: config.TEI_EMBED_URL }) : undefined;
  return new ExtractiveModel({ tokenizer, embedder, tokenDelayMs: config.LOCAL_LLM_TOKEN_DELAY_MS });
}

async function startLlm(): Promise<RunningServer> {
  return serve(new OpenAiServer(await loadChatModel(await loadTokenizer())).routes(), config.PORT);
}

const role = process.argv[2];
if (role !== "embed" && role !== "rerank" && role !== "llm") {
  console.error("usage: main.ts embed|rerank|llm");
  process.exit(2);
}
const server = role === "llm" ? await startLlm() : await startTei(role);
console.log(JSON.stringify({ level: "info", service: role, message: "ready", url: server.url }));

let stopping = false;
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.on(name, () => {
    if (stopping) process.exit(1);
    stopping = true;
    void server.stop().then(() => process.exit(0));
  });
}
