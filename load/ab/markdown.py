"""A comparison, for a pull request."""

from load.ab.comparison_rows import comparison_rows, failures_line
from load.ab.judged_comparison import JudgedComparison
from load.regression.verdict import RegressionVerdict

__all__ = ["comparison_markdown"]

_SIGNS = {
    RegressionVerdict.REGRESSED: "❌",
    RegressionVerdict.NO_REGRESSION: "✅",
    RegressionVerdict.NOT_ENOUGH_DATA: "❔",
}


def comparison_markdown(judged: JudgedComparison) -> str:
    """A heading that says it all, a table, and what it took."""
    comparison, fingerprint = judged.comparison, judged.run.fingerprint
    lines = [f"### {_SIGNS[comparison.verdict]} {_text(judged.sentence)}", ""]
    lines += [f"> ⚠ invalid: {_text(one.reason)}" for one in judged.invalid]
    lines += [
        "",
        "| metric | baseline | candidate | effect | bounds | verdict |",
        "| --- | --: | --: | --: | --: | --- |",
    ]
    lines += [
        f"| {row.title} | {row.baseline} | {row.candidate} | {row.effect} | {row.bounds} | {row.verdict.value} |"
        for row in comparison_rows(comparison)
    ]
    names = f"Candidate {_code(fingerprint.endpoint)}, baseline {_code(fingerprint.baseline)}"
    commit = f", commit {_code(fingerprint.commit)}" if fingerprint.commit else ""
    lines += ["", f"{names}{commit}. {_capital(failures_line(comparison.failures))}. {_capital(judged.cost_sentence)}."]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _code(text: str) -> str:
    return f"`{text.replace('`', '').replace(chr(10), ' ')}`"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
