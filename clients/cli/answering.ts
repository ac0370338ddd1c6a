import {
  type AnswerEvent,
  type AnswerState,
  AskDocument,
  type AskInput,
  CancelAnswerDocument,
  type Client,
  EMPTY_ANSWER,
  foldAnswer,
} from "../typescript/index.js";
import type { CommandContext } from "./command.js";
import { problemText } from "./session.js";
import { renderAnswer } from "./terminal/answer-view.js";
import { styleOf } from "./terminal/style.js";
import { oneLine, plainText } from "./terminal/width.js";
import { createWordWrap } from "./terminal/word-wrap.js";

/** An answer that has not ended after this long is called off. */
const ANSWER_TIMEOUT_MS = 180_000;
const CANCEL_TIMEOUT_MS = 2000;
const MAX_COLUMNS = 100;
const CLEAR_LINE = "\r\u001b[2K";

const WAITING: Readonly<Record<string, string>> = {
  QUEUED: "waiting …",
  RETRIEVING: "searching …",
  RETRIEVED: "reading …",
  GENERATING: "writing …",
  RESTARTED: "starting over …",
};

/**
 * Asks one question and shows the answer as it comes, then its sources, facts and usage. When the context's signal aborts
 * or time is up, the answer is called off.
 * @throws Error with the reason when it is refused or fails
 */
export async function showAnswer(client: Client, input: AskInput, context: CommandContext): Promise<AnswerState> {
  const limit = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const signal = AbortSignal.any([context.signal, limit]);
  const { ask } = await client.execute(AskDocument, { input }, { signal });
  if (!ask.answer) throw new Error(ask.problem ? problemText(ask.problem) : "the question was not taken");
  const { id } = ask.answer;

  const printer = createPrinter(context);
  let state = EMPTY_ANSWER;
  try {
    for await (const event of client.followAnswer(id, { signal })) {
      state = foldAnswer(state, event);
      printer.show(event, state);
    }
  } finally {
    printer.end();
    if (signal.aborted)
      await client
        .execute(CancelAnswerDocument, { id }, { signal: AbortSignal.timeout(CANCEL_TIMEOUT_MS) })
        .catch(() => undefined);
  }
  context.signal.throwIfAborted();
  if (limit.aborted) throw new Error(`no whole answer within ${ANSWER_TIMEOUT_MS / 1000} seconds`);
  if (state.status === "FAILED") throw new Error(state.problem ? problemText(state.problem) : "the answer failed");
  context.print("");
  for (const line of renderAnswer(state, context.columns, styleOf(context.isTerminal, context.env)))
    context.print(line);
  return state;
}

interface Printer {
  show(event: AnswerEvent, state: AnswerState): void;
  /** Leaves the cursor at the start of a fresh line. */
  end(): void;
}

/** Writes the text as it comes; until then, on a terminal, what the work has come to. */
function createPrinter(context: CommandContext): Printer {
  const style = styleOf(context.isTerminal, context.env);
  const columns = context.isTerminal ? Math.min(context.columns, MAX_COLUMNS) : Number.POSITIVE_INFINITY;
  let wrap = createWordWrap("  ", columns);
  let isWaiting = false;
  let hasText = false;

  const write = (text: string): void => {
    if (text === "") return;
    if (isWaiting) context.write(CLEAR_LINE);
    isWaiting = false;
    hasText = true;
    context.write(text);
  };
  return {
    show(event, state) {
      if (event.__typename === "AnswerDelta") return write(wrap.push(plainText(event.text)));
      if (event.__typename === "AnswerStage") {
        if (event.stage === "RESTARTED" && hasText) {
          write(`${wrap.end()}\n\n  ${style.yellow("(another worker took over: from the beginning)")}\n\n`);
          wrap = createWordWrap("  ", columns);
          hasText = false;
        } else if (context.isTerminal && !hasText) {
          context.write(`${CLEAR_LINE}  ${style.dim(WAITING[event.stage] ?? oneLine(event.stage))}`);
          isWaiting = true;
        }
        return;
      }
      // The stream was forgotten: the text comes with its end.
      if (!hasText && state.text !== "" && event.__typename !== "AnswerCitation")
        write(wrap.push(plainText(state.text)));
    },
    end() {
      write(wrap.end());
      if (hasText) context.write("\n");
      else if (isWaiting) context.write(CLEAR_LINE);
    },
  };
}
