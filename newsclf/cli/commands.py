"""The commands: what each is called, where it is, and what it does in a line.

`newsclf --help`, the tables of both READMEs and docs/cli.md hold these lines; tests compare them.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COMMANDS", "Command"]


class Command(NamedTuple):
    """A command, or a group of the commands whose names begin with its own.

    Attributes
    ----------
    name : str
        What is typed after ``newsclf``.
    target : str
        Module of `newsclf.cli` and function in it, as ``"tag:tag"``; empty for a group.
    en, zh : str
        What it does, in a line that fits a terminal of 80 columns.
    """

    name: str
    target: str
    en: str
    zh: str


COMMANDS = (
    Command(
        "tag",
        "tag:tag",
        "Tag files, folders or standard input: one JSON line an article",
        "给文件、文件夹或标准输入打标签，每篇文章一行 JSON",
    ),
    Command(
        "pages",
        "pages:pages",
        "Split newspaper pages into their units",
        "把报纸版面拆成一个个单元",
    ),
    Command(
        "explain",
        "explain:explain",
        "Show the words that speak for the themes",
        "列出支持各主题的词",
    ),
    Command(
        "summary",
        "summary:summary",
        "Count articles by theme and month, and by theme and place",
        "按主题与月份、主题与地点统计文章数",
    ),
    Command(
        "train",
        "train:train",
        "Train a model on labelled articles, or rebuild one",
        "用标注文章训练模型，或按配方重建模型",
    ),
    Command(
        "evaluate",
        "evaluate:evaluate",
        "Measure a model on labelled articles it was not trained on",
        "在模型没学过的标注文章上评测",
    ),
    Command(
        "suggest",
        "suggest:suggest",
        "Choose from a pool the articles whose labels teach most",
        "从待标文库中挑出最值得标注的文章",
    ),
    Command(
        "export",
        "export:export",
        "Write articles for an annotation tool",
        "为标注工具导出文章",
    ),
    Command(
        "import",
        "import_:import_",
        "Read labels that were made in an annotation tool",
        "读回在标注工具里做的标注",
    ),
    Command(
        "label",
        "label:label",
        "Label articles or review tags on a local web page",
        "打开本机网页，标注文章或复核标签",
    ),
    Command(
        "adapt",
        "adapt:adapt",
        "Adapt a model to further labels, without its old articles",
        "用新标注调整模型，不需要原来的训练文章",
    ),
    Command(
        "check-labels",
        "check_labels:check_labels",
        "Find labels that are likely wrong or missing",
        "找出可能标错或漏标的文章",
    ),
    Command(
        "codebook",
        "",
        "Look at a codebook of your own",
        "检查自己的主题表",
    ),
    Command(
        "codebook check",
        "codebook:check",
        "Find themes that overlap, contradict or are never seen",
        "找出互相重叠、自相矛盾或从未出现的主题",
    ),
    Command(
        "compare",
        "compare:compare",
        "Show which tags a new model changes, and refuse a worse one",
        "比较新旧两个模型的标签有哪些变化；需要时，拒绝变差的新模型",
    ),
    Command(
        "models",
        "models:models",
        "List the models that are installed",
        "列出已安装的模型",
    ),
)
