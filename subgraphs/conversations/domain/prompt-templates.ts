/** GROUNDED: answers from documents. PLAIN: chat without them. */
export type PromptKind = "GROUNDED" | "PLAIN";
export type PromptLanguage = "KO" | "EN";

/** How a prompt opens: who the assistant is and how it speaks. The rules about documents and markers are not part of it. */
export interface PromptTemplate {
  readonly id: string;
  readonly kind: PromptKind;
  readonly language: PromptLanguage;
  /** 0 is the product's own. */
  readonly version: number;
  readonly text: string;
  readonly active: boolean;
  readonly createdBy: string | null;
  readonly createdAt: Date | null;
}

const OPENINGS: Readonly<Record<PromptKind, Readonly<Record<PromptLanguage, string>>>> = {
  GROUNDED: {
    KO: "당신은 조직의 문서를 근거로 답하는 도우미입니다. 한국어로, 묻는 것에만 간결하게 답하십시오.",
    EN: "You answer from an organisation's documents. Answer in the language of the question, briefly, and only what is asked.",
  },
  PLAIN: {
    KO: "당신은 조직 구성원을 돕는 대화 도우미입니다. 한국어로 정확하고 간결하게 답하고, 모르는 것은 모른다고 하십시오.",
    EN: "You help members of an organisation. Answer in the user's language, correctly and briefly, and say so when you do not know.",
  },
};

const KINDS: readonly PromptKind[] = ["GROUNDED", "PLAIN"];
const LANGUAGES: readonly PromptLanguage[] = ["KO", "EN"];

/** The product's own templates, as far as none of the tenant's is in force instead. */
export function builtInTemplates(own: readonly PromptTemplate[]): PromptTemplate[] {
  return KINDS.flatMap((kind) =>
    LANGUAGES.map((language) => ({
      id: `builtin-${kind}-${language}`,
      kind,
      language,
      version: 0,
      text: OPENINGS[kind][language],
      active: !own.some((template) => template.active && template.kind === kind && template.language === language),
      createdBy: null,
      createdAt: null,
    })),
  );
}

/** The kind and language of a built-in template's id; undefined for any other id. */
export const builtInOf = (id: string): { kind: PromptKind; language: PromptLanguage } | undefined =>
  builtInTemplates([]).find((template) => template.id === id);

/** The template in force. */
export const templateFor = (
  active: readonly PromptTemplate[],
  kind: PromptKind,
  language: PromptLanguage,
): PromptTemplate =>
  [...active, ...builtInTemplates(active)].find(
    (template) => template.active && template.kind === kind && template.language === language,
  ) as PromptTemplate;

/** MASK: personal data in a question is replaced by its kind. REFUSE: such a question is not taken. */
export type PiiInput = "MASK" | "REFUSE";
/** MASK: personal data in the model's text is replaced by its kind. KEEP: it is shown as the model wrote it. */
export type PiiOutput = "MASK" | "KEEP";

/** What a tenant does about personal data in questions and answers, and whether answers are shared. */
export interface AnswerPolicy {
  readonly piiInput: PiiInput;
  readonly piiOutput: PiiOutput;
  /** Whether people of the same rights share answers. */
  readonly answerCache: boolean;
}

export const DEFAULT_POLICY: AnswerPolicy = { piiInput: "MASK", piiOutput: "MASK", answerCache: false };

/** What a tenant has set for its answers: the templates in force and its policy. */
export interface AnswerSettings {
  readonly templates: readonly PromptTemplate[];
  readonly policy: AnswerPolicy;
}
