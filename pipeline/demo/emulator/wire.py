"""The query protocol on the wire: form-encoded requests in, XML out, both driven by botocore's own service models."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ServiceModel

from pipeline.demo.emulator.errors import ApiError
from pipeline.demo.emulator.instants import iso

NAMESPACES = {"iam": "https://iam.amazonaws.com/doc/2010-05-08/", "sts": "https://sts.amazonaws.com/doc/2011-06-15/"}
_Writer = Callable[[str, Any, list[str]], None]


def form(body: bytes) -> dict[str, str]:
    """The parameters of a request's body; lists keep their flattened names (`Tags.member.1.Key`)."""
    return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True))


def values(params: Mapping[str, str], name: str) -> list[str]:
    """A flattened list parameter (`Filter.member.1`, ...) in its order."""
    found: list[str] = []
    while (value := params.get(f"{name}.member.{len(found) + 1}")) is not None:
        found.append(value)
    return found


def render(service: str, action: str, result: Mapping[str, Any], request_id: str) -> bytes:
    """A successful reply.

    `result` has the member names of the operation's output shape, instants as datetimes, documents as text.
    """
    out = [f'<{action}Response xmlns="{NAMESPACES[service]}">']
    if (writer := _result_writer(service, action)) is not None:
        tag, write = writer
        write(tag, result, out)
    out.append(f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{action}Response>")
    return "".join(out).encode()


def render_error(service: str, error: ApiError, request_id: str) -> bytes:
    """An error reply."""
    kind = "Receiver" if error.status >= 500 else "Sender"
    return (
        f'<ErrorResponse xmlns="{NAMESPACES.get(service, NAMESPACES["iam"])}"><Error><Type>{kind}</Type>'
        f"<Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    ).encode()


def knows(service: str, action: str) -> bool:
    """Whether AWS has such an action at all."""
    return action in _operations(service)


@lru_cache(maxsize=4)
def _model(service: str) -> Any:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@lru_cache(maxsize=4)
def _operations(service: str) -> frozenset[str]:
    return frozenset(_model(service).operation_names)


@lru_cache(maxsize=512)
def _result_writer(service: str, action: str) -> tuple[str, _Writer] | None:
    """The tag of an action's result and what writes it; kept, because listings write thousands of values."""
    shape = _model(service).operation_model(action).output_shape
    return None if shape is None else (shape.serialization["resultWrapper"], _writer(shape))


def _writer(shape: Any) -> _Writer:
    if shape.type_name == "structure":
        return _structure(shape)
    if shape.type_name == "list":
        return _list(shape)
    if shape.type_name == "map":
        return _map(shape)
    return _scalar(shape.type_name)


def _structure(shape: Any) -> _Writer:
    members = [(name, member.serialization.get("name", name), member) for name, member in shape.members.items()]
    writers: list[tuple[str, str, _Writer]] = []

    def write(tag: str, value: Mapping[str, Any], out: list[str]) -> None:
        if not writers:
            writers.extend((name, wire_name, _writer(member)) for name, wire_name, member in members)
        out.append(f"<{tag}>")
        for name, wire_name, write_member in writers:
            if (found := value.get(name)) is not None:
                write_member(wire_name, found, out)
        out.append(f"</{tag}>")

    return write


def _list(shape: Any) -> _Writer:
    write_item = _writer(shape.member)

    def write(tag: str, value: Any, out: list[str]) -> None:
        out.append(f"<{tag}>")
        for item in value:
            write_item("member", item, out)
        out.append(f"</{tag}>")

    return write


def _map(shape: Any) -> _Writer:
    write_key, write_value = _writer(shape.key), _writer(shape.value)

    def write(tag: str, value: Mapping[str, Any], out: list[str]) -> None:
        out.append(f"<{tag}>")
        for key, item in value.items():
            out.append("<entry>")
            write_key("key", key, out)
            write_value("value", item, out)
            out.append("</entry>")
        out.append(f"</{tag}>")

    return write


def _scalar(type_name: str) -> _Writer:
    def write(tag: str, value: Any, out: list[str]) -> None:
        out.append(f"<{tag}>{_text(type_name, value)}</{tag}>")

    return write


def _text(type_name: str, value: Any) -> str:
    if isinstance(value, datetime):
        return iso(value)
    if type_name == "boolean":
        return "true" if value else "false"
    if type_name == "blob":
        return base64.b64encode(value).decode()
    return escape(str(value))
