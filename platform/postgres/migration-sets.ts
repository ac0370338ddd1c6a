import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { MigrationSet } from "./migrate.js";

/** Every set of migrations below the project's root: the audit trail first, then each room that owns tables. A room's schema is its name with "_". */
export function migrationSets(root: string): MigrationSet[] {
  const rooms = readdirSync(join(root, "subgraphs")).sort();
  return [
    { schema: "audit", dir: join(root, "platform/audit/migrations") },
    ...rooms
      .map((room) => ({ schema: room.replaceAll("-", "_"), dir: join(root, "subgraphs", room, "migrations") }))
      .filter(({ dir }) => existsSync(dir)),
  ];
}
