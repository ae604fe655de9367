"""Markdown with YAML front matter: the text of the token tree, a paragraph a block."""

import itertools
import re
from collections.abc import Iterator
from datetime import date as Day
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from index.dates import find_date, parse_date
from index.errors import SourceError
from index.sources.base import (
    best_date,
    best_title,
    date_from_address,
    date_from_dateline,
    date_from_name,
    make_document,
    one_line,
    read_text,
    title_from_name,
    web_address,
)
from index.sources.blocks import CELL_BORDER, markup_text
from index.types import Document, Origin, Skipped

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(front_matter_plugin)

UNSEEN_TAG = re.compile(r"<(/?)(?:script|style|template)\b", re.IGNORECASE)
BREAK_TAG = re.compile(r"<br\b", re.IGNORECASE)


class MarkdownSource:
    suffixes: tuple[str, ...] = (".md", ".markdown")

    def read(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        tokens = PARSER.parse(read_text(path))
        facts = _front_matter(tokens)
        paragraphs = list(_paragraphs(tokens))
        title, title_origin = best_title(
            title_from_name(name),
            (_text_fact(facts, "title"), Origin.FRONT_MATTER),
            (_first_heading(tokens), Origin.HEADING),
        )
        stated = facts.get("date")
        # str() of YAML's own dates is ISO; of anything else, such as a list, it is no date, and may be endless.
        stated = parse_date(str(stated)) if isinstance(stated, str | int | Day) else None
        url = web_address(facts.get("source_url")) or web_address(facts.get("url"))
        date, date_origin = best_date(
            (stated, Origin.FRONT_MATTER),
            (find_date(title), Origin.TITLE),
            (date_from_name(name), Origin.FILE_NAME),
            (date_from_dateline(paragraphs), Origin.DATELINE),
            (date_from_address(url), Origin.ADDRESS),
        )
        yield make_document(
            name,
            title,
            paragraphs,
            date=date,
            url=url,
            speaker=_text_fact(facts, "speaker"),
            title_origin=title_origin,
            date_origin=date_origin,
        )


class _PlainLoader(yaml.SafeLoader):
    """YAML without merge keys, by which a few lines can be made to stand for billions."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
            raise yaml.constructor.ConstructorError(None, None, "a merge key (<<) is not allowed", node.start_mark)


def _front_matter(tokens: list[Token]) -> dict[str, Any]:
    if not tokens or tokens[0].type != "front_matter":
        return {}
    try:
        facts = yaml.load(tokens[0].content, _PlainLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1  # counted from 0, below the opening ---
        raise SourceError(f"its front matter is not YAML: line {line}: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:  # a ValueError is YAML's own for a day such as 2021-13-45
        raise SourceError(f"its front matter is not YAML: {error}") from error
    return facts if isinstance(facts, dict) else {}


def _text_fact(facts: dict[str, Any], key: str) -> str | None:
    value = facts.get(key)
    return one_line(str(value)) or None if isinstance(value, str | int | float) else None


def _first_heading(tokens: list[Token]) -> str | None:
    for opening, content in itertools.pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h1":
            return one_line(_inline_text(content.children or [])) or None
    return None


def _paragraphs(tokens: list[Token]) -> Iterator[str]:
    row: list[str] | None = None
    number = ""
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            yield CELL_BORDER.join(filter(None, row or []))
            row = None
        elif token.type == "list_item_open":
            # The writer's number stays: "2021. A year of …" is a numbered item to Markdown.
            number = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "list_item_close":
            number = ""
        elif token.type == "inline":
            text = _inline_text(token.children or [])
            if row is not None:
                row.append(text.strip())
            else:
                yield number + text
                number = ""
        elif token.type in ("code_block", "fence"):
            yield token.content
        elif token.type == "html_block":
            yield from markup_text(token.content)


def _inline_text(tokens: list[Token]) -> str:
    parts: list[str] = []
    unseen = 0
    for token in tokens:
        if token.type == "html_inline" and (tag := UNSEEN_TAG.match(token.content)):
            unseen = max(0, unseen + (-1 if tag[1] else 1))
        elif unseen:
            continue
        elif token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak" or (token.type == "html_inline" and BREAK_TAG.match(token.content)):
            parts.append("\n")
        elif token.type == "image":
            parts.append(_inline_text(token.children or []))
        elif token.type in ("text", "text_special", "code_inline"):
            parts.append(token.content)
    return re.sub(r" ?\n ?", "\n", re.sub(r" {2,}", " ", "".join(parts)))
