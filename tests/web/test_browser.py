"""The page in a real browser: needs playwright and Chromium, and is skipped without them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

from newsclf.labels.labelled import read_labelled

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("uvicorn", reason="the page needs uvicorn")
CHROMIUM = os.environ.get("NEWSCLF_CHROMIUM") or shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed"),
    # Playwright's own event loop ends after the test that used it.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SHOTS = os.environ.get("NEWSCLF_SHOTS")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAYLOADS = (
    "<script>window.stolen = 1</script>",
    '<img src=x onerror="window.stolen = 2">',
    '"><svg onload=window.stolen=3>',
    "javascript:window.stolen=4//",
)
BODIES = (
    "医院门诊今天开放，医生到岗，检查提前预约。",
    "学校开学，教师返校，学生领到新书。",
    "小区加装电梯，居民协商，物业养护。",
    "山里的雾一天比一天浓，渔船返港。",
)


@pytest.fixture(scope="module")
def browser():
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(tmp_path, model_folder):
    """Starts `newsclf label`, again and again if need be; the last one is stopped."""
    rows = [
        {
            "id": f"p-{i:02}",
            "title": f"第{i}篇 {PAYLOADS[i % 4]}",
            "text": f"{BODIES[i % 4]}\n这是第{i}篇。{PAYLOADS[(i + 1) % 4]}",
            "source": PAYLOADS[(i + 2) % 4],
        }
        for i in range(24)
    ]
    pool = tmp_path / "pool.jsonl"
    pool.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    running = []

    def start(*options):
        command = [sys.executable, "-m", "newsclf", "label", pool.name, "--port", "0"]
        process = subprocess.Popen(
            [*command, "--model", str(model_folder), "--order", "file", *options],
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        running.append(process)
        for line in process.stderr:
            if found := re.search(r"http://127\S+", line):
                return process, found[0]
        raise AssertionError(process.wait())

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.fixture
def visit(browser):
    contexts, troubles = [], []

    def go(link, **settings):
        settings = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}} | settings
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda m: m.type == "error" and troubles.append(m.text))
        page.goto(link)
        page.wait_for_selector("article h1")
        return page

    yield go
    for context in contexts:
        context.close()
    expected = ("ERR_CONNECTION", "requires 'TrustedHTML'")
    assert [t for t in troubles if not any(words in t for words in expected)] == []


def counted(page, words):
    api.expect(page.locator("#count")).to_have_text(words)


def saved(page):
    api.expect(page.locator("#saved")).to_have_text("已保存")


def shoot(page, name):
    if SHOTS:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def test_twenty_articles_by_keyboard_a_reload_a_kill_and_on(server, visit, tmp_path):
    process, link = server()
    page = visit(link)
    assert "key=" not in page.url
    key_of = {i % 4: key for i, key in enumerate("abc")}  # health, education, housing
    for i in range(20):
        api.expect(page.locator("article h1")).to_contain_text(f"第{i}篇")
        if i == 7:  # nothing chosen, skipped, come back to later
            page.keyboard.press("-")
            continue
        if i % 4 < 3:
            page.keyboard.press(key_of[i % 4])
        if i == 1:  # a second label, made the first
            page.keyboard.press("a")
            page.keyboard.press("2")
        if i == 2:
            page.keyboard.press("Shift+B")
        page.keyboard.press("Enter")
    counted(page, "已标 19 / 24")
    saved(page)
    page.keyboard.press("c")  # a draft of the 21st
    saved(page)
    page.reload()
    api.expect(page.locator("article h1")).to_contain_text("第20篇")
    api.expect(page.locator(".chip")).to_contain_text("住房")
    process.kill()
    process.wait()

    process, link = server()
    page = visit(link)
    counted(page, "已标 19 / 24")
    api.expect(page.locator("article h1")).to_contain_text("第20篇")
    api.expect(page.locator(".chip")).to_contain_text("住房")
    page.keyboard.press("Backspace")  # the draft of before the kill
    api.expect(page.locator(".chip")).to_have_count(0)
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    counted(page, "已标 20 / 24")
    saved(page)
    page.keyboard.press("ArrowLeft")
    api.expect(page.locator(".state")).to_have_text("已标")
    page.keyboard.press("`")
    api.expect(page.locator("dialog")).to_contain_text("微平均 F1")
    shoot(page, "progress")
    page.keyboard.press("Escape")
    process.terminate()
    process.wait()
    done = {item.id: item for item in read_labelled(tmp_path / "pool.labelled.jsonl")}
    assert len(done) == 20
    assert "p-07" not in done
    assert done["p-00"].labels == ("health",)
    assert done["p-01"].labels == ("health", "education")
    assert (done["p-02"].labels, done["p-02"].borderline) == (("housing",), ("education",))
    assert done["p-03"].labels == ()


def test_an_article_cannot_run_as_script(server, visit):
    _, link = server()
    page = visit(link)
    for i in range(4):
        api.expect(page.locator("article h1")).to_contain_text(PAYLOADS[i])
        assert page.evaluate("window.stolen") is None
        assert page.locator("article script, article img, article svg").count() == 0
        page.keyboard.press("b")
        page.keyboard.press("Enter")
    page.keyboard.press("`")  # titles stand in the list of differences as well
    page.locator("summary").click()
    api.expect(page.locator(".differences")).to_contain_text("<script>")
    assert page.evaluate("window.stolen") is None
    refused = page.evaluate(
        """() => { try { document.body.innerHTML = "<b>x</b>"; return false } catch { return true } }"""
    )
    assert refused


def test_a_server_that_is_gone_is_told_and_nothing_is_taken_for_saved(server, visit):
    process, link = server()
    page = visit(link)
    process.kill()
    process.wait()
    page.keyboard.press("a")
    api.expect(page.locator("#saved.trouble")).to_contain_text("尚未保存")


def test_everything_is_at_hand_on_a_phone_in_the_dark_and_in_english(server, visit):
    _, link = server()
    page = visit(
        link,
        locale="en-GB",
        color_scheme="dark",
        viewport={"width": 375, "height": 740},
        has_touch=True,
        is_mobile=True,
    )
    counted(page, "0 of 24 labelled")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == 375
    red, green, blue = map(
        int,
        re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3],
    )
    assert max(red, green, blue) < 60
    page.locator(".theme", has_text="Education").tap()
    page.locator(".theme", has_text="Health").tap()
    page.locator(".chip", has_text="Health").get_by_label("Make it borderline").tap()
    api.expect(page.locator(".chip.doubtful")).to_contain_text("Health")
    shoot(page, "phone")
    go = page.locator(".go").bounding_box()
    assert go["x"] + go["width"] <= 375
    page.locator(".go").tap()
    counted(page, "1 of 24 labelled")
    page.locator("#switch-language").tap()
    counted(page, "已标 1 / 24")
    page.locator("#show-help").tap()
    api.expect(page.locator("dialog")).to_contain_text("标注要点")


def test_two_readers_blind_and_then_compared(server, visit, tmp_path):
    _, link = server("-o", "first.jsonl")
    page = visit(link)
    for key in "abc":
        page.keyboard.press(key)
        page.keyboard.press("Enter")
    counted(page, "已标 3 / 24")
    saved(page)
    page.wait_for_timeout(1500)
    first = read_labelled(tmp_path / "first.jsonl")
    assert [item.labels for item in first] == [("health",), ("education",), ("housing",)]
    _, link = server("-o", "second.jsonl", "--compare", "first.jsonl", "--blind")
    page = visit(link)
    assert page.locator("article mark").count() == 0
    assert page.locator(".theme.suggested").count() == 0
    for key in "aac":
        page.keyboard.press(key)
        page.keyboard.press("Enter")
    counted(page, "已标 3 / 24")
    page.keyboard.press("`")
    api.expect(page.locator("dialog")).to_contain_text("共同标注 3 篇：标签完全相同 2")
    page.locator("section", has_text="两位标注者").locator("summary").click()
    page.locator(".differences button").last.click()
    api.expect(page.locator(".other")).to_contain_text("教育")


def test_tags_are_reviewed_with_a_key_each(server, visit, tmp_path):
    process, link = server("--review")
    page = visit(link)
    for name in ("医疗卫生", "教育", "住房"):
        api.expect(page.locator(".chip")).to_contain_text(name)
        page.keyboard.press("Enter")
    page.keyboard.press("0")
    api.expect(page.locator(".chip")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("0")
    page.keyboard.press("=")
    api.expect(page.locator(".chip")).to_contain_text("医疗卫生")
    page.keyboard.press(".")
    api.expect(page.locator("article mark")).to_have_count(0)
    api.expect(page.locator(".note")).to_have_text("模型建议已隐藏")
    page.keyboard.press("/")
    page.keyboard.type("住房")
    page.keyboard.press("Shift+Enter")
    api.expect(page.locator(".chip.doubtful")).to_contain_text("住房")
    saved(page)
    process.terminate()
    process.wait()
    done = read_labelled(tmp_path / "pool.labelled.jsonl")
    assert [item.labels for item in done] == [("health",), ("education",), ("housing",)]
