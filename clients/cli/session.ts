import { loadIssuerKeys } from "../../infra/issuer/keys.js";
import { mintToken, type Role, type TokenRequest } from "../../infra/issuer/token.js";
import { createHome } from "../../infra/supervisor/home.js";
import {
  type Client,
  createClient,
  DatasetsDocument,
  type DatasetsQuery,
  type DatasetsQueryVariables,
  type Problem,
} from "../typescript/index.js";
import { type CommandContext, requireRunning, UsageError } from "./command.js";

const DEFAULT_ISSUER = "http://127.0.0.1:4300";
const DEFAULT_AUDIENCE = "llmflow";
const TOKEN_LIFETIME_SECONDS = 900;
/** A fresh token is minted when the last one has less than this left. */
const TOKEN_RENEWAL_SECONDS = 120;
const DATASETS_PER_PAGE = 100;
const MAX_DATASET_PAGES = 20;

/** Who a command acts as. */
export interface Identity {
  readonly tenant: string;
  readonly departments: readonly string[];
  readonly roles: readonly Role[];
  readonly user: string;
}

/** The options of every command that acts as somebody; for `parseArgs`. */
export const identityOptions = {
  tenant: { type: "string", default: "demo" },
  department: { type: "string", multiple: true, default: [] as string[] },
  user: { type: "string", default: "developer" },
} as const;
export const IDENTITY_USAGE = "[--tenant T] [--department D]… [--user U]";

/** Signs a token with this machine's development issuer. `environment` is the running product's. @throws UsageError with a foreign issuer */
export async function developmentToken(
  context: CommandContext,
  environment: Readonly<Record<string, string>>,
  request: Omit<TokenRequest, "issuer" | "audience">,
): Promise<string> {
  if (context.env.JWKS_URL) throw new UsageError("JWKS_URL is set: tokens come from the issuer it belongs to");
  await createHome(context.home);
  return mintToken(await loadIssuerKeys(context.home.issuerKeys), {
    issuer: environment.JWT_ISSUER ?? DEFAULT_ISSUER,
    audience: environment.JWT_AUDIENCE ?? DEFAULT_AUDIENCE,
    ...request,
  });
}

/**
 * A client of the running product that acts as somebody. With LLMFLOW_TOKEN that token is used as it is; ROUTER_URL
 * names another router than the one that runs here.
 */
export async function openSession(context: CommandContext, identity: Identity): Promise<Client> {
  const { LLMFLOW_TOKEN: given, ROUTER_URL: elsewhere } = context.env;
  if (given && elsewhere) return createClient({ url: elsewhere, token: given });
  const { environment } = await requireRunning(context);
  const url = elsewhere || environment.ROUTER_URL;
  if (!url) throw new UsageError("the router is not part of what runs: `llmflow down`, then `llmflow up`");
  if (given) return createClient({ url, token: given });
  let token = { text: "", renewAt: 0 };
  return createClient({
    url,
    async token() {
      const now = Date.now();
      if (now >= token.renewAt)
        token = {
          text: await developmentToken(context, environment, { ...identity, lifetimeSeconds: TOKEN_LIFETIME_SECONDS }),
          renewAt: now + (TOKEN_LIFETIME_SECONDS - TOKEN_RENEWAL_SECONDS) * 1000,
        };
      return token.text;
    },
  });
}

/** The id of the data set with exactly this name and department, if the viewer can see it. */
export async function findDataset(
  client: Client,
  name: string,
  department: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  let after: string | null | undefined;
  for (let page = 0; page < MAX_DATASET_PAGES; page++) {
    const variables: DatasetsQueryVariables = { first: DATASETS_PER_PAGE, filter: { nameContains: name } };
    if (after) variables.after = after;
    const { datasets }: DatasetsQuery = await client.execute(DatasetsDocument, variables, { signal });
    const found = datasets.edges.find(
      ({ node }) => node.name === name && (department === undefined || node.department === department),
    );
    if (found) return found.node.id;
    if (!datasets.pageInfo.hasNextPage) return undefined;
    after = datasets.pageInfo.endCursor;
  }
  return undefined;
}

/** A problem as one line for people. */
export function problemText(problem: Problem): string {
  const issues = problem.__typename === "InvalidInput" ? problem.issues : [];
  // The message may tell some of the issues itself.
  const untold = issues.filter(({ message }) => !problem.message.includes(message));
  return [problem.message, ...untold.map(({ path, message }) => `${path}: ${message}`)].join(" ");
}
