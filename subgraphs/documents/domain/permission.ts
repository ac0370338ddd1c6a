import { hasRole, mayReadDepartment, type Viewer } from "../../../platform/auth/viewer.js";
import { type Refusal, refused } from "./refusal.js";

/** Why the viewer may not change what belongs to a department; undefined when they may. */
export function writeRefusal(viewer: Viewer, department: string | null): { refusal: Refusal } | undefined {
  if (!hasRole(viewer, "admin", "editor"))
    return refused({ kind: "NOT_ALLOWED", requires: "the role admin or editor" });
  if (!mayReadDepartment(viewer, department))
    return refused({ kind: "NOT_ALLOWED", requires: `membership of the department ${JSON.stringify(department)}` });
  return undefined;
}
