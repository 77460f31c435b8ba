"""The plain data that crosses the sandbox wall: JSON, with arrays as dtype, shape and base64.

A JSON text on a pipe instead of npz files in a shared folder: nothing is unpickled or unzipped,
there is no path to plant a link, a pipe or a device at, and a byte count bounds everything.
`outputs_from` is the strict side: what it reads was written next to code that nobody trusts.
"""

import base64
import json
import re
from typing import Any

import numpy as np

LARGEST = 8 * 2**20  # bytes that one exercise may answer with; an honest one needs less than 1 MB
LONGEST = 20_000  # characters of a text
INTEGERS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
DTYPES = ("bool", *INTEGERS, "float16", "float32", "float64", "complex64", "complex128")
ARRAY = re.compile(r"(?:torch\.Tensor|numpy array) of (\w+)")


class Malformed(Exception):
    """What came out of the sandbox is not what an exercise answers with."""


def encoded(value: Any) -> bytes:
    """Plain data as JSON; an array becomes {"array": [dtype, shape, base64]}."""
    return json.dumps(_encodable(value)).encode("ascii")


def decoded(value: Any) -> Any:
    """What JSON made of encoded data, with its arrays; a tuple comes back as a list."""
    if isinstance(value, dict):
        if value.keys() == {"array"}:
            return _array(value["array"])
        return {name: decoded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [decoded(item) for item in value]
    return value


def _encodable(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"array": [str(value.dtype), list(value.shape), data]}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {name: _encodable(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encodable(item) for item in value]
    return value


def outputs_from(data: bytes, cases: int) -> list[dict]:
    """What `answers.attempt` returned for that many cases; Malformed where it is anything else."""
    if len(data) > LARGEST:
        raise Malformed("The answer returned more data than allowed.")
    try:
        outputs = json.loads(data)
        _demand(type(outputs) is list and 1 <= len(outputs) <= cases)
        for position, case in enumerate(outputs):
            _demand(type(case) is dict)
            if case.keys() == {"error"}:
                _demand(position == len(outputs) - 1)
                outputs[position] = {"error": _error(case["error"])}
            else:
                outputs[position] = {_text(name): _item(item) for name, item in case.items()}
        _demand(len(outputs) == cases or "error" in outputs[-1])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, MemoryError) as error:
        raise Malformed("The answer's outputs are not what an exercise returns.") from error
    return outputs


def _demand(condition: bool) -> None:
    if not condition:
        raise ValueError("not what an exercise answers with")


def _error(error: dict) -> dict:
    _demand(type(error) is dict and error.keys() == {"type", "message", "line", "returned"})
    _demand(error["line"] is None or type(error["line"]) is int)
    return error | {name: _text(error[name]) for name in ("type", "message", "returned")}


def _item(item: dict) -> dict:
    """One output, {"kind", "value"}, where the value is of the kind that it says."""
    _demand(type(item) is dict and item.keys() - {"graph"} == {"kind", "value"})
    graph = {"graph": True} if item.get("graph") else {}
    kind, value = _text(item["kind"]), item["value"]
    if array := ARRAY.fullmatch(kind):
        _demand(type(value) is dict and value.keys() == {"array"})
        value = _array(value["array"])
        _demand(value.dtype == array[1])
    elif kind == "number":
        _demand(type(value) is float)
    elif kind == "True or False":
        _demand(type(value) is bool)  # in Python True == 1; here it never is
    elif kind == "text":
        value = _text(value)
    elif kind in ("list", "tuple"):
        _demand(type(value) is list)
        value = [_item(part) for part in value]
    else:
        _demand(value is None)
    return {"kind": kind, "value": value} | graph


def _text(text: str) -> str:
    _demand(type(text) is str and len(text) <= LONGEST)
    return text.encode("utf-8", "replace").decode()  # JSON can hold what UTF-8 cannot


def _array(parts: list) -> np.ndarray:
    dtype, shape, data = parts
    _demand(type(dtype) is str and dtype in DTYPES)
    _demand(type(shape) is list and len(shape) <= 16)
    _demand(all(type(length) is int and length >= 0 for length in shape))
    raw = base64.b64decode(data, validate=True)  # where its length is wrong, reshape raises
    if dtype == "bool":  # any byte but 0 and 1 would be a third truth value
        return (np.frombuffer(raw, "uint8") != 0).reshape(shape)
    return np.frombuffer(raw, dtype).reshape(shape).copy()
