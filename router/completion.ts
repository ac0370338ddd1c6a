import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";

type Data = Record<string, unknown>;

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } };
const asksTypename = (selection: SelectionNode): boolean =>
  selection.kind === Kind.FIELD &&
  selection.name.value === "__typename" &&
  !selection.alias &&
  !selection.directives?.length;

/** A document in which every selection on an interface or union asks for `__typename`, and the selections where nobody had. */
export interface TypedDocument {
  readonly document: DocumentNode;
  readonly added: ReadonlySet<SelectionSetNode>;
}

/** Without its `__typename` an object of an abstract type cannot be completed. */
export function withTypenames(schema: GraphQLSchema, document: DocumentNode): TypedDocument {
  const added = new Set<SelectionSetNode>();
  const types = new TypeInfo(schema);
  const typed = visit(
    document,
    visitWithTypeInfo(types, {
      SelectionSet: {
        leave(set) {
          const parent = types.getParentType();
          if (!parent || !isAbstractType(parent) || set.selections.some(asksTypename)) return undefined;
          const next: SelectionSetNode = { ...set, selections: [TYPENAME, ...set.selections] };
          added.add(next);
          return next;
        },
      },
    }),
  );
  return { document: added.size > 0 ? typed : document, added };
}

/** A value that GraphQL does not allow to be null, and is. */
const VIOLATED = Symbol("violated");

/**
 * Completes what a planner has put together by GraphQL's rules of null: a nullable field without a value becomes null, and
 * a null that its type forbids makes the nearest nullable parent null (https://spec.graphql.org/October2021/#sec-Handling-Field-Errors).
 * The data are changed in place; `__typename` of `typed.added` is taken out again. Resolves to null when the operation itself has no value.
 */
export function complete(
  schema: GraphQLSchema,
  { document, added }: TypedDocument,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
  data: Data,
): Data | null {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return data;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  /** Objects that carry a `__typename`, and whether somebody has asked for it. */
  const named = new Map<Data, boolean>();

  let withDefaults: Record<string, unknown> | undefined;
  const included = (node: SelectionNode): boolean => {
    if (!node.directives || node.directives.length === 0) return true;
    withDefaults ??= getVariableValues(schema, operation.variableDefinitions ?? [], variables).coerced ?? {};
    return (
      getDirectiveValues(GraphQLSkipDirective, node, withDefaults)?.["if"] !== true &&
      getDirectiveValues(GraphQLIncludeDirective, node, withDefaults)?.["if"] !== false
    );
  };

  function value(given: unknown, type: GraphQLOutputType, set: SelectionSetNode | undefined): unknown {
    if (isNonNullType(type)) return value(given, type.ofType, set) ?? VIOLATED;
    if (given === null || given === undefined) return null;
    if (isListType(type)) {
      if (!Array.isArray(given)) return null;
      if (set === undefined && !isNonNullType(type.ofType)) return given;
      for (let i = 0; i < given.length; i++) {
        const item = value(given[i], type.ofType, set);
        if (item === VIOLATED) return null;
        given[i] = item;
      }
      return given;
    }
    if (set === undefined) return given;
    const object = given as Data;
    const known = getNamedType(type) as GraphQLObjectType | GraphQLAbstractType;
    const actual = isObjectType(known) ? known : schema.getType(String(object["__typename"]));
    if (!isObjectType(actual)) return null;
    return selections(object, actual, set) ? object : null;
  }

  /** False when a field of the object may not be null and is. */
  function selections(object: Data, type: GraphQLObjectType, set: SelectionSetNode): boolean {
    if (added.has(set)) named.set(object, named.get(object) ?? false);
    for (const selection of set.selections) {
      if (!included(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        if (selection.name.value === "__typename") {
          if (!selection.alias && selection !== TYPENAME) named.set(object, true);
          continue;
        }
        const field = type.getFields()[selection.name.value];
        if (!field) continue;
        const key = selection.alias?.value ?? selection.name.value;
        const completed = value(object[key], field.type, selection.selectionSet);
        if (completed === VIOLATED) return false;
        object[key] = completed;
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (!fragment || !applies(schema, fragment.typeCondition?.name.value, type)) continue;
      if (!selections(object, type, fragment.selectionSet)) return false;
    }
    return true;
  }

  const whole = selections(data, root, operation.selectionSet);
  for (const [object, asked] of named) if (!asked) delete object["__typename"];
  return whole ? data : null;
}

function applies(schema: GraphQLSchema, condition: string | undefined, type: GraphQLObjectType): boolean {
  if (condition === undefined || condition === type.name) return true;
  const wanted = schema.getType(condition);
  return wanted !== undefined && isAbstractType(wanted) && schema.isSubType(wanted, type);
}
