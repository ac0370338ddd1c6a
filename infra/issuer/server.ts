import { createServer, type Server } from "node:http";
import type { JWK } from "jose";

/**
 * The development issuer's public face: its key set, its discovery document and its health. It mints nothing over HTTP:
 * whoever may read the key file mints with `llmflow token`.
 */
export function createIssuerServer(options: { readonly issuer: string; readonly publicKey: JWK }): Server {
  const discovery = {
    issuer: options.issuer,
    jwks_uri: `${options.issuer}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: [options.publicKey.alg],
  };
  const documents = new Map<string, unknown>([
    ["/.well-known/jwks.json", { keys: [options.publicKey] }],
    ["/.well-known/openid-configuration", discovery],
    ["/health", { status: "ok" }],
    ["/health/ready", { status: "ok" }],
  ]);
  return createServer((request, response) => {
    request.resume();
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const document = documents.get(path);
    const isRead = request.method === "GET" || request.method === "HEAD";
    const status = document === undefined ? 404 : isRead ? 200 : 405;
    const body = JSON.stringify(
      status === 200 ? document : { error: status === 404 ? "not found" : "method not allowed" },
    );
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      ...(path.startsWith("/.well-known/") && status === 200 ? { "cache-control": "public, max-age=60" } : {}),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  });
}
