/** The HR questions and answers as a Word document; `docx` is the package of that name. */
export function faq(docx) {
  const { Document, Footer, Header, HeadingLevel, LevelFormat, PageBreak, Paragraph, Table, TableCell, TableRow, TextRun, WidthType } =
    docx;
  const title = (text) => new Paragraph({ text, heading: HeadingLevel.HEADING_1 });
  const section = (text) => new Paragraph({ text, heading: HeadingLevel.HEADING_2 });
  const question = (text) => new Paragraph({ text, heading: HeadingLevel.HEADING_3 });
  const answer = (text) => new Paragraph({ children: [new TextRun(text)] });
  const bullet = (text) => new Paragraph({ text, bullet: { level: 0 } });
  const step = (text) => new Paragraph({ text, numbering: { reference: "steps", level: 0 } });
  const row = (cells, tableHeader = false) =>
    new TableRow({
      tableHeader,
      children: cells.map((text) => new TableCell({ children: [new Paragraph({ children: [new TextRun({ text, bold: tableHeader })] })] })),
    });
  const table = (header, rows) =>
    new Table({
      width: { size: 100, type: WidthType.PERCENTAGE },
      rows: [row(header, true), ...rows.map((cells) => row(cells))],
    });

  return new Document({
    title: "인사 FAQ",
    creator: "인사팀",
    lastModifiedBy: "인사팀",
    styles: { default: { document: { run: { font: "NanumGothic", size: 22 } } } },
    numbering: {
      config: [
        { reference: "steps", levels: [{ level: 0, format: LevelFormat.DECIMAL, text: "%1.", alignment: "left" }] },
      ],
    },
    sections: [
      {
        headers: { default: new Header({ children: [new Paragraph("한빛누리 주식회사 인사팀")] }) },
        footers: { default: new Footer({ children: [new Paragraph("사내 전용")] }) },
        children: [
          title("인사 FAQ"),
          answer("시행일: 2025. 1. 1."),
          answer("직원이 인사팀에 자주 묻는 질문과 답을 모았습니다. 규정과 다른 내용이 있으면 규정이 우선합니다."),

          section("연차 휴가"),
          question("연차 휴가는 어디에서 신청하나요?"),
          answer("연차 휴가 신청은 그룹웨어의 근태 메뉴에서 합니다. 종이 신청서는 그룹웨어를 쓸 수 없는 직원만 사용합니다."),
          question("연차 휴가의 승인권자는 누구인가요?"),
          answer("연차 휴가의 승인권자는 소속 팀장입니다. 팀장이 자리를 비우면 본부장이 승인합니다."),
          question("남은 연차는 어디에서 확인하나요?"),
          answer("남은 연차 일수는 그룹웨어 첫 화면의 내 근태에서 확인합니다. 일수가 맞지 않으면 인사팀에 정정을 요청합니다."),

          section("급여와 증명서"),
          question("급여일은 언제인가요?"),
          answer("급여는 매월 25일에 지급합니다. 25일이 휴일이면 그 전 영업일에 지급합니다."),
          question("재직증명서는 어떻게 발급받나요?"),
          step("그룹웨어에서 증명서 신청을 엽니다."),
          step("용도와 제출처를 입력합니다."),
          step("신청한 다음 영업일에 PDF로 받습니다."),
          question("급여 계좌를 바꾸려면 무엇이 필요한가요?"),
          answer("그룹웨어에 새 계좌를 입력하고 통장 사본을 올립니다. 예: 예금주 이가온, 국민은행 999901-04-123456. 매월 15일까지 바꾼 계좌는 그달 급여부터 적용합니다."),

          new Paragraph({ children: [new PageBreak()] }),
          section("경조사와 복지"),
          question("경조 휴가와 경조금은 얼마인가요?"),
          answer("경조 휴가 일수와 경조금은 아래 표와 같습니다."),
          table(
            ["경조 사유", "휴가 일수", "경조금"],
            [
              ["본인 결혼", "5일", "100만 원"],
              ["자녀 결혼", "1일", "50만 원"],
              ["배우자 출산", "20일", "50만 원"],
              ["부모 사망", "5일", "100만 원"],
              ["조부모 사망", "3일", "30만 원"],
            ],
          ),
          question("복지 포인트는 얼마인가요?"),
          answer("복지 포인트는 직원 한 사람에게 해마다 120만 점을 1월 2일에 지급합니다. 사용하지 않은 포인트는 12월 31일에 소멸합니다."),
          question("건강검진은 언제 받나요?"),
          answer("건강검진은 2년마다 받으며 만 40세 이상 직원은 매년 받습니다. 검진일 하루는 공가로 처리합니다."),

          section("문의"),
          bullet("휴가와 근태: 인사팀 leave@hanbitnuri.example, 02-5550-0147"),
          bullet("급여와 증명서: 인사팀 payroll@hanbitnuri.example, 010-5550-2468"),
          bullet("그룹웨어 오류: 그룹웨어 운영 담당 010-5550-7788"),
        ],
      },
    ],
  });
}
