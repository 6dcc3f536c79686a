"""Outcomes in, proved outcomes out: what the judge refuses is dropped, and so is every example whose claims fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path

from prep import languages
from prep.errors import UserError
from prep.languages.cache import CachedJudge
from prep.languages.judge import Script, Verdict
from prep.quality import Drop
from prep.recipe import CommandCheck, Recipe, Scripts, SqlCheck
from prep.record import MESSAGE, Claim, Example
from prep.work import Outcome

BATCH = 64  # outcomes judged together


class Judges:
    """The judge of each source of a recipe; a context manager. Raises UserError where one is required and missing."""

    def __init__(self, recipe: Recipe) -> None:
        self._keep = recipe.quality.missing_includes == "keep"
        self._redacts = recipe.quality.secrets != "off"
        self._stack = ExitStack()
        self._judges: dict[int, CachedJudge] = {}
        self.warnings: list[str] = []
        by_check: dict[str, CachedJudge] = {}
        for index, source in enumerate(recipe.sources):
            if isinstance(source, Scripts) and recipe.quality.engine != "off" and source.check != "off":
                judge = self._of(index, source, recipe.quality.engine == "require", by_check)
                if judge:
                    self._judges[index] = judge

    def _of(self, index: int, source: Scripts, required: bool, made: dict[str, CachedJudge]) -> CachedJudge | None:
        name, options = _named(source)
        lacking = [f"{source.language} has no judge here: name one with check: {{command: [...]}}"]
        if name:
            lacking = languages.missing(name)
        if not lacking and name:
            return made.setdefault(f"{name} {options}", languages.judge_for(name, options))
        if required:
            fix = "or set quality.engine: prefer, to go on unchecked"
            raise UserError(f"sources.{index}: its code cannot be checked: {'; '.join(lacking)}; {fix}")
        self.warnings.append(f"sources.{index}: not checked: {'; '.join(lacking)}")
        return None

    @property
    def versions(self) -> dict[int, str]:
        return {index: judge.version for index, judge in self._judges.items()}

    @property
    def names(self) -> list[str]:
        """The judges as outputs show them."""
        return sorted({judge.name for judge in self._judges.values()})

    def surroundings(self, source: int, path: Path) -> bytes:
        """What beside the file itself the verdict on it hangs on."""
        judge = self._judges.get(source)
        return (judge.context(Script(path)) or b"") if judge else b""  # None: of a command, which sees a text alone

    def __enter__(self) -> Judges:
        for judge in {id(judge): judge for judge in self._judges.values()}.values():
            self._stack.enter_context(judge)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def prove(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """In the same order. A document that its judge refuses becomes a drop; the examples left have been proved."""
        outcomes = iter(outcomes)
        while batch := list(islice(outcomes, BATCH)):
            documents = [(outcome.source, _script(outcome)) for outcome in batch if not outcome.drop]
            said = self._verdicts(documents)
            batch = [self._judged(outcome, said) for outcome in batch]
            claims = {
                (outcome.source, _script(outcome, claim.code)): None
                for outcome in batch
                for example in outcome.examples
                for claim in example.claims
            }
            said |= self._verdicts(list(claims))
            yield from (self._proved(outcome, said) for outcome in batch)

    def _verdicts(self, scripts: list[tuple[int, Script]]) -> dict[tuple[int, Script], Verdict]:
        found = {}
        for index, judge in self._judges.items():
            wanted = [script for source, script in scripts if source == index]
            for script, verdict in zip(wanted, judge.check(wanted), strict=True):
                found[index, script] = verdict
        return found

    def _judged(self, outcome: Outcome, said: dict[tuple[int, Script], Verdict]) -> Outcome:
        verdict = None if outcome.drop else said.get((outcome.source, _script(outcome)))
        if not verdict or self._loads(verdict):
            return outcome
        where = f"line {verdict.line}: " if verdict.line else ""
        if verdict.file:
            where = f"{Path(verdict.file).name}, {where}"
        return outcome._replace(drop=Drop(verdict.reason, f"{where}{verdict.message}"), examples=[])

    def _proved(self, outcome: Outcome, said: dict[tuple[int, Script], Verdict]) -> Outcome:
        if outcome.drop or not any(example.claims for example in outcome.examples):
            return outcome
        examples, failed = [], 0
        for example in outcome.examples:
            verdicts = [said.get((outcome.source, _script(outcome, claim.code))) for claim in example.claims]
            if all(self._holds(claim, verdict) for claim, verdict in zip(example.claims, verdicts, strict=True)):
                examples.append(self._told(example, verdicts))
            else:
                failed += 1
        drop = None if examples else Drop("unproved", f"{failed} candidates, none held")
        return outcome._replace(drop=drop, examples=examples, unproved=failed)

    def _told(self, example: Example, verdicts: list[Verdict | None]) -> Example:
        """The example with the interpreter's own message where it is asked about one."""
        if MESSAGE not in example.instruction:
            return example
        failed = next(verdict for verdict in verdicts if verdict and not verdict.loads)
        message = f"line {failed.line}: {failed.message}" if failed.line else failed.message
        if self._redacts and failed.file:  # it quotes a file that is no document
            from prep.secrets import redact

            message = redact(message)[0]
        return replace(example, instruction=example.instruction.replace(MESSAGE, message))

    def _holds(self, claim: Claim, verdict: Verdict | None) -> bool:
        """Unchecked code is only believed to load: that is what `prefer` and `off` ask for."""
        if verdict is None:
            return claim.loads
        if claim.loads:
            return self._loads(verdict)
        return not verdict.loads and verdict.reason in ("syntax", "other-version") and bool(verdict.message)

    def _loads(self, verdict: Verdict) -> bool:
        return verdict.loads or (self._keep and verdict.reason == "missing-include")


def _named(source: Scripts) -> tuple[str | None, list[str] | str | None]:
    """The judge's name, and a command's argv or a dialect."""
    if isinstance(source.check, CommandCheck):
        return "command", source.check.command
    if isinstance(source.check, SqlCheck):
        return "sql", source.check.sql
    return source.check or languages.checker_of(source.language), None


def _script(outcome: Outcome, code: str | None = None) -> Script:
    return Script(Path(outcome.document.path), outcome.document.text if code is None else code)
