import { Arg, type ClassType, Ctx, ID, Int, Resolver, Root, Subscription } from "type-graphql";
import { RequestError } from "../../../platform/errors/errors.js";
import { abortable } from "../../../platform/graphql/abortable.js";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import { followAnswer } from "../domain/follow-answer.js";
import { answerView } from "./answer-resolver.js";
import { AnswerEvent, AnswerFailed } from "./events.js";
import { documentsOf, eventView } from "./mapping.js";
import { type ConversationServices, refused } from "./services.js";

interface StreamArguments {
  readonly answerId: string;
  readonly after: number;
  readonly cancelOnDisconnect: boolean;
}

/** An answer's events for one reader, until its end, the reader's leaving, or the end of the reader's token. */
async function* events(
  services: ConversationServices,
  context: GraphContext,
  args: StreamArguments,
  left: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const viewer = requireViewer(context);
  const { answerId, after, cancelOnDisconnect } = args;
  if (after < 0) throw new RequestError("BAD_REQUEST", '"after" must be 0 or the sequence of an event.');
  const expired = (): boolean => context.signal.reason instanceof RequestError;
  const signal = AbortSignal.any([left, context.signal]);
  const entries = await followAnswer(services.follow, viewer, {
    answerId,
    traceId: context.traceId,
    after,
    cancelOnDisconnect,
    signal,
    mayReturn: expired,
  });
  if (!entries) {
    const problem = await refused(services, context, "answer.stream", "Answer", answerId);
    yield Object.assign(new AnswerFailed(), { sequence: after + 1, at: new Date(), problem, retryable: false });
    return;
  }
  const known = new Map<string, boolean>();
  for await (const entry of entries) {
    const unknown = documentsOf(entry).filter((id) => !known.has(id));
    if (unknown.length > 0) {
      const readable = await services.documents.readable(viewer, unknown);
      for (const id of unknown) known.set(id, readable.has(id));
    }
    const ends = entry.event.type === "completed" || entry.event.type === "cancelled";
    const [row] = ends ? await services.answers.find(viewer, [answerId]) : [];
    const event = eventView(entry, row ? answerView(row) : null, (id) => known.get(id) ?? false);
    if (event) yield event;
  }
  if (expired()) throw context.signal.reason;
}

/** The subscription's resolver over its services. A class of its own per schema, because `subscribe` has no instance. */
export function streamResolver(services: ConversationServices): ClassType<object> {
  @Resolver()
  class AnswerStreamResolver {
    @Subscription(() => AnswerEvent, {
      description:
        "The events of an answer: past ones first, then as they come, until its end. Resume anywhere with `after`. A client that comes after the stream was forgotten gets the whole answer in its last event",
      subscribe: ({ args, context }: { args: unknown; context: GraphContext }) =>
        abortable((signal) => events(services, context, args as StreamArguments, signal)),
    })
    answerStream(
      @Root() event: AnswerEvent,
      @Ctx() _context: GraphContext,
      @Arg("answerId", () => ID) _answerId: string,
      @Arg("after", () => Int, { defaultValue: 0, description: "The last sequence seen" }) _after: number,
      @Arg("cancelOnDisconnect", () => Boolean, {
        defaultValue: false,
        description: "Call the answer off when its last listener has left",
      })
      _cancelOnDisconnect: boolean,
    ): AnswerEvent {
      return event;
    }
  }
  return AnswerStreamResolver;
}
