"""Makes the files of examples/parsing: one short rule, told in every format, so that the readers of formats can be compared.

    python examples/sources/parsing.py

Needs Chromium, the NanumGothic font, and of Python: python-docx, python-pptx, openpyxl, odfpy, pypdfium2, pillow, numpy.
The results are committed, so this is run only when a source changes. HWP comes from examples/sources/parsing-hwp.mjs.
"""

import email.message
import email.policy
import pathlib
import subprocess
import tempfile
import zipfile

import docx
import numpy
import openpyxl
import pptx
import pypdfium2
from odf import opendocument, style, table, text
from PIL import Image, ImageFilter
from pptx.util import Cm

HERE = pathlib.Path(__file__).parent.parent / "parsing"
TITLE = "출장비 정산 안내"
INTRO = "이 안내는 한빛누리 직원이 국내와 국외 출장에서 쓴 비용을 정산하는 방법을 정한다. 정산은 복귀한 날부터 7일 안에 한다."
LIMITS = "지급 한도"
ROWS = [["구분", "1박 숙박비", "하루 식비"], ["서울", "150,000원", "40,000원"], ["광역시", "120,000원", "35,000원"], ["국외", "USD 180", "USD 60"]]
STEPS = "정산 절차"
ITEMS = ["영수증을 그룹웨어에 올린다.", "팀장의 승인을 받는다.", "재무팀이 급여일에 지급한다."]
CONTACT = "Contact"
ENGLISH = "Questions about travel expenses go to the finance team. Receipts are kept for five years after the claim was paid."

HTML = f"""<!doctype html><html lang="ko"><meta charset="utf-8"><title>{TITLE}</title>
<style>@page {{ size: A4; margin: 25mm }} body {{ font: 11pt/1.6 NanumGothic }} h1 {{ font-size: 22pt }} h2 {{ font-size: 15pt }}
table {{ border-collapse: collapse; width: 100% }} td, th {{ border: 1px solid #333; padding: 4px 8px }} .next {{ break-before: page }}</style>
<h1>{TITLE}</h1><p>{INTRO}</p><h2>{LIMITS}</h2>
<table>{"".join("<tr>" + "".join(f"<{'td' if i else 'th'}>{cell}</{'td' if i else 'th'}>" for cell in row) + "</tr>" for i, row in enumerate(ROWS))}</table>
<h2 class="next">{STEPS}</h2><ul>{"".join(f"<li>{item}</li>" for item in ITEMS)}</ul><h2>{CONTACT}</h2><p>{ENGLISH}</p></html>
"""


def make_text():
    (HERE / "expenses.html").write_text(HTML, encoding="utf-8")
    bars = "\n".join("| " + " | ".join(row) + " |" for row in ROWS)
    head, *body = bars.split("\n")
    markdown = "\n".join([f"# {TITLE}", "", INTRO, "", f"## {LIMITS}", "", head, "|---|---|---|", *body, "", f"## {STEPS}", ""])
    markdown += "\n".join(f"- {item}" for item in ITEMS) + f"\n\n## {CONTACT}\n\n{ENGLISH}\n"
    (HERE / "expenses.md").write_text(markdown, encoding="utf-8")
    plain = "\n\n".join([f"제1장 {LIMITS}", INTRO, "\n".join(f"- {item}" for item in ITEMS), ENGLISH]) + "\n"
    (HERE / "expenses-cp949.txt").write_bytes(plain.encode("cp949"))
    (HERE / "expenses.csv").write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in ROWS) + "\n", encoding="utf-8")


def make_docx():
    document = docx.Document()
    document.add_heading(TITLE, 1)
    document.add_paragraph(INTRO)
    document.add_heading(LIMITS, 2)
    grid = document.add_table(len(ROWS), 3)
    for row, cells in zip(grid.rows, ROWS):
        for cell, value in zip(row.cells, cells):
            cell.text = value
    document.add_page_break()
    document.add_heading(STEPS, 2)
    for item in ITEMS:
        document.add_paragraph(item, "List Bullet")
    document.add_heading(CONTACT, 2)
    document.add_paragraph(ENGLISH)
    document.save(HERE / "expenses.docx")


def make_pptx():
    show = pptx.Presentation()
    first = show.slides.add_slide(show.slide_layouts[5])
    first.shapes.title.text = TITLE
    first.shapes.add_textbox(Cm(2), Cm(4), Cm(20), Cm(3)).text_frame.text = INTRO
    grid = first.shapes.add_table(len(ROWS), 3, Cm(2), Cm(9), Cm(20), Cm(6)).table
    for r, row in enumerate(ROWS):
        for c, value in enumerate(row):
            grid.cell(r, c).text = value
    second = show.slides.add_slide(show.slide_layouts[1])
    second.shapes.title.text = STEPS
    second.placeholders[1].text = "\n".join(ITEMS)
    second.notes_slide.notes_text_frame.text = ENGLISH
    show.save(HERE / "expenses.pptx")


def make_xlsx():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = LIMITS
    for row in ROWS:
        sheet.append(row)
    sheet.append([])
    sheet.append([INTRO])
    steps = book.create_sheet(STEPS)
    steps.append(["순서", STEPS])
    for number, item in enumerate(ITEMS, 1):
        steps.append([number, item])
    steps.merge_cells("A6:B6")
    book.save(HERE / "expenses.xlsx")


def make_odt():
    document = opendocument.OpenDocumentText()

    def heading(words, level):
        document.text.addElement(text.H(outlinelevel=level, text=words))

    heading(TITLE, 1)
    document.text.addElement(text.P(text=INTRO))
    heading(LIMITS, 2)
    grid = table.Table(name="limits")
    grid.addElement(table.TableColumn(numbercolumnsrepeated=3))
    for row in ROWS:
        line = table.TableRow()
        for value in row:
            cell = table.TableCell()
            cell.addElement(text.P(text=value))
            line.addElement(cell)
        grid.addElement(line)
    document.text.addElement(grid)
    heading(STEPS, 2)
    steps = text.List()
    for item in ITEMS:
        entry = text.ListItem()
        entry.addElement(text.P(text=item))
        steps.addElement(entry)
    document.text.addElement(steps)
    heading(CONTACT, 2)
    document.text.addElement(text.P(text=ENGLISH))
    document.save(str(HERE / "expenses.odt"))


def make_rtf():
    def words(value):
        return "".join(c if ord(c) < 128 else f"\\u{ord(c) if ord(c) < 32768 else ord(c) - 65536}?" for c in value)

    def paragraph(value, level=None):
        outline = "" if level is None else f"\\outlinelevel{level - 1}"
        return f"\\pard{outline} {words(value)}\\par\n"

    rows = "".join(
        "\\trowd\\cellx3000\\cellx6000\\cellx9000 " + "".join(f"\\pard\\intbl {words(cell)}\\cell " for cell in row) + "\\row\n"
        for row in ROWS
    )
    body = paragraph(TITLE, 1) + paragraph(INTRO) + paragraph(LIMITS, 2) + rows + paragraph(STEPS, 2)
    body += "".join(paragraph(f"- {item}") for item in ITEMS) + paragraph(CONTACT, 2) + paragraph(ENGLISH)
    (HERE / "expenses.rtf").write_bytes(("{\\rtf1\\ansi\\ansicpg949\\uc1\n" + body + "}").encode("ascii"))


def make_hwpx():
    def run(value, style_id=0):
        return f'<hp:p styleIDRef="{style_id}"><hp:run><hp:t>{value}</hp:t></hp:run></hp:p>'

    def cell(value):
        return f'<hp:tc><hp:subList>{run(value)}</hp:subList><hp:cellSpan colSpan="1" rowSpan="1"/></hp:tc>'

    grid = "".join("<hp:tr>" + "".join(cell(value) for value in row) + "</hp:tr>" for row in ROWS)
    body = run(TITLE, 1) + run(INTRO) + run(LIMITS, 2) + f"<hp:p><hp:run><hp:tbl>{grid}</hp:tbl></hp:run></hp:p>"
    body += run(STEPS, 2) + "".join(run(f"- {item}") for item in ITEMS) + run(CONTACT, 2) + run(ENGLISH)
    names = 'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section"'
    head = 'xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"'
    styles = "".join(f'<hh:style id="{i}" name="{name}"/>' for i, name in enumerate(["바탕글", "개요 1", "개요 2"]))
    with zipfile.ZipFile(HERE / "expenses.hwpx", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/hwp+zip", zipfile.ZIP_STORED)
        file.writestr("Contents/header.xml", f"<hh:head {head}><hh:refList><hh:styles>{styles}</hh:styles></hh:refList></hh:head>")
        file.writestr("Contents/section0.xml", f"<hs:sec {names}>{body}</hs:sec>")


def make_eml():
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = "kim@hanbit.example", "lee@hanbit.example", TITLE
    message["Date"] = "Mon, 03 Mar 2025 09:00:00 +0900"
    message.set_content(f"{INTRO}\n\n{ENGLISH}\n")
    message.add_alternative(HTML, subtype="html")
    message.add_attachment((HERE / "expenses.csv").read_bytes(), "text", "csv", filename="한도.csv")
    (HERE / "expenses.eml").write_bytes(message.as_bytes())


def make_pdf():
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--no-pdf-header-footer",
             f"--print-to-pdf={HERE / 'expenses.pdf'}", (HERE / "expenses.html").as_uri()],
            check=True, timeout=120, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    pages = pypdfium2.PdfDocument(HERE / "expenses.pdf")
    rng = numpy.random.default_rng(7)

    def scanned(page):
        """Grey, a little soft, askew and speckled, as from an office scanner."""
        picture = page.render(scale=200 / 72).to_pil().convert("L").rotate(0.4, fillcolor=255, expand=False)
        noisy = numpy.asarray(picture.filter(ImageFilter.GaussianBlur(0.5)), dtype=float) + rng.normal(0, 5, picture.size[::-1])
        return Image.fromarray(noisy.clip(0, 255).astype("uint8"))

    scans = [scanned(page) for page in pages]
    scans[0].save(HERE / "expenses-scan.pdf", save_all=True, append_images=scans[1:], resolution=200, quality=60)
    scans[1].crop((0, 0, scans[1].width, scans[1].height // 2)).quantize(16).save(HERE / "expenses-page2.png", optimize=True)
    scans[0].crop((0, 0, scans[0].width, scans[0].height // 3)).save(HERE / "expenses-page1.jpg", quality=60)


HERE.mkdir(exist_ok=True)
for make in (make_text, make_docx, make_pptx, make_xlsx, make_odt, make_rtf, make_hwpx, make_eml, make_pdf):
    make()
