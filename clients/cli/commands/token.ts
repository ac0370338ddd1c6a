import { parseArgs } from "node:util";
import { parseLifetime, parseRole } from "../../../infra/issuer/token.js";
import { readLiveState } from "../../../infra/supervisor/state.js";
import { type Command, UsageError } from "../command.js";
import { developmentToken } from "../session.js";

export const token: Command = {
  summary: "mint a development token for a tenant, departments and roles",
  usage: "--tenant T [--department D]… [--role R]… [--user U] [--name N] [--expires 1h]",
  async run(args, context) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        tenant: { type: "string" },
        department: { type: "string", multiple: true, default: [] },
        role: { type: "string", multiple: true, default: ["member"] },
        user: { type: "string", default: "developer" },
        name: { type: "string" },
        expires: { type: "string", default: "1h" },
      },
    });
    if (!values.tenant) throw new UsageError("--tenant is missing");
    const signed = await developmentToken(context, (await readLiveState(context.home))?.environment ?? {}, {
      tenant: values.tenant,
      user: values.user,
      departments: values.department,
      roles: asUsage(() => values.role.map(parseRole)),
      lifetimeSeconds: asUsage(() => parseLifetime(values.expires)),
      ...(values.name === undefined ? {} : { name: values.name }),
    });
    context.print(signed);
    return 0;
  },
};

function asUsage<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
