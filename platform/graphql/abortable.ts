/**
 * An async iterable whose `return()` takes effect at once. A bare async generator queues `return()` behind its pending
 * `await`, so a client's disconnect would be noticed only when the next event comes; here the signal is aborted first.
 */
export function abortable<T>(start: (signal: AbortSignal) => AsyncGenerator<T>): AsyncIterableIterator<T> {
  const controller = new AbortController();
  const generator = start(controller.signal);
  const done: IteratorResult<T> = { value: undefined, done: true };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (controller.signal.aborted) return done;
      try {
        return await generator.next();
      } catch (error) {
        if (controller.signal.aborted) return done;
        throw error;
      }
    },
    async return() {
      controller.abort();
      generator.return(undefined).catch(() => {});
      return done;
    },
    async throw(error) {
      controller.abort();
      return generator.throw(error);
    },
  };
}
