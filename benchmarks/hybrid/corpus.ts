import type { Transport, TypedOperation } from "../../clients/typescript/transport.js";

const PEOPLE = ["Kim Jiwon", "Park Minseo", "Ada Lindqvist", "Tom Okafor", "Lee Hana", "Maria Duarte", "Choi Yuna"];
const TEAMS = ["Research", "Logistics", "Payroll", "Field Service", "Quality", "Procurement"];
const PLACES = ["Busan", "Porto", "Leeds", "Daejeon", "Gdansk", "Ulsan"];
const PROJECTS = ["Heron", "Juniper", "Basalt", "Meridian", "Tundra", "Cobalt", "Lantern", "Orchid", "Quarry"];

const of = (list: readonly string[], i: number): string => list[i % list.length] as string;

/** Questions about the generated documents, in the two languages of the product. */
export const QUESTIONS: readonly string[] = PROJECTS.flatMap((project, i) => [
  `Who leads project ${project} and where is it based?`,
  `What is the yearly budget of ${project} in ${of(PLACES, i)}?`,
  `${project} 프로젝트의 책임자는 누구인가요?`,
]);

/** One document of so many sections, each about as long as a chunk. */
export function documentText(document: number, sections: number): string {
  const parts = Array.from({ length: sections }, (_, section) => {
    const i = document * sections + section;
    const [project, person, team, place] = [of(PROJECTS, i), of(PEOPLE, i * 3), of(TEAMS, i * 5), of(PLACES, i * 7)];
    return [
      `## ${project} ${i}`,
      `Project ${project} ${i} belongs to the ${team} department and is led by ${person} from the office in ${place}.`,
      `Its yearly budget is ${(i % 90) + 10} million won, approved by ${of(PEOPLE, i * 5 + 1)} in ${2015 + (i % 10)}.`,
      `The team of ${(i % 30) + 3} people works with ${of(TEAMS, i + 2)} and reports to ${of(PEOPLE, i + 4)} every ${(i % 6) + 2} weeks.`,
      `${project} ${i} 프로젝트는 ${place} 사무소에서 진행하며 담당 부서는 ${team}입니다. 책임자는 ${person}입니다.`,
      `Whoever needs equipment for it asks ${of(PEOPLE, i + 3)}; travel to ${of(PLACES, i + 1)} is booked ${(i % 20) + 5} days ahead.`,
    ].join("\n\n");
  });
  return `# Projects, volume ${document}\n\n${parts.join("\n\n")}\n`;
}

interface Problem {
  readonly problem: { readonly message: string } | null;
}
const operation = <Result>(text: string): TypedOperation<Result, object> =>
  text as unknown as TypedOperation<Result, object>;
const CREATE = operation<{ createDataset: Problem & { dataset: { id: string } | null } }>(
  "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } problem { ... on Problem { message } } } }",
);
const ADD = operation<{ addText: Problem & { document: { id: string } | null } }>(
  "mutation ($input: AddTextInput!) { addText(input: $input) { document { id } problem { ... on Problem { message } } } }",
);
const FOLLOW = operation<{ indexingProgress: { stage: string } }>(
  "subscription ($id: ID!) { indexingProgress(documentId: $id) { stage } }",
);
const LOOK = operation<{ document: { status: string; chunksCount: number } | null }>(
  "query ($id: ID!) { document(id: $id) { status chunksCount } }",
);

/** Adds the documents and waits until all are indexed. Resolves with the number of their chunks. @throws Error when one fails */
export async function indexDocuments(
  client: Transport,
  documents: number,
  sections: number,
  signal: AbortSignal,
): Promise<number> {
  const { createDataset } = await client.execute(CREATE, { input: { name: "Projects" } }, { signal });
  const datasetId = createDataset.dataset?.id;
  if (!datasetId) throw new Error(`no data set: ${createDataset.problem?.message}`);
  const counts = await Promise.all(
    Array.from({ length: documents }, async (_, document) => {
      const input = { datasetId, name: `projects-${document}.md`, text: documentText(document, sections) };
      const { addText } = await client.execute(ADD, { input }, { signal });
      if (!addText.document) throw new Error(`a document was refused: ${addText.problem?.message}`);
      const { id } = addText.document;
      for await (const _progress of client.subscribe(FOLLOW, { id }, { signal }));
      const { document: indexed } = await client.execute(LOOK, { id }, { signal });
      if (indexed?.status !== "COMPLETED") throw new Error(`a document ended as ${indexed?.status}`);
      return indexed.chunksCount;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
