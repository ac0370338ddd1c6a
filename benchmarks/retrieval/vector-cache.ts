import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { PassageEmbedder } from "../../subgraphs/retrieval/ports.js";

const SLICE = 64;

/** An embedder that keeps its passages' vectors in a file, so that a second run embeds nothing. */
export function cachedEmbedder(embedder: PassageEmbedder, file: string): PassageEmbedder {
  let known: Promise<Map<string, number[]>> | undefined;
  const read = async (): Promise<Map<string, number[]>> => {
    await mkdir(dirname(file), { recursive: true });
    const text = await readFile(file, "utf8").catch(() => "");
    // A run that was stopped may have left half a line at the end.
    return new Map(
      text.split("\n").flatMap((line): [string, number[]][] => {
        const match = line.match(/^([\w-]{43}) (\[.*\])$/);
        return match?.[1] && match[2] ? [[match[1], JSON.parse(match[2]) as number[]]] : [];
      }),
    );
  };
  return {
    model: (signal) => embedder.model(signal),
    async embedPassages(texts, signal, onEmbedded) {
      const { model } = await embedder.model(signal);
      known ??= read();
      const cache = await known;
      const keyOf = (text: string): string => createHash("sha256").update(`${model}\n${text}`).digest("base64url");
      const missing = texts.filter((text) => !cache.has(keyOf(text)));
      onEmbedded(texts.length - missing.length);
      for (let at = 0; at < missing.length; at += SLICE) {
        const slice = missing.slice(at, at + SLICE);
        const vectors = await embedder.embedPassages(slice, signal, onEmbedded);
        await appendFile(file, slice.map((text, i) => `${keyOf(text)} ${JSON.stringify(vectors[i])}\n`).join(""));
        slice.forEach((text, i) => {
          cache.set(keyOf(text), [...(vectors[i] ?? [])]);
        });
      }
      return texts.map((text) => cache.get(keyOf(text)) ?? []);
    },
  };
}
