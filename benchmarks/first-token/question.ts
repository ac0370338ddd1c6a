import { cpuMilliseconds } from "../process-cpu.js";
import type { Figure, Findings, Question, Settings } from "../report.js";
import { runningProduct } from "../running-product.js";
import { median, quantile } from "../samples.js";
import { FRAMES } from "./fixed-rhythm-model.js";
import { askDirectly, askProduct, type OnWord, productClient, type StreamTimes } from "./streams.js";

const MANY = 50;
const TARGETS = { firstToken: 3, tokenMedian: 0.3, tokenTail: 2, cpuMicroseconds: 150 };
/** Words between which processor time is taken: every stream is open, none has ended. */
const STEADY_FROM = 8;
const STEADY_TO = FRAMES - 8;
const SERVICES = ["router", "conversations", "conversations-worker"] as const;

type Ask = (onWord: OnWord) => Promise<StreamTimes>;
interface Round {
  readonly streams: readonly StreamTimes[];
  /** Processor microseconds a word of each service, from the first question to the last word. */
  readonly whole: readonly number[];
  /** … while all streams flowed; absent when the first had ended before the last began. */
  readonly steady: readonly number[] | undefined;
}

/** Some streams at a time, and what the services used meanwhile. */
async function round(ask: Ask, count: number, pids: readonly number[]): Promise<Round> {
  const measure = async (words: number): Promise<{ words: number; cpu: number[] }> => ({
    words,
    cpu: await Promise.all(pids.map((pid) => cpuMilliseconds(pid))),
  });
  type Mark = Awaited<ReturnType<typeof measure>>;
  const perWord = (from: Mark, to: Mark): number[] =>
    to.cpu.map((value, i) => ((value - (from.cpu[i] ?? 0)) * 1000) / (to.words - from.words));
  let words = 0;
  let flowing = 0;
  let allFlow: Promise<Mark> | undefined;
  let firstEnds: Promise<Mark> | undefined;
  const onWord = (nth: number): void => {
    words++;
    if (nth === STEADY_FROM && ++flowing === count && !firstEnds) allFlow = measure(words);
    if (nth === STEADY_TO) firstEnds ??= measure(words);
  };
  const before = await measure(0);
  const streams = await Promise.all(Array.from({ length: count }, () => ask(onWord)));
  const after = await measure(words);
  const marks = allFlow && firstEnds ? await Promise.all([allFlow, firstEnds]) : undefined;
  return { streams, whole: perWord(before, after), steady: marks && perWord(...marks) };
}

interface Samples {
  readonly streams: StreamTimes[];
  readonly whole: (readonly number[])[];
  readonly steady: (readonly number[])[];
}
const samples = (): Samples => ({ streams: [], whole: [], steady: [] });

async function answer(settings: Settings): Promise<Findings> {
  const { quick, signal, progress } = settings;
  const product = await runningProduct(settings);
  const client = await productClient(product, "bench-first-token");
  const direct: Ask = (onWord) => askDirectly(product.model.url, onWord, signal);
  const through: Ask = (onWord) => askProduct(client, onWord, signal);
  const pids = SERVICES.map((service) => product.pidOf(service));
  const one = { direct: samples(), through: samples() };
  const many = { direct: samples(), through: samples() };
  const take = async (into: Samples, ask: Ask, count: number): Promise<void> => {
    signal.throwIfAborted();
    const taken = await round(ask, count, ask === through ? pids : []);
    into.streams.push(...taken.streams);
    into.whole.push(taken.whole);
    if (taken.steady) into.steady.push(taken.steady);
  };

  progress("first-token: warming");
  for (let i = 0; i < (quick ? 2 : 6); i++) await take(samples(), through, MANY);
  for (let i = 0; i < 3; i++) await take(samples(), direct, 1);
  for (let n = 1; n <= (quick ? 2 : 7); n++) {
    progress(`first-token: round ${n}`);
    for (let i = 0; i < (quick ? 5 : 10); i++) {
      await take(one.direct, direct, 1);
      await take(one.through, through, 1);
    }
    await take(many.direct, direct, MANY);
    await take(many.through, through, MANY);
  }
  return findings(one, many);
}

interface Pair {
  readonly direct: Samples;
  readonly through: Samples;
}

function findings(one: Pair, many: Pair): Findings {
  const each = (of: Samples, value: (stream: StreamTimes) => number): number[] => of.streams.map(value);
  const delays = (of: Samples): number[] => of.streams.flatMap((stream) => stream.delays.slice(1));
  const added = (pair: Pair, value: (stream: StreamTimes) => number): number =>
    median(each(pair.through, value)) - median(each(pair.direct, value));
  const addedDelay = (pair: Pair, q: number): number =>
    quantile(delays(pair.through), q) - quantile(delays(pair.direct), q);
  const ms = (name: string, value: number, target?: number): Figure => ({
    name,
    value,
    unit: "ms",
    ...(target === undefined ? {} : { target }),
  });
  const { steady, whole } = many.through;
  const cpuOf = (taken: readonly (readonly number[])[]): number[] =>
    SERVICES.map((_, service) => median(taken.map((each) => each[service] ?? 0)));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const shares = (cpu: readonly number[]): string =>
    SERVICES.map((service, i) => `${service} ${cpu[i]?.toFixed(0)} µs`).join(", ");
  const lost = [one.through, many.through].flatMap((of) => each(of, (stream) => stream.lost));
  return {
    figures: [
      ms(
        "first token, added (p50)",
        added(one, (stream) => stream.untilFirst),
        TARGETS.firstToken,
      ),
      ms(
        "… before the model is asked",
        added(one, (stream) => stream.untilAsked),
      ),
      ms(
        "… from the model to the reader",
        added(one, (stream) => stream.delays[0] ?? 0),
      ),
      ms(
        "first token, added (p99)",
        quantile(
          each(one.through, (s) => s.untilFirst),
          0.99,
        ) -
          quantile(
            each(one.direct, (s) => s.untilFirst),
            0.99,
          ),
      ),
      ms(
        `first token over ${MANY} streams that begin at once, added (p50)`,
        added(many, (stream) => stream.untilFirst),
      ),
      ms("each token over 1 stream, added (p50)", addedDelay(one, 0.5), TARGETS.tokenMedian),
      ms("each token over 1 stream, added (p99)", addedDelay(one, 0.99), TARGETS.tokenTail),
      ms(`each token over ${MANY} streams, added (p50)`, addedDelay(many, 0.5)),
      ms(`each token over ${MANY} streams, added (p99)`, addedDelay(many, 0.99)),
      ...(steady.length === 0
        ? []
        : [
            {
              name: `processor time a token while ${MANY} streams flow`,
              value: sum(cpuOf(steady)),
              unit: "µs",
              target: TARGETS.cpuMicroseconds,
            },
          ]),
      { name: "… with asking, opening and ending", value: sum(cpuOf(whole)), unit: "µs" },
      { name: "tokens lost", value: sum(lost), unit: "", target: 0 },
    ],
    notes: [
      steady.length > 0
        ? `Processor time a token while all flow: ${shares(cpuOf(steady))}.`
        : `The first of ${MANY} streams had ended before the last began: the machine is too busy to take the time between.`,
      `… with asking, opening and ending: ${shares(cpuOf(whole))}.`,
      `Direct, p50: first token ${median(each(one.direct, (s) => s.untilFirst)).toFixed(1)} ms, each token ${median(delays(one.direct)).toFixed(2)} ms.`,
      "The answer is accepted in PostgreSQL, queued, taken by a worker and written to a resumable stream in Redis: a plain proxy does none of these.",
    ],
  };
}

export const firstToken: Question = {
  name: "first-token",
  asks: "What do we add to the model's first token, and to each token?",
  answer,
};
