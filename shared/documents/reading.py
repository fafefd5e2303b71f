"""Documents from YAML: what is wrong is told with file, line and column, and what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
import yaml

from shared.documents import API_VERSION, KINDS, Kind
from shared.documents.misshapen import WRONG_MAX, wrongs
from shared.documents.shape import Document
from shared.errors import Unprocessable
from shared.meant import STEP, UNKNOWN, hint, meant

FORM = re.compile(r" matching regex '.*'")
"""How msgspec tells the form that a text should have."""

MOMENT = "; a moment has its offset, for example 2027-03-15T10:00:00+03:00"

FILE_CHARS_MAX = 1_000_000
"""No policy is larger; a larger file is a mistake."""


BOOL = "tag:yaml.org,2002:bool"


class _Loader(yaml.SafeLoader):
    """YAML 1.2's booleans are `true` and `false` alone: `status: off` is a word, and so is `no`."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag != BOOL]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(BOOL, re.compile("true|True|TRUE|false|False|FALSE"), list("tTfF"))


class Invalid(Unprocessable):
    """A document is not as it should be; the text names file, line and column."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document and where it stands."""

    document: Document
    file: str
    line: int
    node: yaml.Node = field(repr=False)

    def wrong(self, path: str, message: str) -> Invalid:
        """Return what to raise where something at the path (`$.spec.events[0].type`) is wrong that shapes cannot tell."""
        return _wrong(self.node, self.file, path, message)


def read(text: str, file: str, kinds: Mapping[str, Kind] = KINDS) -> list[Source]:
    """Return the documents of a YAML file. Raises Invalid with all that is wrong, a line each, as far as it can be found."""
    if len(text) > FILE_CHARS_MAX:
        raise Invalid(f"{file}: more than {FILE_CHARS_MAX} characters")
    with _told(file):
        nodes = [node for node in yaml.compose_all(text, _Loader) if node is not None]
    if not nodes:
        raise Invalid(f"{file}: holds no document")
    found, wrong = list[Source](), list[Invalid]()
    for node in nodes:
        try:
            found.append(_document(node, file, kinds))
        except Invalid as error:
            wrong.append(error)
    if wrong:
        raise Invalid("\n".join("\n".join(map(str, wrong)).split("\n")[:WRONG_MAX]))
    return found


@contextmanager
def _told(file: str) -> Iterator[None]:
    """Turn whatever YAML raises into a sentence: its own errors, dates that are none, nesting without end."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file
        raise Invalid(f"{place}: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise Invalid(f"{file}: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise Invalid(f"{file}: nested deeper than any document") from error


def _document(node: yaml.Node, file: str, kinds: Mapping[str, Kind]) -> Source:
    loader = _Loader("")
    with _told(file):
        plain = loader.construct_document(node)
    document = _shaped(plain, node, file, kinds)
    if document.apiVersion != API_VERSION:
        raise _wrong(node, file, "$.apiVersion", f"apiVersion must be {API_VERSION}")
    if document.kind not in kinds:
        raise _wrong(node, file, "$.kind", f"unknown kind `{document.kind}`{meant(document.kind, kinds)}")
    _converted(document.spec, kinds[document.kind].spec, node, file, "$.spec")
    return Source(document, file, node.start_mark.line + 1, node)


def _shaped(plain: object, node: yaml.Node, file: str, kinds: Mapping[str, Kind]) -> Document:
    """Return the document. Raises Invalid with what is wrong; of its spec as well, where its kind is known."""
    told = plain if isinstance(plain, dict) else {}
    kind, spec = kinds.get(str(told.get("kind"))), told.get("spec")
    try:
        found: Document = _converted(plain, Document, node, file, "$")
    except Invalid as error:
        if kind is None or not isinstance(spec, dict):
            raise
        try:
            _converted(spec, kind.spec, node, file, "$.spec")
        except Invalid as more:
            raise Invalid(f"{error}\n{more}") from error
        raise
    return found


def _converted(plain: object, type_: type[Any], node: yaml.Node, file: str, root: str) -> Any:  # noqa: ANN401 - as the type says
    try:
        return msgspec.convert(plain, type_)
    except msgspec.ValidationError as error:
        wrong = [_misshapen(one.message, type_, node, file, root, one.path) for one in wrongs(plain, type_)]
        raise Invalid("\n".join(map(str, wrong))) from error


def _misshapen(message: str, type_: type[Any], node: yaml.Node, file: str, root: str, path: str) -> Invalid:
    meaning = hint(message, type_, path) or (MOMENT if "datetime" in message else "")
    if meaning:
        message = FORM.sub("", message)  # what it should be like is said in words
    return _wrong(node, file, root + path, message + meaning)


def _wrong(node: yaml.Node, file: str, path: str, message: str) -> Invalid:
    found = _found(node, path, message)
    mark = found.start_mark
    return Invalid(f"{file}:{mark.line + 1}:{mark.column + 1}: {message} (at {path.removeprefix('$.') or 'the top'})")


def _found(node: yaml.Node, path: str, message: str) -> yaml.Node:
    """Return the node at a path, or the nearest above it; for an unknown field, its key."""
    for name, index in STEP.findall(path):
        below = _below(node, name, index)
        if below is None:
            return node
        node = below
    unknown = UNKNOWN.search(message)
    if unknown and isinstance(node, yaml.MappingNode):
        for key, _ in node.value:
            if key.value == unknown.group(1):
                return cast("yaml.Node", key)
    return node


def _below(node: yaml.Node, name: str, index: str) -> yaml.Node | None:
    if index and isinstance(node, yaml.SequenceNode) and int(index) < len(node.value):
        found: yaml.Node = node.value[int(index)]
        return found
    if name and isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == name:
                below: yaml.Node = value
                return below
    return None
