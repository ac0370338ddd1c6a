import { AddressRefused } from "../../../platform/http/address-guard.js";
import { BodyTooLarge, type GuardedFetch } from "../../../platform/http/guarded-fetch.js";
import { invalid, type Outcome } from "../domain/refusal.js";
import { tooLarge } from "../domain/upload.js";
import type { UrlSource } from "../ports.js";

/** The whole fetch, as a person waits for it. */
const FETCH_MS = 20_000;

/** The last part of the path, or the host: a name for what was fetched. */
function nameOf(url: URL): string {
  let last = url.pathname.split("/").filter(Boolean).at(-1) ?? "";
  try {
    last = decodeURIComponent(last);
  } catch {
    // it is no encoded text: taken as it stands
  }
  const name = last.replace(/[/\\\p{Cc}]/gu, "_").slice(-200);
  return name === "" ? url.hostname : name;
}

/** Files at public addresses. */
export function createUrlSource(fetchGuarded: GuardedFetch): UrlSource {
  return {
    async fetch(url, { maxBytes, signal }): Promise<Outcome<{ bytes: Buffer; mimeType: string; name: string }>> {
      const unreachable = (why: string) => invalid("url", why, "URL_UNREACHABLE");
      try {
        const answer = await fetchGuarded(url, { method: "GET", timeoutMs: FETCH_MS, maxBytes, signal });
        if (answer.status !== 200) return unreachable(`The address answers with the status ${answer.status}.`);
        const mimeType = (answer.headers["content-type"] ?? "application/octet-stream").split(";")[0]?.trim() ?? "";
        const name = nameOf(new URL(answer.url));
        return {
          value: { bytes: answer.body, mimeType, name: /\.\w+$/.test(name) ? name : withEnding(name, mimeType) },
        };
      } catch (error) {
        if (signal.aborted) throw error;
        const refused = [error, (error as Error).cause].find((one) => one instanceof AddressRefused);
        if (refused) return invalid("url", refused.message, "URL_NOT_ALLOWED");
        if (error instanceof BodyTooLarge) return { refusal: tooLarge(maxBytes) };
        return unreachable("The address cannot be reached, or does not answer in time.");
      }
    },
  };
}

/** Pages mostly have addresses without an ending; the type by content looks at it too. */
const withEnding = (name: string, mimeType: string): string => (mimeType === "text/html" ? `${name}.html` : name);
