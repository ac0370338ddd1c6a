import type { Document } from "../domain/document.js";
import type { Announcement, Command } from "../domain/lifecycle.js";

/** What readers may see of a document after a change. */
export interface Shown {
  readonly document: Document;
  readonly announcement: Announcement;
}

/**
 * What one transaction announces. It is published when the transaction is committed and before the caller hears of it, so that who asked
 * for a deletion or a move finds it done; the outbox publishes the same again, should this process not come to it.
 */
export class Announced {
  readonly shown: Shown[] = [];

  note(document: Document, commands: readonly Command[]): void {
    for (const announcement of commands)
      if (announcement.kind === "announce") this.shown.push({ document, announcement });
  }
}
