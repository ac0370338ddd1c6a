const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])`;

/** Two subgraphs that share an entity. */
export const SUBGRAPH_SDL = {
  catalogue: `${LINK}
    type Query { version: String! products(first: Int! = 20): [Product!]! }
    type Product @key(fields: "id") { id: ID! name: String! price: Int! }`,
  reviews: `${LINK}
    type Query { reviewsCount: Int! }
    type Product @key(fields: "id") { id: ID! reviews: [Review!]! }
    type Review { id: ID! body: String! author: Reader! }
    type Reader { id: ID! name: String! }`,
} as const;

/** 20 products of one subgraph, and for each five reviews with their authors of the other: one fetch, then one entity fetch. */
export const ENTITY_QUERY = `query Products($first: Int!) {
  products(first: $first) { id name price reviews { id body author { id name } } }
}`;
export const ENTITY_VARIABLES = { first: 20 };

/** One string of one subgraph. */
export const TRIVIAL_QUERY = "query Version { version }";
