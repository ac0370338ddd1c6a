/** What an entity's name says about its kind; anything else is a CONCEPT. The first rule that fits wins. */
const RULES: readonly (readonly [string, RegExp])[] = [
  ["POLICY", /(?:규정|지침|정책|내규|규칙|법률|법|시행령|매뉴얼|가이드|가이드라인|조례|약관)$/u],
  ["POLICY", /\b(?:policy|handbook|guidelines?|regulations?|act|code of conduct|manual|charter|treaty)$/iu],
  [
    "ORGANIZATION",
    /(?:팀|부서|본부|사업부|위원회|센터|지원단|공단|공사|협회|재단|연구소|연구원|대학교|대학|은행|전자|주식회사|회사|그룹|행정|구청|시청|경찰청|국세청|노동부|복지부|교육부|보건소|병원)$/u,
  ],
  [
    "ORGANIZATION",
    /\b(?:inc|corp|corporation|ltd|llc|gmbh|company|co|university|college|institute|association|committee|department|team|council|bank|agency|foundation|society|party|club|league|orchestra|records)\.?$/iu,
  ],
  ["ORGANIZATION", /^(?:university|bank|department|ministry|institute|association) of\b/iu],
  ["SYSTEM", /(?:시스템|그룹웨어|포털|플랫폼|서버|데이터베이스|소프트웨어|프로그램|애플리케이션|메신저|인트라넷)$/u],
  ["SYSTEM", /\b(?:system|portal|platform|server|database|software|app|application|api|vpn|sso|erp|crm)$/iu],
  ["LOCATION", /(?:특별시|광역시|자치도|[가-힣]{2,}시|[가-힣]{2,}군|[가-힣]{2,}구|[가-힣]{2,}동|지역|건물|본사)$/u],
  [
    "LOCATION",
    /\b(?:river|county|city|island|islands|mountain|mountains|lake|street|airport|station|province|state|park|bridge|district)$/iu,
  ],
  ["PERSON", /(?:\s(?:과장|부장|차장|대리|사원|팀장|대표|이사|본부장|교수|박사|씨))$/u],
  ["PERSON", /^(?:mr|mrs|ms|dr|prof|sir|saint|st|king|queen|president)\.?\s/iu],
  ["PRODUCT", /\b(?:plan|edition|suite|model|series|award|prize)$/iu],
  [
    "EVENT",
    /(?:대회|회의|행사|축제|교육|훈련)$|\b(?:war|battle|olympics|championship|festival|cup|conference|summit)$/iu,
  ],
];

/** The kind of thing a name stands for, by its form alone: the same name gives the same type, whoever asks. */
export const entityType = (name: string): string => RULES.find(([, pattern]) => pattern.test(name))?.[0] ?? "CONCEPT";
