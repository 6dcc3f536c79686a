"""The commands of `python -m eval`: parsing and printing only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def main() -> None:
    """Is the tuned model better than the base, on what neither has seen?"""


@app.command()
def run(
    model: Annotated[
        str, typer.Argument(help="a recipe's name or its run's folder, a model's folder, a .gguf file, or an address")
    ],
    tasks: Annotated[
        str, typer.Option(help="names of eval/tasks, or files of tasks and suites, with commas between them")
    ] = "ahk_loss",
    of: Annotated[str, typer.Option(help="parts of a run: base,adapter,merged (base and merged)")] = "",
    limit: Annotated[int | None, typer.Option(help="only N items of each task, spread over all")] = None,
    samples: Annotated[int | None, typer.Option(help="answers to each question (1; the task's own)")] = None,
    temperature: Annotated[
        float | None, typer.Option(help="0 is the likeliest answer, the rule for one; 0.8 for several")
    ] = None,
    seed: Annotated[int, typer.Option(help="of answers that are drawn (temperature above 0)")] = 42,
    max_tokens: Annotated[int | None, typer.Option(help="the longest answer (the task's own)")] = None,
    suite: Annotated[Path | None, typer.Option(help="the questions of the task qa: YAML or JSONL")] = None,
    out: Annotated[Path | None, typer.Option(help="the folder for results (outputs/MODEL/eval/TASKS)")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="begin anew: what the folder has is removed")] = False,
    model_name: Annotated[str, typer.Option(help="which model of a server (the only one it has)")] = "",
    timeout: Annotated[float, typer.Option(help="seconds for one answer of a server")] = 300,
    at_once: Annotated[int, typer.Option(help="questions to a server at the same time")] = 4,
) -> None:
    """Judge models on tasks, through lm-evaluation-harness: of a run, base and tuned. Stopped, it goes on.

    An address is that of any OpenAI-compatible server; its key is read from OPENAI_API_KEY. Ends in results.json,
    answers.jsonl (every prompt, answer, verdict, reason) and a table. Exit codes: 0 judged, 1 it ended badly, 2 what
    was given is wrong, 130 interrupted.
    """
    from eval import tables
    from eval.options import Options
    from eval.run import evaluate

    parts, names = ([part.strip() for part in text.split(",") if part.strip()] for text in (of, tasks))
    numbers = {"limit": limit, "samples": samples, "temperature": temperature, "max_tokens": max_tokens, "seed": seed}
    server = {"model_name": model_name, "seconds": timeout, "at_once": at_once}
    options = Options(parts=tuple(parts), suite=suite, out=out, fresh=fresh, **numbers, **server)  # type: ignore[arg-type]
    tables.results(evaluate(model, names, options, say=typer.echo))


@app.command(name="exec")
def execute(
    tasks: Annotated[Path, typer.Argument(help="JSONL: id, category, prompt, entry_point, test, canonical_solution")],
    completions: Annotated[Path, typer.Argument(help="JSONL: id, completion; one id may have several rows")],
    json: Annotated[Path | None, typer.Option("--json", help="write {id, verdict, detail, seconds} of each")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="how many at once (as many as there are cores)")] = None,
    timeout: Annotated[float, typer.Option(help="seconds for one answer")] = 10,
) -> None:
    """Run answers against their tests, each in a sandbox of its own; a verdict each. Stopped, it goes on (--json)."""
    from eval import execute as execution
    from eval import tables
    from eval.sandbox import Limits

    if not 0.1 <= timeout <= 3600:  # NaN too
        raise typer.BadParameter("--timeout must be between 0.1 and 3600 seconds")
    found = execution.read_tasks(tasks)
    answers = execution.read_completions(completions, found)
    with execution.Runner(found, Limits(seconds=timeout), jobs) as runner, tables.progress(len(answers)) as tell:
        results = execution.execute(found, answers, runner, json, tell)
    tables.scores(execution.scores(found, results))


@app.command()
def compare(
    results: Annotated[
        list[str], typer.Argument(help="folders of `eval run`, FOLDER:SUBJECT, or names of recipes (their newest)")
    ],
    tasks: Annotated[str, typer.Option(help="only these, with commas between them")] = "",
    items: Annotated[int, typer.Option(min=0, help="list N items that were gained and N that were lost")] = 0,
    json: Annotated[Path | None, typer.Option("--json", help="write all of it: every item, category, interval")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="write a page of it, as report.html is")] = None,
    fail_if_worse: Annotated[bool, typer.Option("--fail-if-worse", help="exit code 1 where a task is worse")] = False,
) -> None:
    """Each result against the first, paired on the same items: intervals, tests, what was gained and lost, a verdict.

    One folder alone stands for all its subjects (base and tuned). Of several subjects, `tuned` is meant.
    Exit codes: 0 whatever the verdict (but see --fail-if-worse), 2 for a folder that is none.
    """
    from eval import compare as comparison
    from eval import report, sides, tables
    from prep.files import write_json

    found = sides.find(results, [task.strip() for task in tasks.split(",") if task.strip()])
    compared = comparison.compare([(found[0], other) for other in found[1:]])
    comparison.refuse_nothing(compared)
    if json is not None:
        write_json(json, comparison.as_json(found, compared))
    tables.comparison(found, compared, items)
    if html is not None:
        typer.echo(f"page: {report.write(html, found, compared, report.title(found))}")
    if fail_if_worse and any(task.word == "worse" for one in compared for task in one.tasks):
        raise typer.Exit(1)


@app.command()
def ladder(
    model: Annotated[str, typer.Argument(help="a recipe's name, or its run's folder: its base and its merged model")],
    tasks: Annotated[str, typer.Option(help="names of eval/tasks, or files, with commas between them")] = "ahk_exec",
    shots: Annotated[int, typer.Option(help="training examples before a question")] = 4,
    budget: Annotated[int, typer.Option(help="tokens of examples, or of reference, before a question")] = 1000,
    reference: Annotated[
        Path | None, typer.Option(help="a dataset recipe with tables, or a text of paragraphs (the run's dataset's)")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="only N items of each task, spread over all")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="the longest answer (the task's own)")] = None,
    seed: Annotated[int, typer.Option(help="of the examples that are drawn")] = 42,
    out: Annotated[Path | None, typer.Option(help="the folder for results (outputs/MODEL/eval/ladder-TASKS)")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="begin anew: what the folder has is removed")] = False,
) -> None:
    """Does one need to fine-tune at all? The base, with examples, with the reference in its prompt; and the tuned.

    Ends in a table, an answer in words, and report.html. Stopped, it goes on. Exit codes: 0 whatever the answer,
    1 it ended badly, 2 what was given is wrong, 130 interrupted.
    """
    from eval import tables
    from eval.ladder import Rungs
    from eval.ladder import ladder as climb
    from eval.options import Options

    names = [task.strip() for task in tasks.split(",") if task.strip()]
    options = Options(limit=limit, max_tokens=max_tokens, seed=seed, out=out, fresh=fresh)
    tables.ladder(climb(model, names, options, Rungs(shots, budget, reference), say=typer.echo))


@app.command(name="report")
def write_report(
    results: Annotated[Path, typer.Argument(help="a folder of `eval run`")],
) -> None:
    """Make the folder's report.html again: numbers, categories, the worst answers, and every answer with a filter."""
    from eval import report

    typer.echo(f"report: {report.write_results(results)}")


@app.command()
def demo() -> None:
    """The whole way on the embedded model: dataset, train, merge, verify, measure, report (= make demo)."""
    from eval.demo import run as run_demo

    run_demo()
