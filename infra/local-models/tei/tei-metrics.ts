import { Counter, Gauge, Histogram, Registry } from "prom-client";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What a request cost, in TEI's terms; times in milliseconds. */
export interface RequestCost {
  characters: number;
  tokens: number;
  totalMs: number;
  tokenizationMs: number;
  queueMs: number;
  inferenceMs: number;
}

/** TEI's response headers; times are whole milliseconds. */
export function costHeaders(cost: RequestCost): Record<string, string> {
  return {
    "x-compute-type": "cpu",
    "x-compute-time": cost.totalMs.toFixed(0),
    "x-compute-characters": String(cost.characters),
    "x-compute-tokens": String(cost.tokens),
    "x-total-time": cost.totalMs.toFixed(0),
    "x-tokenization-time": cost.tokenizationMs.toFixed(0),
    "x-queue-time": cost.queueMs.toFixed(0),
    "x-inference-time": cost.inferenceMs.toFixed(0),
  };
}

const counter = (registry: Registry, name: string, help: string, labelNames: string[]) =>
  new Counter({ name, help, labelNames, registers: [registry] });
const histogram = (registry: Registry, name: string, help: string) =>
  new Histogram({ name, help: `${help}, seconds`, buckets: SECONDS, registers: [registry] });

/** TEI's Prometheus metrics, under its names. */
export class TeiMetrics {
  readonly registry = new Registry();
  private readonly requests = counter(this.registry, "te_request_count", "Requests accepted", ["method"]);
  private readonly successes = counter(this.registry, "te_request_success", "Requests answered", ["method"]);
  private readonly failures = counter(this.registry, "te_request_failure", "Requests refused or failed", ["err"]);
  private readonly duration = histogram(this.registry, "te_request_duration", "Whole request");
  private readonly tokenization = histogram(
    this.registry,
    "te_request_tokenization_duration",
    "Tokenization, per text",
  );
  private readonly queue = histogram(this.registry, "te_request_queue_duration", "Waiting, per text");
  private readonly inference = histogram(this.registry, "te_request_inference_duration", "Inference, per text");

  constructor(queueSize: () => number) {
    const registers = [this.registry];
    new Gauge({
      name: "te_queue_size",
      help: "Texts waiting",
      registers,
      collect() {
        this.set(queueSize());
      },
    });
  }

  accepted(method: "single" | "batch"): void {
    this.requests.inc({ method });
  }
  failed(reason: string): void {
    this.failures.inc({ err: reason });
  }
  succeeded(method: "single" | "batch", cost: RequestCost): void {
    this.successes.inc({ method });
    this.duration.observe(cost.totalMs / 1000);
    this.tokenization.observe(cost.tokenizationMs / 1000);
    this.queue.observe(cost.queueMs / 1000);
    this.inference.observe(cost.inferenceMs / 1000);
  }
}
