"""What a check found, and how it is shown: problems with cause and fix, notes, what was and what was not checked."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Finding:
    """One problem: where, what, the cause in words and lines to paste into the recipe. A note does not fail a check."""

    check: str
    text: str
    fix: str = ""
    note: bool = False


@dataclass
class Report:
    """The result of all checks of one recipe."""

    checked: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    not_checked: list[tuple[str, str]] = field(default_factory=list)
    proved: bool = True  # False where something was not checked that a run depends on

    def add(self, check: str, text: str, fix: str = "", note: bool = False) -> None:
        self.findings.append(Finding(check, text, fix, note))

    def skip(self, check: str, why: str, proved: bool = False) -> None:
        """Something that could not be checked; `proved` where the recipe's rightness does not depend on it."""
        self.not_checked.append((check, why))
        self.proved = self.proved and proved

    @property
    def problems(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.note]


def show(report: Report, out: Console) -> None:
    """What was checked as a table, then notes, then every problem with its fix."""
    table = Table(show_header=False, box=None, pad_edge=False)
    failed = {finding.check for finding in report.problems}
    for check, summary in report.checked:
        table.add_row("FAILED" if check in failed else "ok", Text(check), Text(summary))
    for check, why in report.not_checked:
        table.add_row("NOT CHECKED", Text(check), Text(why))
    out.print(table)
    for finding in sorted(report.findings, key=lambda found: not found.note):
        out.print(Text(f"\n{'note' if finding.note else 'PROBLEM'} ({finding.check}): {finding.text}"))
        if finding.fix:
            out.print(Padding(Text(finding.fix), (0, 0, 0, 4)))
