import { Counter, Gauge, Histogram, Registry } from "prom-client";

const SECONDS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60];
const LABELS = ["model_name", "engine"];

/** vLLM's main Prometheus metrics, under its names. */
export class VllmMetrics {
  readonly registry = new Registry();
  private readonly labels: { model_name: string; engine: string };
  private readonly running: Gauge;
  private readonly promptTokens: Counter;
  private readonly generationTokens: Counter;
  private readonly finished: Counter;
  private readonly firstToken: Histogram;
  private readonly latency: Histogram;

  constructor(model: string) {
    this.labels = { model_name: model, engine: "0" };
    const registers = [this.registry];
    const options = (name: string, help: string) => ({ name: `vllm:${name}`, help, labelNames: LABELS, registers });
    this.running = new Gauge(options("num_requests_running", "Requests being generated"));
    new Gauge(options("num_requests_waiting", "Requests waiting")).set(this.labels, 0);
    new Gauge(options("kv_cache_usage_perc", "Share of the KV cache in use")).set(this.labels, 0);
    this.promptTokens = new Counter(options("prompt_tokens_total", "Tokens read"));
    this.generationTokens = new Counter(options("generation_tokens_total", "Tokens generated"));
    this.finished = new Counter({
      ...options("request_success_total", "Requests that ended, by reason"),
      labelNames: [...LABELS, "finished_reason"],
    });
    const seconds = { buckets: SECONDS };
    this.firstToken = new Histogram({ ...options("time_to_first_token_seconds", "Time to first token"), ...seconds });
    this.latency = new Histogram({ ...options("e2e_request_latency_seconds", "Whole request"), ...seconds });
    this.running.set(this.labels, 0);
    this.promptTokens.inc(this.labels, 0);
    this.generationTokens.inc(this.labels, 0);
  }

  /** A request begins; the returned functions record what happens to it. */
  begin(promptTokens: number) {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    let first = true;
    this.running.inc(this.labels);
    this.promptTokens.inc(this.labels, promptTokens);
    return {
      generated: (tokens: number) => {
        if (first) this.firstToken.observe(this.labels, seconds());
        first = false;
        this.generationTokens.inc(this.labels, tokens);
      },
      ended: (reason: "stop" | "length" | "abort") => {
        this.running.dec(this.labels);
        this.finished.inc({ ...this.labels, finished_reason: reason });
        this.latency.observe(this.labels, seconds());
      },
    };
  }
}
