import { Arg, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from "type-graphql";
import { hasRole } from "../../../platform/auth/viewer.js";
import { RequestError } from "../../../platform/errors/errors.js";
import { decodeCursor, encodeCursor, PageInfo, pageSize } from "../../../platform/graphql/connection.js";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import { DateTime } from "../../../platform/graphql/scalars.js";
import { trainingRecord } from "../domain/training-record.js";
import type { FeedbackRecord } from "../trust-ports.js";
import type { ConversationServices } from "./services.js";
import { Rating } from "./types.js";

@ObjectType({ description: "A rated answer as training data, personal data masked, without a word about who asked" })
export class TrainingExample {
  @Field(() => ID, { description: "The answer's id" }) id!: string;
  @Field(() => Rating) rating!: Rating;
  @Field(() => DateTime) ratedAt!: Date;
  @Field({ description: "Words of a document that was deleted since are missing in it" }) sourceDeleted!: boolean;
  @Field({
    description:
      'One line of JSONL: {"messages":[user, assistant],"rating",…}; the assistant\'s message is the corrected answer where there is one, and "rejected" then what the model said',
  })
  line!: string;
}

@ObjectType()
export class FeedbackExportEdge {
  @Field() cursor!: string;
  @Field(() => TrainingExample) node!: TrainingExample;
}

@ObjectType({ description: "A page of training examples, oldest rating first" })
export class FeedbackExport {
  @Field(() => [FeedbackExportEdge]) edges!: FeedbackExportEdge[];
  @Field(() => PageInfo) pageInfo!: PageInfo;
}

const ROLES = ["admin", "editor", "mlops"] as const;
/** Records read for one page at most; a page that finds fewer readable ones is shorter and tells where to go on. */
const MAX_READ = 1000;
const BATCH = 200;

const keyOf = (record: FeedbackRecord): readonly [string, string] => [record.ratedAt.toISOString(), record.answerId];

function keyFrom(cursor: string): readonly [string, string] {
  const [ratedAt, id] = decodeCursor(cursor, 2);
  if (typeof ratedAt !== "string" || typeof id !== "string" || Number.isNaN(Date.parse(ratedAt)))
    throw new RequestError("BAD_CURSOR", 'The cursor is not one of this list. Start again without "after".');
  return [ratedAt, id];
}

@Resolver()
export class FeedbackResolver {
  constructor(private readonly services: ConversationServices) {}

  @Query(() => FeedbackExport, {
    description:
      "The tenant's rated answers as training data, as far as they rest on documents that the viewer may read. For editors, mlops and admins",
  })
  async feedbackExport(
    @Ctx() context: GraphContext,
    @Arg("first", () => Int, { defaultValue: 100 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string | null,
    @Arg("rating", () => Rating, { nullable: true }) rating?: Rating | null,
  ): Promise<FeedbackExport> {
    const viewer = requireViewer(context);
    const { audit, detector, documents, feedback } = this.services;
    const { traceId } = context;
    if (!hasRole(viewer, ...ROLES)) {
      await audit.note(viewer, { action: "feedback.export", outcome: "REFUSED", reason: "FORBIDDEN", traceId });
      throw new RequestError("FORBIDDEN", "This needs the role editor, mlops or admin.");
    }
    const wanted = pageSize(first);
    const edges: FeedbackExportEdge[] = [];
    let cursor = after == null ? undefined : keyFrom(after);
    let more = true;
    for (let read = 0; more && edges.length < wanted && read < MAX_READ; ) {
      const page = await feedback.page(viewer, { first: BATCH, after: cursor, rating: rating ?? undefined });
      more = page.length === BATCH;
      read += page.length;
      const readable = await documents.readable(viewer, [...new Set(page.flatMap((record) => record.documentIds))]);
      for (const [i, record] of page.entries()) {
        if (edges.length === wanted) {
          more ||= i < page.length;
          break;
        }
        cursor = keyOf(record);
        if (!record.documentIds.every((id) => readable.has(id))) continue;
        const example = await trainingRecord(record, (text) => detector.detect(text));
        edges.push({
          cursor: encodeCursor(cursor),
          node: {
            id: record.answerId,
            rating: record.rating as Rating,
            ratedAt: record.ratedAt,
            sourceDeleted: example.sourceDeleted === true,
            line: JSON.stringify(example),
          },
        });
      }
    }
    await audit.note(viewer, { action: "feedback.export", outcome: "SUCCEEDED", traceId });
    return {
      edges,
      pageInfo: {
        hasNextPage: more,
        hasPreviousPage: after != null,
        startCursor: edges[0]?.cursor ?? null,
        // Where reading stopped, which may be behind the last example that the viewer may read.
        endCursor: cursor ? encodeCursor(cursor) : null,
      },
    };
  }
}
