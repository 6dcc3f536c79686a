"""Questions about one entry of a reference, answered from its row and from nothing else."""

from __future__ import annotations

import re

from prep.quality import Drop
from prep.recipe import Reference
from prep.record import Document, Example, make_example
from prep.tasks.fence import article

Pair = tuple[str, str]

# `it` is "the function StrLen", or the bare name when the row does not say what kind of thing it is.
PURPOSE = (
    "What does {it} do in {language}?",
    "What is {it} for in {language}?",
    "Explain {it} of {language}.",
)
CALL = (
    "How do I call {it} in {language}?",
    "Show me the signature of {it} in {language}.",
    "What parameters does {it} take in {language}?",
)
SYNTAX = (
    "How do I write {it} in {language}?",
    "Show me the syntax of {it} in {language}.",
    "What is the syntax of {it} in {language}?",
)
RETURNS = (
    "What does {it} return in {language}?",
    "Which type of value does {it} return in {language}?",
    "What do I get back from {it} in {language}?",
)
RETURNS_NOTHING = ("What does {it} return in {language}?", "Does {it} return a value in {language}?")
THING = (  # asked of what does nothing by itself: a variable, a class
    "What is {it} in {language}?",
    "What is {it} for in {language}?",
    "Explain {it} of {language}.",
)
HOLDS = (
    "What type is {it} in {language}?",
    "Which type of value does {it} hold in {language}?",
    "In {language}, what is the type of {it}?",
)
CALLABLE = re.compile(r"\b(?:functions?|methods?|subs?|procedures?|macros?|commands?|constructors?)$")
STILL = re.compile(r"\b(?:class(?:es)?|types?|structs?|interfaces?|variables?|propert(?:y|ies)|constants?|fields?)$")
HOLDER = re.compile(r"\b(?:variables?|propert(?:y|ies)|constants?|fields?|attributes?|parameters?)$")
NOTHING = {"none", "void", "nothing", "-"}  # what a table writes for "returns no value"


def examples(document: Document, options: Reference, count: int) -> list[Example] | Drop:
    """At most `options.phrasings` examples; a question whose answer the row does not hold is not asked."""
    pairs = [pair for pair in (_purpose(document), _use(document), _value(document)) if pair]
    return [
        make_example(document, "reference", number, asked, answer)
        for number, (asked, answer) in enumerate(pairs[: options.phrasings], start=1)
    ]


def _purpose(document: Document) -> Pair:
    answer = _sentence(document.fields["description"])
    if signature := _signature(document):
        answer += f"\n\n```\n{signature}\n```"
    return _ask(THING if STILL.search(kind_of(document)) else PURPOSE, document), answer


def _use(document: Document) -> Pair | None:
    """How it is called or written: signature, parameters, result."""
    signature, parameters = _signature(document), document.fields.get("parameters", "")
    if not signature and not parameters:
        return None
    answer = [f"```\n{signature}\n```"] if signature else []
    if parameters and parameters not in signature:
        answer.append(f"Parameters:\n\n{_parameter_list(parameters)}")
    if not CALLABLE.search(kind_of(document)):
        return _ask(SYNTAX, document), "\n\n".join(answer)
    asked = _ask(CALL if parameters else CALL[:2], document)
    returns = document.fields.get("returns")
    if returns and "parameters" not in asked:
        answer.append(f"It returns {_result(returns)}")
    return asked, "\n\n".join(answer)


def _value(document: Document) -> Pair | None:
    """What it returns, or the type of what it holds."""
    fields, kind = document.fields, kind_of(document)
    subject = f"The {kind} `{fields['name']}`"
    returns, type_ = fields.get("returns", ""), fields.get("type", "")
    if returns and CALLABLE.search(kind):
        phrasings = RETURNS_NOTHING if returns.lower() in NOTHING else RETURNS
        return _ask(phrasings, document), f"{subject} returns {_result(returns)}"
    held = type_ or returns
    if held and HOLDER.search(kind) and held.lower() not in NOTHING:
        return _ask(HOLDS, document), f"{subject} is of type {_sentence(held)}"
    return None


def _ask(phrasings: tuple[str, ...], document: Document) -> str:
    phrasing = phrasings[int(document.key[:8], 16) % len(phrasings)]
    kind, name = kind_of(document), document.fields["name"]
    return phrasing.format(it=f"the {kind} {name}" if kind else name, language=document.language)


def kind_of(document: Document) -> str:
    """The element's kind in the words of a question: `BuiltInFunction` is asked about as "built-in function"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", document.fields.get("kind", "")).lower()
    return words.replace("built in", "built-in")


_PLAIN_PARAMETERS = re.compile(r"^[^\n:;{}`]*$")  # names, brackets and defaults, no descriptions


def _signature(document: Document) -> str:
    """The row's own signature, else name and parameters where those are a plain list; empty if it adds nothing."""
    name, parameters = document.fields["name"], document.fields.get("parameters", "")
    if signature := document.fields.get("signature"):
        return "" if signature == name else signature
    if not parameters or not _PLAIN_PARAMETERS.match(parameters) or not CALLABLE.search(kind_of(document)):
        return ""
    inner = parameters[1:-1] if parameters.startswith("(") and parameters.endswith(")") else parameters
    return f"{name}({inner})"


_SIGNS = r"[^\s:;`]"  # names have others in them too: DllFile\Function, Part#, Control-or-Pos, On|Off
_DESCRIBED = re.compile(rf"(?:^|;\s*|\n)({_SIGNS}+|[A-Z]{_SIGNS}* [A-Z]{_SIGNS}*):\s+")


def _parameter_list(parameters: str) -> str:
    """`Name: text; Other: text` as a list, anything else as it stands."""
    _, *parts = _DESCRIBED.split(parameters)
    if not _DESCRIBED.match(parameters):
        return parameters
    described = zip(parts[::2], parts[1::2], strict=True)
    return "\n".join(f"- `{name}`: {text.strip()}" for name, text in described)


def _result(returns: str) -> str:
    """As it goes on after "returns": the name of a type, which is one word, takes an article."""
    if returns.lower() in NOTHING:
        return "no value."
    return _sentence(f"{article(returns)} {returns}" if re.fullmatch(r"[A-Z][a-z][\w.]*", returns) else returns)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ":", "`")) else f"{text}."
