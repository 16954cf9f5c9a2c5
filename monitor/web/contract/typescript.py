"""The contract as TypeScript types. `python -m monitor.web.contract.typescript` prints those of the built-in probes.

Own code, and little: the generators on npm read OpenAPI or JSON Schema, and none of them AsyncAPI beside it.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from monitor.distribution import plugin_entry_points
from monitor.registry import load
from monitor.sampler import Sampler
from monitor.web.contract.contract import Contract
from monitor.web.contract.schemas import Document
from monitor.web.operation import JSON
from monitor.web.routes import ROUTES

_HEAD: Final = """\
// What the server sends and takes, with the built-in probes. Made from its contract by `make types`: do not edit.
// A further probe adds a key of its own to the frame: declare it by extending Frame.
"""
_TAIL: Final = """
/** Every message of the live stream. */
export type StreamMessage = Welcome | Frame | PartOfFrame;
"""
_PLAIN: Final = {"integer": "number", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}


def typescript(openapi: Document, asyncapi: Document) -> str:
    """Return the declarations: an interface for each document, and one that maps each operation to what it takes."""
    shapes = {**asyncapi["components"]["schemas"], **openapi["components"]["schemas"]}
    lines = [_HEAD]
    for name, schema in sorted(shapes.items()):
        lines.append(f"{_comment(schema)}export interface {name} {_type(schema)}\n")
    columns = openapi["components"]["schemas"]["Columns"]["properties"]["fields"]["properties"]
    names = sorted({name for column in columns for name in (column, column.partition(".")[0])})
    listed = _union(map(json.dumps, names), "\n  | ")
    lines.append(
        f"/** What can be asked for: sections, and single fields. */\nexport type FieldName =\n  | {listed};\n"
    )
    lines.append("/** What each operation takes and answers. */\nexport interface Operations {")
    for path, item in openapi["paths"].items():
        for method, operation in item.items():
            answer = operation["responses"].get("200", {}).get("content", {}).get(JSON, {})
            if "schema" in answer:
                lines.append(f"  {json.dumps(f'{method.upper()} {path}')}: {_operation(operation, answer)};")
    lines.append("}")
    return "\n".join(lines) + "\n" + _TAIL


def built_in() -> str:
    """Return the types of a server with the built-in probes alone."""
    registry = load(each for each in plugin_entry_points("monitor") if each.value.startswith("probes."))
    contract = Contract(ROUTES, Sampler(registry.probes.values(), 1.0), "", authentication=False)
    return typescript(contract.openapi([]), contract.asyncapi({}))


def _operation(operation: Document, answer: Document) -> str:
    queried = [each for each in operation["parameters"] if each["in"] == "query"]
    query = "; ".join(
        f"{each['name']}?: {'FieldName[]' if each['schema']['type'] == 'array' else _type(each['schema'])}"
        for each in queried
    )
    content = operation.get("requestBody", {}).get("content", {}).get(JSON, {})
    body = _type(content["schema"]) if content else "undefined"
    return f"{{ query: {f'{{ {query} }}' if query else '{}'}; body: {body}; answer: {_type(answer['schema'])} }}"


def _union(types: Iterable[str], between: str = " | ") -> str:
    return between.join(dict.fromkeys(types))


def _type(schema: Mapping[str, Any], indent: str = "") -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return _union(map(json.dumps, schema["enum"]))
    if "anyOf" in schema:
        return _union(_type(each, indent) for each in schema["anyOf"])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return _union(_of_type(each, schema, indent) for each in types)


def _of_type(name: str, schema: Mapping[str, Any], indent: str) -> str:
    if name == "array":
        items = _type(schema["items"], indent)
        return f"({items})[]" if " " in items else f"{items}[]"
    if name != "object":
        return _PLAIN[name]
    if "properties" in schema:
        return "{\n" + "".join(_keys(schema, indent + "  ")) + indent + "}"
    return f"{{ [name: string]: {_type(schema['additionalProperties'], indent)} }}"


def _keys(schema: Mapping[str, Any], indent: str) -> Iterator[str]:
    # What is left out of a question takes its default; what is left out of an answer was not asked for.
    required = schema.get("required", ())
    for name, each in schema["properties"].items():
        mark = "" if name in required else "?"
        yield f"{_comment(each, indent)}{indent}{_key(name)}{mark}: {_type(each, indent)};\n"


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _comment(schema: Mapping[str, Any], indent: str = "") -> str:
    words = [schema["description"]] if "description" in schema else []
    if "x-unit" in schema:
        per = f", one per {schema['x-per']}" if "x-per" in schema else ""
        words.append(f"Unit: {schema['x-unit']}{per}.")
    return f"{indent}/** {' '.join(words).replace('*/', '* /')} */\n" if words else ""


if __name__ == "__main__":
    sys.stdout.write(built_in())
