"""Web pages and PDF: what is in them, and what becomes of bad ones."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclf.batch.files import read_articles, tag_file
from newsclf.errors import MissingExtra
from newsclf.inputs import ReadOptions, Reject, Row, budget, find_files, read_rows
from newsclf.inputs.pdf import page_texts

WEB_PAGE = """<html><head><title>小区换新颜</title><meta name="pubdate" content="2023-05-06"></head>
<body><nav><a href="/">首页</a></nav><h1>小区换新颜</h1><div class="article">
<p>近年来，淳安县改造老旧小区，加装电梯135台，居民上下楼方便多了。</p>
<p>“住了三十年，头一回这么亮堂。”居民王阿姨说，物业覆盖率提升到百分之九十。</p>
</div><footer>版权所有</footer></body></html>"""
DUMP = "看病 更方便\n\n近年来,淳安县的医院\n\n改造了。(方晓琳)\n"


def read(path, **options):
    return list(read_rows(find_files([path])[0], ReadOptions(**options)))


def put(folder, name, data):
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return folder / name


def pdf(*pages):
    """Return a PDF with these texts, one a page, a line of text for each of their lines."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append(
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
        "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> >>] >>"
    )
    kids = []
    for text in pages:
        shown = "".join(f"<{t.encode('utf-16-be').hex()}> Tj T*\n" for t in text.split("\n"))
        content = f"BT /F1 12 Tf 14 TL 50 780 Td\n{shown}ET" if text else ""
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources "
            f"<< /Font << /F1 3 0 R >> >> /Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    data, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    data += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return f"{data}startxref\n{data.index('xref')}\n%%EOF".encode("latin-1")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_web_page_is_an_article(tmp_path, encoding):
    pytest.importorskip("trafilatura")
    (row,) = read(put(tmp_path, "a.html", WEB_PAGE.encode(encoding)))
    article = row.article
    assert (article.id, article.title, article.date) == ("a", "小区换新颜", "2023-05-06")
    assert "加装电梯135台" in article.text
    assert "版权所有" not in article.text
    (dump,) = read(tmp_path / "a.html", split_titles=False)
    assert (dump.article.title, dump.article.text[:7]) == (None, "小区换新颜\n\n")


def test_a_nul_does_not_end_a_web_page(tmp_path):
    pytest.importorskip("trafilatura")
    (row,) = read(put(tmp_path, "a.html", WEB_PAGE.replace("“住", "“\0住")))
    assert "“\ufffd住了三十年" in row.article.text


BAD_WEB_PAGES = {
    "empty": ("", "no_text"),
    "no text": ("<html><body><img src=x></body></html>", "no_text"),
    "divs in divs": ("<div>" * 200_000 + "近年来", "no_text"),
    "two encodings": (WEB_PAGE.encode() + "居民".encode("gbk"), "encoding"),
    "too large": ("<p>近年来" * 300_000, "too_large"),
    "a PDF": (b"%PDF-1.4", "encoding"),
}


@pytest.mark.parametrize(("data", "code"), BAD_WEB_PAGES.values(), ids=BAD_WEB_PAGES)
def test_bad_web_pages(tmp_path, data, code):
    pytest.importorskip("trafilatura")
    (reject,) = read(put(tmp_path, "a.html", data))
    assert reject.code == code


def test_pages_of_a_pdf_are_newspaper_pages(tmp_path):
    pytest.importorskip("pypdf")
    path = put(tmp_path, "1998.pdf", pdf(DUMP, "", DUMP))
    rows = read(path)
    assert [row.line for row in rows] == [1, 2, 3]
    assert rows[1].code == "no_text"
    refused = []
    units = list(read_articles(path, on_reject=refused.append))
    assert [unit.id for unit in units] == ["1998:1-01", "1998:3-01"]
    assert {unit.authors for unit in units} == {("方晓琳",)}
    assert [(r.line, r.code) for r in refused] == [(2, "no_text")]


def test_pdf_through_the_tagger(tmp_path, tagger):
    pytest.importorskip("pypdf")
    path = put(tmp_path, "a.pdf", pdf(DUMP, ""))
    result = tag_file(path, tmp_path / "out.jsonl", model=tagger)
    assert (result.tagged, result.codes, result.units) == (1, {"no_text": 1}, 1)
    assert json.loads((tmp_path / "out.jsonl").read_text("utf-8"))["title"] == "看病 更方便"


def test_bad_pdfs(tmp_path):
    pypdf = pytest.importorskip("pypdf")
    good = pdf(DUMP)
    for data in (b"", b"text", good[:60], b"%PDF-1.4\n%%EOF"):
        (reject,) = read(put(tmp_path, "a.pdf", data))
        assert reject.code == "unreadable"
    assert [r.code for r in read(put(tmp_path, "a.pdf", good), max_record=500)] == ["too_large"]
    writer = pypdf.PdfWriter(clone_from=put(tmp_path, "a.pdf", good))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    (reject,) = read(tmp_path / "locked.pdf")
    assert (reject.code, "password" in reject.message) == ("unreadable", True)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=20))
def test_damaged_pdfs_are_read_or_rejected(tmp_path_factory, flips):
    pytest.importorskip("pypdf")
    data = bytearray(pdf(DUMP, DUMP))
    for place, value in flips:
        data[place % len(data)] = value
    rows = read(put(tmp_path_factory.mktemp("pdf"), "a.pdf", bytes(data)))
    assert all(isinstance(row, (Row, Reject)) for row in rows)


@pytest.mark.parametrize(
    ("name", "package"), [("a.html", "trafilatura"), ("a.pdf", "pypdf"), ("b.txt.zst", "zstandard")]
)
def test_a_missing_extra_is_known_before_the_first_row(tmp_path, monkeypatch, name, package):
    monkeypatch.setitem(sys.modules, package, None)
    put(tmp_path, "0.txt", "一")
    put(tmp_path, name, "")
    with pytest.raises(MissingExtra, match=r"newsclf\[(html|pdf|zst)\]"):
        next(read_rows(find_files([tmp_path])[0]))


def test_a_web_page_that_its_parser_fails_on(tmp_path, monkeypatch):
    pytest.importorskip("trafilatura")
    run = budget.run
    monkeypatch.setattr(
        budget, "run", lambda *args, **limits: run("misbehaving:fail_at_once", "deep", **limits)
    )
    (row,) = read(put(tmp_path, "a.html", b"<p>text</p>"))
    assert (row.code, row.message) == ("unreadable", "not a web page: RecursionError: deep")


def test_a_page_of_a_pdf_with_too_much_text(monkeypatch):
    pypdf = pytest.importorskip("pypdf")
    monkeypatch.setattr(pypdf.PageObject, "extract_text", lambda page: "开" * 5000)
    ((code, message),) = page_texts(pdf("开诊"), 1000)
    assert (code, message) == ("too_large", "15000 bytes of text, more than the 1000 allowed")


def test_a_page_of_a_pdf_that_its_parser_fails_on(monkeypatch):
    pypdf = pytest.importorskip("pypdf")

    def fail(page):
        raise RecursionError("deep")

    monkeypatch.setattr(pypdf.PageObject, "extract_text", fail)
    assert list(page_texts(pdf("开诊"), 1000)) == [
        ["failed", "the page cannot be read: RecursionError: deep"]
    ]


def test_a_web_page_that_takes_too_long(tmp_path, tagger):
    pytest.importorskip("trafilatura")
    folder = tmp_path / "in"
    folder.mkdir()
    spans = (
        f"<html><body><article><p>{'<span>近年来，</span>' * 40_000}</p></article></body></html>"
    )
    put(folder, "a.html", WEB_PAGE)
    put(folder, "b.html", spans)
    put(folder, "c.html", WEB_PAGE)
    reading = ReadOptions(max_seconds=3)
    result = tag_file(folder, tmp_path / "out.jsonl", model=tagger, reading=reading)
    assert (result.rows, result.tagged, result.codes) == (3, 2, {"too_slow": 1})


def test_a_pdf_that_takes_too_long_keeps_the_pages_before(tmp_path):
    pytest.importorskip("pypdf")
    path = put(tmp_path, "a.pdf", pdf(DUMP, "", "\n".join(["看"] * 80_000), DUMP))
    first, second, last = read(path, max_seconds=4)
    assert (first.line, second.code) == (1, "no_text")
    assert (last.line, last.code) == (3, "too_slow")
    assert "raise --max-seconds" in last.message
