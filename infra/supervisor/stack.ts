import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../engines/cache.js";
import { runCommand } from "../engines/command.js";
import type { Engine, InstalledEngine, Provisioning } from "../engines/engine.js";
import { type Lock, tryLock } from "../engines/lock.js";
import { processIdentity } from "../engines/process-identity.js";
import { engineDirectories, engineProcess, givenEngine, settleEngine } from "./engine-process.js";
import { createHome, type Environment, type Home } from "./home.js";
import { LogFile } from "./log-file.js";
import { parentDeathGuard } from "./parent-death.js";
import { type Plan, type Planned, planStack, publicUrls } from "./plan.js";
import { PortAllocator } from "./ports.js";
import { loadSecrets, type Secrets } from "./secrets.js";
import { nodeProgram, serviceProcess, typescriptArguments } from "./service-process.js";
import { MIGRATED, migrations, type Service } from "./services.js";
import { endOrphans, readState, type ServiceState, type StackState, writeEnvironment, writeState } from "./state.js";
import { type ProcessSpecification, SupervisedProcess } from "./supervised-process.js";

const ORPHAN_GRACE_MS = 15_000;
const MIGRATION_LIMIT_MS = 120_000;
/** What stands on what: the last is stopped first. */
const STOP_ORDER = ["engine", "foundation", "room", "edge"];

export interface StackOptions {
  readonly checkout: string;
  readonly home: Home;
  /** The environment the product was started in. Engines whose URL it holds are used, not provisioned. */
  readonly env: Environment;
  /** Names of engines and services to start; everything when absent. */
  readonly only?: readonly string[];
  /** Preferred ports by name, instead of the usual ones. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal;
  progress?(line: string): void;
}

export interface Stack {
  /** Every variable that the product's processes got. */
  readonly env: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
  services(): readonly ServiceState[];
  /** Stops everything in reverse order and resolves when nothing is left. May be called twice. */
  stop(): Promise<void>;
}

/** Another supervisor of the same home is alive. */
export class AlreadyRunningError extends Error {
  override readonly name = "AlreadyRunningError";
  constructor(readonly pid: number) {
    super(`already running (process ${pid})`);
  }
}

/**
 * Brings up engines, migrations and services and resolves when all of them answer. What fails to come up takes the rest
 * down again. Rejects with `AlreadyRunningError` when a supervisor of this home is alive.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  await createHome(options.home);
  const taken = await tryLock(options.home.lock);
  if ("holder" in taken) throw new AlreadyRunningError(taken.holder.pid);
  const running = new RunningStack(options, taken.lock);
  const onAbort = () => void running.stop();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    options.signal?.throwIfAborted();
    await running.start();
    return running;
  } catch (error) {
    await running.stop();
    options.signal?.throwIfAborted();
    throw error;
  }
}

class RunningStack implements Stack {
  env: Record<string, string> = {};
  urls: Record<string, string> = {};
  #phase: StackState["phase"] = "starting";
  #plan: Plan | null = null;
  #stopping: Promise<void> | null = null;
  #writing: Promise<void> = Promise.resolve();
  #writePending = false;
  readonly #processes = new Map<string, { process: SupervisedProcess; port: number; tier: number }>();
  readonly #allocator = new PortAllocator();
  readonly #starting: Promise<void>[] = [];
  readonly #afterStop: (() => Promise<void> | undefined)[] = [];
  readonly #aborted = new AbortController();
  readonly #startedAt = new Date().toISOString();
  #identity = "";

  constructor(
    private readonly options: StackOptions,
    private readonly lock: Lock,
  ) {}

  async start(): Promise<void> {
    const { home, checkout, env } = this.options;
    this.#identity = (await processIdentity(process.pid)) ?? "";
    await this.#endOrphans();
    const secrets = await loadSecrets(home.secrets);
    const plan = await planStack({
      checkout,
      env,
      secrets,
      allocator: this.#allocator,
      ...(this.options.only === undefined ? {} : { only: this.options.only }),
      ...(this.options.ports === undefined ? {} : { ports: this.options.ports }),
    });
    this.#plan = plan;
    for (const notice of plan.notices) this.#progress(notice);
    this.env = { ...plan.environment };
    const given = await reportAll(plan.givenEngines.map((engine) => givenEngine(engine, env, this.#aborted.signal)));
    Object.assign(this.env, ...given);
    this.env.LLMFLOW_HOME = home.root;
    this.urls = publicUrls(this.env);
    await writeEnvironment(home, this.env);
    this.#changed();
    await this.#startAll(plan, secrets);
    this.#phase = "ready";
    this.#changed();
    await this.#writing;
  }

  services(): readonly ServiceState[] {
    const own = [...this.#processes.values()].map(({ process, port }) => ({ ...process.status(), port }));
    const since = this.#startedAt;
    const given = (this.#plan?.givenEngines ?? []).map(
      ({ name }): ServiceState => ({
        name,
        state: "external",
        pid: null,
        identity: null,
        port: null,
        restarts: 0,
        since,
      }),
    );
    return [...own, ...given];
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    this.#aborted.abort(new Error("stopped"));
    this.#phase = "stopping";
    this.#changed();
    for (let tier = STOP_ORDER.length - 1; tier >= 0; tier--) {
      const members = [...this.#processes.values()].filter((entry) => entry.tier === tier);
      await Promise.all(members.map(({ process }) => process.stop()));
    }
    await Promise.allSettled(this.#starting);
    await Promise.all(this.#afterStop.map((finish) => finish()));
    await this.#allocator.release();
    await this.#writing;
    await this.lock.release();
  }

  /** Starts each as soon as what it depends on answers. Fails with the first failure; the rest is waited for at the stop. */
  async #startAll(plan: Plan, secrets: Secrets): Promise<void> {
    const tasks = new Map<string, Promise<void>>();
    const after = async (names: readonly string[], work: () => Promise<void>) => {
      await Promise.all(names.map((name) => tasks.get(name)));
      await work();
    };
    for (const engine of plan.engines) tasks.set(engine.item.name, this.#startEngine(engine, secrets));
    if (plan.services.some(({ item }) => item.dependsOn.includes(MIGRATED))) {
      const needed = migrations.map(({ engine }) => engine);
      tasks.set(
        MIGRATED,
        after(needed, () => this.#migrate()),
      );
    }
    for (const service of plan.services) {
      const { name, dependsOn } = service.item;
      tasks.set(
        name,
        after(dependsOn, () => this.#startService(service)),
      );
    }
    this.#starting.push(...tasks.values());
    await Promise.all(this.#starting);
  }

  async #endOrphans(): Promise<void> {
    const before = await readState(this.options.home).catch(() => null);
    if (before === null) return;
    const ended = await endOrphans(before, ORPHAN_GRACE_MS);
    if (ended.length > 0) this.#progress(`ended what an earlier run had left: ${ended.join(", ")}`);
  }

  async #startEngine({ item: engine, port }: Planned<Engine>, secrets: Secrets): Promise<void> {
    const { home, env } = this.options;
    const signal = this.#aborted.signal;
    const begun = Date.now();
    const place = {
      ...engineDirectories(home.data, home.run, engine.name),
      port,
      secrets,
      bucket: env.S3_BUCKET || "documents",
    };
    const installed: InstalledEngine = await engine.provision(this.#provisioning());
    await installed.initialise(place, signal);
    this.#afterStop.push(() => installed.stopped?.(place));
    await this.#supervise(engineProcess(engine, installed, place, this.env, env), port, 0);
    await settleEngine(engine, this.env, signal);
    this.#progress(`${engine.title} answers on port ${port} (${seconds(begun)})`);
  }

  #provisioning(): Provisioning {
    const { env } = this.options;
    const progress = (line: string) => this.#progress(line);
    return { cacheDirectory: cacheDirectory(env), env, signal: this.#aborted.signal, progress };
  }

  async #startService({ item: service, port }: Planned<Service>): Promise<void> {
    const begun = Date.now();
    const { checkout, env } = this.options;
    const compileCache = join(cacheDirectory(env), "bytecode");
    const environment = { NODE_COMPILE_CACHE: compileCache, ...env, ...this.env };
    const tier = STOP_ORDER.indexOf(service.tier);
    await service.provision?.(this.#provisioning());
    await this.#supervise(
      serviceProcess(service, port, { checkout, node: nodeProgram(checkout), environment }),
      port,
      tier,
    );
    this.#progress(`${service.name} answers on port ${port} (${seconds(begun)})`);
  }

  async #supervise(specification: ProcessSpecification, port: number, tier: number): Promise<void> {
    this.#aborted.signal.throwIfAborted();
    const log = new LogFile(join(this.options.home.logs, `${specification.name}.log`));
    const onChange = (event: string | null) => {
      if (event !== null) this.#progress(event);
      this.#changed();
    };
    const process = new SupervisedProcess(specification, log, onChange, parentDeathGuard(specification.stopSignal));
    this.#processes.set(specification.name, { process, port, tier });
    await process.start();
  }

  async #migrate(): Promise<void> {
    const { checkout, env } = this.options;
    for (const migration of migrations) {
      if (!existsSync(join(checkout, migration.file))) {
        this.#progress(`${migration.name} is not migrated: ${migration.file} is not in this checkout`);
        continue;
      }
      const begun = Date.now();
      await runCommand(nodeProgram(checkout), typescriptArguments(migration.file, migration.args), {
        signal: this.#aborted.signal,
        timeoutMs: MIGRATION_LIMIT_MS,
        cwd: checkout,
        env: { ...env, ...this.env },
      });
      this.#progress(`${migration.name} is migrated (${seconds(begun)})`);
    }
  }

  #progress(line: string): void {
    this.options.progress?.(line);
  }

  /** Writes the state file soon; changes that come while one write is under way share the next. */
  #changed(): void {
    if (this.#writePending) return;
    this.#writePending = true;
    this.#writing = this.#writing.then(async () => {
      this.#writePending = false;
      await writeState(this.options.home, {
        version: 1,
        supervisor: { pid: process.pid, identity: this.#identity, startedAt: this.#startedAt },
        phase: this.#phase,
        only: this.options.only === undefined ? null : [...this.options.only],
        urls: this.urls,
        environment: this.env,
        services: [...this.services()],
      });
    });
  }
}

/** Waits for all and reports every failure, so that one more start mends them all. */
async function reportAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(work);
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(({ message }) => message).join("\n"));
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
