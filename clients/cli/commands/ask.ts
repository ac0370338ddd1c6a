import { parseArgs } from "node:util";
import { showAnswer } from "../answering.js";
import { type Command, UsageError } from "../command.js";
import { findDataset, IDENTITY_USAGE, identityOptions, openSession } from "../session.js";
import { styleOf } from "../terminal/style.js";

export const ask: Command = {
  summary: "ask a question and watch the answer come, with its sources",
  usage: `QUESTION [--dataset NAME]… [--conversation ID] [--model M] ${IDENTITY_USAGE}`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...identityOptions,
        dataset: { type: "string", multiple: true, default: [] },
        conversation: { type: "string" },
        model: { type: "string" },
      },
    });
    const question = positionals.join(" ").trim();
    if (question === "") throw new UsageError("the question is missing");
    const client = await openSession(context, {
      tenant: values.tenant,
      departments: values.department,
      roles: ["member"],
      user: values.user,
    });
    const datasetIds: string[] = [];
    for (const name of values.dataset) {
      const id = await findDataset(client, name, undefined, context.signal);
      if (id === undefined) throw new UsageError(`there is no data set "${name}" that ${values.user} may read`);
      datasetIds.push(id);
    }
    const state = await showAnswer(
      client,
      {
        question,
        grounding: "AUTO",
        ...(datasetIds.length > 0 ? { datasetIds } : {}),
        ...(values.conversation === undefined ? {} : { conversationId: values.conversation }),
        ...(values.model === undefined ? {} : { model: values.model }),
      },
      context,
    );
    if (state.answer) {
      const style = styleOf(context.isTerminal, context.env);
      context.print(`  ${style.dim(`go on with --conversation ${state.answer.conversation.id}`)}`);
    }
    return state.status === "COMPLETED" ? 0 : 1;
  },
};
