import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";

/** A log file of bounded size: at `limitBytes` it becomes `<path>.1` (replacing the one before) and a new one begins. */
export class LogFile {
  #descriptor: number;
  #size: number;
  #closed = false;

  constructor(
    readonly path: string,
    readonly limitBytes: number = 10 * 1024 * 1024,
  ) {
    this.#descriptor = openSync(path, "a", 0o600);
    this.#size = fstatSync(this.#descriptor).size;
  }

  /** Appends; what comes after `close` is dropped (a process's last words may arrive after its end). */
  write(chunk: Buffer | string): void {
    if (this.#closed) return;
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    if (this.#size > 0 && this.#size + bytes.length > this.limitBytes) this.#rotate();
    writeSync(this.#descriptor, bytes);
    this.#size += bytes.length;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#descriptor);
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    renameSync(this.path, `${this.path}.1`);
    this.#descriptor = openSync(this.path, "a", 0o600);
    this.#size = 0;
  }
}
