import http from "node:http";
import type { AddressInfo } from "node:net";
import { sharedMicroseconds, stampOf } from "../clock.js";

export const MODEL = "fixed-rhythm";
/** Frames of an answer, and the milliseconds before the first and between two. */
export const FRAMES = 64;
export const FRAME_MS = 20;
export const FIRST_FRAME_MS = 100;

const WINDOW_TOKENS = 32_768;

/** A server with the OpenAI chat interface that writes at a fixed rhythm, however fast it is read. */
export interface FixedRhythmModel {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Each frame's text is one word: the time at which it was sent (`stampOf`). Before it the first frame has another: the
 * time at which the request had come in.
 */
export async function startFixedRhythmModel(): Promise<FixedRhythmModel> {
  const server = http.createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0];
    if (path === "/v1/chat/completions") return answer(request, response);
    request.resume();
    if (path === "/v1/models") return json(response, { data: [{ id: MODEL, max_model_len: WINDOW_TOKENS }] });
    if (path === "/health") return json(response, {});
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  request.resume();
  request.once("end", () => {
    const cameIn = sharedMicroseconds();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    let sent = 0;
    const frame = (content: string, finish: string | null): string =>
      `data: ${JSON.stringify({ object: "chat.completion.chunk", model: MODEL, choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
    const next = (): void => {
      if (response.destroyed) return;
      const first = sent === 0 ? `${stampOf(cameIn)} ` : "";
      sent++;
      response.write(frame(`${first}${stampOf(sharedMicroseconds())} `, null));
      if (sent < FRAMES) {
        // By the clock, so that a late timer does not delay all that follow.
        const due = cameIn / 1000 + FIRST_FRAME_MS + sent * FRAME_MS;
        setTimeout(next, Math.max(0, due - sharedMicroseconds() / 1000));
        return;
      }
      const usage = { prompt_tokens: 1, completion_tokens: FRAMES, total_tokens: FRAMES + 1 };
      response.write(frame("", "stop"));
      response.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
    };
    setTimeout(next, FIRST_FRAME_MS);
  });
}

function json(response: http.ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
