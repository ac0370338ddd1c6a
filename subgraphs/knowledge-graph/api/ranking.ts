import { Arg, Ctx, Directive, Query, Resolver } from "type-graphql";
import { RequestError } from "../../../platform/errors/errors.js";
import type { GraphContext } from "../../../platform/graphql/context.js";
import { type Ranking, type RankRequest } from "../domain/rank.js";
import type { Reading } from "../ports.js";
import { type GraphServices, readingOf } from "./loaders.js";
import { GraphRankInput, GraphRanking } from "./types.js";

const MAX_CANDIDATES = 200;
const MAX_TERMS = 100;
const MAX_QUERY = 2000;
const MAX_LIMIT = 400;

const check = (fits: boolean, message: string): void => {
  if (!fits) throw new RequestError("BAD_REQUEST", message);
};

/** Internal to the product's rooms: not part of the public schema. */
@Resolver(() => GraphRanking)
export class RankingResolver {
  constructor(
    private readonly services: GraphServices,
    private readonly rank: (request: RankRequest, reading: Reading) => Promise<Ranking>,
    private readonly timeoutMs: number,
  ) {}

  @Directive("@inaccessible")
  @Query(() => GraphRanking, {
    description: "Orders hybrid search hits by a walk over the graph, within what the viewer may read",
  })
  async rankByGraph(
    @Arg("input", () => GraphRankInput) input: GraphRankInput,
    @Ctx() context: GraphContext,
  ): Promise<GraphRanking> {
    const { candidates, terms, query, limit } = input;
    const hops = input.hops ?? 2;
    check(candidates.length <= MAX_CANDIDATES, `"candidates" may hold at most ${MAX_CANDIDATES}.`);
    check(terms.length <= MAX_TERMS, `"terms" may hold at most ${MAX_TERMS}.`);
    check(query.length <= MAX_QUERY, `"query" may have at most ${MAX_QUERY} characters.`);
    check(limit >= 1 && limit <= MAX_LIMIT, `"limit" must be from 1 to ${MAX_LIMIT}.`);
    check(hops === 1 || hops === 2, '"hops" must be 1 or 2.');
    const started = performance.now();
    const reading = await readingOf(this.services, context);
    const ranking = await this.rank(
      { candidates, terms, query, limit, hops },
      { ...reading, signal: AbortSignal.any([reading.signal, AbortSignal.timeout(this.timeoutMs)]) },
    );
    return {
      order: ranking.order.map((chunk) => ({ ...chunk, entities: [...chunk.entities] })),
      facts: ranking.facts.map((fact) => ({ ...fact, evidence: [...fact.evidence] })),
      questionEntities: ranking.questionEntities.map((entity) => ({ ...entity })),
      milliseconds: performance.now() - started,
    };
  }
}
