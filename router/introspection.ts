import {
  type DocumentNode,
  type FieldNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/** An operation, parted into what the router knows by itself and what its rooms know. */
export interface PartedOperation {
  /** Asks for the schema only; absent when nothing does. */
  readonly schema?: DocumentNode;
  /** Asks for everything else; absent when there is nothing else. */
  readonly data?: DocumentNode;
}

const ofSchema = ({ name }: FieldNode): boolean => name.value === "__schema" || name.value === "__type";
const isTypename = ({ name }: FieldNode): boolean => name.value === "__typename";

/** A query planner plans data only: introspection, alone or beside data, is answered by the router itself. */
export function partIntrospection(document: DocumentNode, operationName: string | undefined): PartedOperation {
  const operation = getOperationAST(document, operationName);
  if (!operation) return { data: document };
  const fields = [...rootFields(document, operation.selectionSet, new Set())];
  const wantsSchema = fields.some(ofSchema);
  const wantsData = fields.some((field) => !ofSchema(field) && !isTypename(field));
  if (!wantsData) return { schema: document };
  if (!wantsSchema) return { data: document };
  return {
    schema: keeping(document, operation, (field) => ofSchema(field)),
    data: keeping(document, operation, (field) => !ofSchema(field)),
  };
}

const fragmentOf = (document: DocumentNode, name: string) =>
  document.definitions.find((node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name) as
    | Extract<DocumentNode["definitions"][number], { kind: Kind.FRAGMENT_DEFINITION }>
    | undefined;

function* rootFields(document: DocumentNode, set: SelectionSetNode, seen: Set<string>): Generator<FieldNode> {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) yield selection;
    else if (selection.kind === Kind.INLINE_FRAGMENT) yield* rootFields(document, selection.selectionSet, seen);
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      const fragment = fragmentOf(document, selection.name.value);
      if (fragment) yield* rootFields(document, fragment.selectionSet, seen);
    }
  }
}

/** The document with only those root fields of the operation; fragments at the root are written out. */
function keeping(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  wanted: (field: FieldNode) => boolean,
): DocumentNode {
  const part = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: set.selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FIELD) return wanted(selection) ? [selection] : [];
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(document, selection.name.value);
      if (!fragment) return [];
      const inner = part(fragment.selectionSet);
      if (inner.selections.length === 0) return [];
      return [
        {
          kind: Kind.INLINE_FRAGMENT,
          ...(fragment.typeCondition ? { typeCondition: fragment.typeCondition } : {}),
          ...(selection.directives ? { directives: selection.directives } : {}),
          selectionSet: inner,
        },
      ];
    }),
  });
  return {
    ...document,
    definitions: document.definitions.map((node) =>
      node === operation ? { ...operation, selectionSet: part(operation.selectionSet) } : node,
    ),
  };
}
