"""What the pages share: a drawing, the laws of a chapter, and how a wrong store was caught."""

import shutil

from IPython.display import SVG, Markdown, display

from storage_combinators.edges.draw import as_text
from storage_combinators.edges.draw_dot import as_svg
from storage_conformance import LAWS, judge
from storage_conformance.laws.combinators import COMBINATOR_LAWS
from storage_conformance.laws.combinators.judging import judge_combinator


def drawn(store):
    """The tree of `store` in words, and as a picture where the program `dot` is there to draw it."""
    print(as_text(store))
    if shutil.which("dot"):
        display(SVG(as_svg(store)))
    else:
        print("(and as a picture, where the page is built with the program dot)")


def laws(chapter):
    """The laws of stores and combinators that point to `chapter`, as the suite has them."""
    stores = [law for law in (*LAWS, *COMBINATOR_LAWS) if law.kind not in ("mapping", "wire")]
    rows = [law for law in stores if law.chapter.startswith(f"chapters/{chapter}")]
    if not rows:
        raise ValueError(f"the suite has no law that points to {chapter}")
    lines = ["| law | equation |", "|---|---|"]
    for law in rows:
        equation = law.equation.replace("\n", " ").replace("|", "\\|")
        source = "" if law.source == "ours" else f" ({law.source})"
        lines.append(f"| {law.name.replace('_', ' ')} | {equation}{source} |")
    display(Markdown("\n".join(lines)))


def caught(subject, law, family=None):
    """Judge a wrong store by one law, a wrong combinator by its family, and print the run that shows it."""
    one = [each for each in LAWS if each.name == law]
    # The step for quick stores, whatever the machine does: a shorter run would show two of them nothing.
    report = judge_combinator(family, subject, step=1) if family else judge(subject, laws=one, step=1)
    found = next((result for result in report.broken if result.law == law), None)
    if found is None:
        raise ValueError(f"{report.subject} does not break {law}, but {[result.law for result in report.broken]}")
    print(f"{report.subject} breaks {law}", found.equation, sep="\n")
    print("", *found.counterexample, sep="\n    ")
