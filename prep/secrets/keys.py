"""API keys in the forms of their vendors, and private keys.

The vendors' forms are those of detect-secrets, and a few of our own. Of its detectors, those without bounded repeats
(JWT, OpenAI) see one token, of at most 4,000 characters. Its keyword and npm detectors backtrack over the line and say
no position: their words are in `passwords` and here, their patterns are not. Its basic-auth one stops at the `!` of
`ftp://jane:S3cret!@host`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from prep.secrets.secret import Secret, stands_in

if TYPE_CHECKING:
    from detect_secrets.plugins.base import RegexBasedDetector

_CUES: dict[str, tuple[str, ...] | re.Pattern[str]] = {  # the detectors with bounded repeats, and what wakes each
    "aws.AWSKeyDetector": ("A3T", "ABIA", "ACCA", "AKIA", "ASIA", "aws_", "AWS_"),
    "azure_storage_key.AzureStorageKeyDetector": ("AccountKey=",),
    "discord.DiscordBotTokenDetector": re.compile(r"\.[\w-]{6}\.[\w-]{27}"),
    "github_token.GitHubTokenDetector": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    "gitlab_token.GitLabTokenDetector": re.compile(r"gl(?:pat|dt|ft|soat|rt|cbt|ptt|agent|oas)-|GR1348941"),
    "mailchimp.MailchimpDetector": re.compile(r"-us\d"),
    "pypi_token.PypiTokenDetector": ("pypi-",),
    "sendgrid.SendGridDetector": ("SG.",),
    "slack.SlackDetector": ("xox", "XOX", "hooks.slack.com/"),
    "square_oauth.SquareOAuthDetector": ("sq0csp-",),
    "stripe.StripeDetector": ("k_live_",),
    "telegram_token.TelegramBotTokenDetector": re.compile(r":[\w-]{35}"),
    "twilio.TwilioKeyDetector": re.compile(r"(?:AC|SK)[a-z0-9]{32}"),
}
_ANCHORED = {"eyJ": "jwt.JwtTokenDetector", "sk-": "openai.OpenAIDetector"}
_ANCHORED_CUES = ("eyJ", "T3BlbkFJ")
_ANCHOR = re.compile(r"(?<![\w-])(?:eyJ|sk-)[\w.=-]{20,4000}")
_OWN_CUES = ("AIza", "github_pat_", "sk-ant-", "sk-proj-", "npm_", "hf_", "/api/webhooks/")
_OWN_KEYS = re.compile(  # common ones that detect-secrets 1.5.0 does not know; the group is what must go
    r"AIza([\w-]{35})|github_pat_(\w{40,100})|sk-ant-([\w-]{40,150})|sk-proj-([\w-]{40,250})|"
    r"npm_([A-Za-z0-9]{36})|hf_([A-Za-z0-9]{30,40})|discord(?:app)?\.com/api/webhooks/\d{10,25}/([\w-]{30,100})"
)
KEPT = re.compile(  # what only says whose key it is
    r"AccountKey=|https://hooks\.slack\.com/services/|gh[pousr]_|gl[a-z]{2,5}-|GR1348941|sk-|SG\.|xox.-|sq0csp-|"
    r"[rs]k_live_|pypi-|AIza|github_pat_|npm_|hf_|\d{8,10}:|A3T|ABIA|ACCA|AKIA|ASIA|(?:AC|SK)(?=[a-z0-9]{32})",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[\w-]{0,4000}")  # a key ends where its word ends, or its rest would stay
_LONG_TAIL = re.compile(r"[\w.+/=-]{0,4000}")
_LONG = ("aws.AWSKeyDetector", "azure_storage_key.AzureStorageKeyDetector", "sendgrid.SendGridDetector")


@cache
def _detector(name: str) -> type[RegexBasedDetector]:
    """A plugin of detect-secrets: the first costs 0.2 s, and most texts need none."""
    module, _, plugin = name.partition(".")
    return getattr(import_module(f"detect_secrets.plugins.{module}"), plugin)


def vendor_keys(text: str, _: str) -> Iterator[Secret]:
    for name, cue in _CUES.items():
        if any(word in text for word in cue) if isinstance(cue, tuple) else cue.search(text):
            for pattern in _detector(name).denylist:  # AWS has its secret in a group; GitHub's group is the prefix
                group = pattern.groups if name.startswith("aws") else 0
                starts = ((match.start(group), 0) for match in pattern.finditer(text))
                yield from _keys(text, starts, _LONG_TAIL if name in _LONG else _TAIL)
    if any(word in text for word in _OWN_CUES):
        starts = ((match.start(), match.start(match.lastindex or 0)) for match in _OWN_KEYS.finditer(text))
        yield from _keys(text, starts, _TAIL)
    if any(word in text for word in _ANCHORED_CUES):
        yield from _keys(text, _anchored(text), _LONG_TAIL)


def _anchored(text: str) -> Iterator[tuple[int, int]]:
    for token in _ANCHOR.finditer(text):
        detector = _detector(_ANCHORED[token.group()[:3]])
        for pattern in detector.denylist:
            match = pattern.match(token.group())
            if match and getattr(detector, "is_formally_valid", bool)(match.group()):
                yield token.start(), 0


def _keys(text: str, starts: Iterable[tuple[int, int]], tail: re.Pattern[str]) -> Iterator[Secret]:
    """Keys from where their patterns matched (and where, if known, the secret part begins) to the end of the word.

    Not what is inside a longer word, and no stand-ins.
    """
    done = 0
    for start, known in starts:
        if start < done or not _begins(text, start):
            continue
        prefix = KEPT.match(text, start)
        begin = known or (prefix.end() if prefix else start)
        word = (_LONG_TAIL if "/" in text[start:begin] else tail).match(text, begin)
        value = word.group().rstrip(".") if word else ""
        done = begin + len(value)
        if len(value) > 8 and re.search(r"\d", value) and not stands_in(value):
            yield Secret("key", begin, done)


def _begins(text: str, at: int) -> bool:
    r"""Whether a word begins here: also right behind the letter of an escape, \n or `n."""
    return at == 0 or not text[at - 1].isalnum() or (at > 1 and text[at - 2] in "\\`" and text[at - 1] in "nrt")


_BODY = re.compile(r"(?:[\\`][nrt])?([A-Za-z0-9+/=]{40,})")
_LAST = re.compile(r"(?:[\\`][nrt])?([A-Za-z0-9+/=]{4,})[^A-Za-z0-9+/=]{1,20}(?:[\\`]n)?-{4,5}[ ]?END")


def private_keys(text: str, _: str) -> Iterator[Secret]:
    """The lines of base64 behind the header of a private key, as far as 10,000 characters."""
    if "PRIVATE KEY" not in text and "PuTTY-User-Key" not in text:
        return
    headers = (
        match.end() for it in _detector("private_key.PrivateKeyDetector").denylist for match in it.finditer(text)
    )
    done = 0
    for start in sorted(headers):
        if start < done:
            continue
        end = text.find("-END", start, start + 10_000)
        done = start + 10_000 if end < 0 else end + 4
        lines = (match for match in _BODY.finditer(text, start, done) if len(set(match[1])) > 10)
        body = [Secret("key", *line.span(1)) for line in lines]
        yield from body
        if body and (last := _LAST.search(text, body[-1].end, done)):
            yield Secret("key", *last.span(1))
