import { parseArgs } from "node:util";
import { SearchDocument, SearchWithStagesDocument, type SearchWithStagesQuery } from "../../typescript/index.js";
import { type Command, type CommandContext, UsageError } from "../command.js";
import { IDENTITY_USAGE, identityOptions, openSession, problemText } from "../session.js";
import { factText, pagesText, seconds } from "../terminal/answer-view.js";
import { styleOf } from "../terminal/style.js";
import { oneLine, shorten } from "../terminal/width.js";

const DEFAULT_TOP = 5;
const MAX_COLUMNS = 120;
const MAX_FACTS = 8;

export const search: Command = {
  summary: "find passages and facts; --stages shows what each step of the search did",
  usage: `QUERY [--top 5] [--stages] ${IDENTITY_USAGE}`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...identityOptions,
        top: { type: "string", default: String(DEFAULT_TOP) },
        stages: { type: "boolean", default: false },
      },
    });
    const query = positionals.join(" ").trim();
    if (query === "") throw new UsageError("what to search for is missing");
    const topK = Number(values.top);
    if (!Number.isInteger(topK) || topK < 1) throw new UsageError("--top takes a number from 1 to 50");
    const client = await openSession(context, {
      tenant: values.tenant,
      departments: values.department,
      roles: ["member"],
      user: values.user,
    });
    const variables = { query, options: { topK } };
    const { signal } = context;
    const found = values.stages
      ? (await client.execute(SearchWithStagesDocument, variables, { signal })).search
      : (await client.execute(SearchDocument, variables, { signal })).search;
    if (found.problem) throw new UsageError(problemText(found.problem));
    print(found, context);
    return found.passages.length > 0 ? 0 : 1;
  },
};

type Found = SearchWithStagesQuery["search"];

function print(found: Pick<Found, "passages" | "facts" | "degraded"> & Partial<Found>, context: CommandContext): void {
  const style = styleOf(context.isTerminal, context.env);
  const columns = Math.min(context.columns, MAX_COLUMNS);
  if (found.passages.length === 0) context.print("  nothing found");
  for (const { rank, fileName, pages, headingPath, text, score, listRanks } of found.passages) {
    const where = [style.bold(oneLine(fileName)), pagesText(pages)].filter(Boolean).join(", ");
    const lists = listRanks.map(({ list, rank: place }) => `${list.toLowerCase().replace("_", "-")} ${place}`);
    context.print(
      `  ${style.cyan(String(rank).padStart(2))} ${where}  ${style.dim(`${score.toFixed(4)}  ${lists.join(", ")}`)}`,
    );
    if (headingPath.length > 0)
      context.print(`     ${style.dim(shorten(oneLine(headingPath.join(" › ")), columns - 5))}`);
    context.print(`     ${shorten(oneLine(text), columns - 5)}`);
  }
  if (found.facts.length > 0) {
    context.print(`\n  ${style.bold("facts")}`);
    for (const fact of found.facts.slice(0, MAX_FACTS)) context.print(`  ${factText(fact, style)}`);
  }
  if (found.preparation) {
    const { language, terms, entities } = found.preparation;
    context.print(`\n  ${style.bold("question")}  ${style.dim(language)}`);
    context.print(`  terms     ${shorten(oneLine(terms.join(" ")), columns - 12)}`);
    if (entities.length > 0) context.print(`  entities  ${shorten(oneLine(entities.join(", ")), columns - 12)}`);
  }
  if (found.stages) {
    context.print(`\n  ${style.bold("stages")}`);
    for (const { name, status, milliseconds, hits } of found.stages) {
      const mark = status === "OK" ? style.green : status === "SKIPPED" ? style.dim : style.red;
      const count = hits.length > 0 ? `${String(hits.length).padStart(4)} hits` : "";
      const state = mark(status.toLowerCase().replace("_", " ").padEnd(9));
      context.print(
        `  ${name.toLowerCase().padEnd(10)} ${state} ${seconds(milliseconds).padStart(7)} ${count}`.trimEnd(),
      );
    }
  }
  if (found.degraded.length > 0)
    context.print(`\n  ${style.yellow(`without: ${found.degraded.join(", ").toLowerCase().replaceAll("_", " ")}`)}`);
}
