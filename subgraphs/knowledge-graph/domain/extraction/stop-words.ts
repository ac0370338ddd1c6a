const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean));

/** English function words and sentence openers: never an entity alone, stripped from the front of a span. Lower case. */
export const ENGLISH_FUNCTION_WORDS = words(`
  a an the this that these those such some any each every all both either neither no not other another many most much more few several
  i you he she it we they me him her us them my your his its our their mine one who whom whose which what when where why how
  and or but nor so yet if unless until while because although though since as than whether
  in on at by for from to of with without into onto upon over under above below between among through during before after within against about across around along
  is are was were be been being am do does did has have had can could will would shall should may might must
  there here then thus hence also however therefore moreover furthermore meanwhile otherwise instead nevertheless nonetheless
  once twice first second third last next only even just still again ever never always often sometimes usually
  please note see yes according despite due like unlike including regarding per later earlier today additionally initially originally finally currently recently
  let make use using used based given following new old example examples section chapter table figure page part step steps
`);

/** Words that hold an English name together: "Bank of England", "Ludwig van Beethoven". Lower case. */
export const NAME_CONNECTORS = words(
  "of the de del della di da du la le les van von der den des el al y e and & for in on at",
);

/** Connectors that join only when nothing else can be meant; the rest needs a capital on both sides and no clause between. */
export const TIGHT_CONNECTORS = words("of the de del della di da du la le les van von der den des el al");

/** Korean nouns too general to connect anything. */
export const KOREAN_STOP_WORDS = words(`
  경우 이상 이하 미만 초과 기준 내용 다음 관련 해당 대상 대상자 방법 사항 때문 정도 포함 제외 필요 가능 이용 사용 신청 신청방법 신청문의 문의 제출 확인 안내 지원 제공 실시 운영 발생
  결과 이유 부분 전체 일부 나머지 기타 각각 모든 여러 최대 최소 이후 이전 이내 당시 현재 오늘 내일 어제 올해 작년 내년 매년 매월 매일 기간 시간 날짜 하루
  사람 자신 본인 우리 여기 거기 저기 무엇 누구 언제 어디 어떻게 그것 이것 저것 그녀 자체 가운데 마지막 처음 하나 둘 셋 번째 가지 종류 방식 형태 상태 상황 문제 의미 목적 역할 관계
  참고 예시 예를 다만 단지 또한 그리고 그러나 하지만 따라서 즉시 반드시 제목 목차 표 그림 페이지 비고 구분 항목 합계 세부 주요 일반 기본 별도 동일 이외 이때 동안 중심 최근 다양
`);

/** Headings that name a place in a document, not a thing. Entity keys. */
export const GENERIC_HEADINGS = words(`
  introduction overview summary background contents abstract conclusion appendix references notes general scope purpose faq questions
  개요 소개 목적 서론 결론 요약 목차 부칙 총칙 참고 비고 일반 적용범위 용어의정의 정의 배경 부록 별표 머리말 맺음말 기타 질문 답변
`);
