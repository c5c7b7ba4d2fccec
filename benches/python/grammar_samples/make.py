"""Write the sample schemas with their texts to `benches/data/grammar`, in MaskBench's format.

    python benches/python/grammar_samples/make.py [FOLDER]

Schemas and valid texts are written by hand in the modules beside this one, or drawn from parts with
a fixed seed; the texts of most samples that are not valid are made from valid ones by one change.
Two validators, `jsonschema` and `jsonschema-rs`, have to agree on each text: valid ones hold with
`format` enforced, and the others fail even with `format` as an annotation, so no verdict depends on
which of the two an engine chooses.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs

PLACE = Path(__file__).resolve()
sys.path.insert(0, str(PLACE.parent))

import calls  # noqa: E402
import configs  # noqa: E402
import documents  # noqa: E402
import events  # noqa: E402
import keywords  # noqa: E402
import large  # noqa: E402
import resources  # noqa: E402
from changes import changed  # noqa: E402
from shapes import Sample  # noqa: E402

import models  # noqa: E402

FAMILIES = (calls, configs, documents, events, keywords, large, models, resources)
TARGET = PLACE.parents[2] / "data" / "grammar"
INVALID = 3  # texts that are not valid, for each sample


class Judges:
    """Both validators of a schema; they must agree, or the sample is at fault."""

    def __init__(self, schema: dict[str, Any]) -> None:
        kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
        kind.check_schema(schema)
        self.python = kind(schema)
        self.strict = kind(schema, format_checker=kind.FORMAT_CHECKER)
        self.rust = jsonschema_rs.validator_for(schema, validate_formats=False)
        self.rust_strict = jsonschema_rs.validator_for(schema, validate_formats=True)

    def valid(self, data: Any) -> bool:
        """Valid, formats included."""
        return bool(self.strict.is_valid(data)) and self.rust_strict.is_valid(data)

    def invalid(self, data: Any) -> bool:
        """Not valid, formats aside."""
        return not (self.rust.is_valid(data) or self.python.is_valid(data))

    def why(self, data: Any) -> str:
        errors = sorted(self.strict.iter_errors(data), key=str)
        return "; ".join(error.message for error in errors)[:300]


def tests(sample: Sample) -> list[dict[str, Any]]:
    """The sample's texts with their verdicts; those that are not valid have to be, and differ."""
    judges = Judges(sample.schema)
    for data in sample.valid:
        if not judges.valid(data):
            raise SystemExit(f"{sample.name}: not valid: {judges.why(data)}: {data}")
    for data in sample.invalid:
        if not judges.invalid(data):
            raise SystemExit(f"{sample.name}: is valid: {data}")
    made = [{"description": "valid", "valid": True, "data": data} for data in sample.valid]
    wrong = [("by hand", data) for data in sample.invalid]
    wrong += changed(sample.name, sample.valid, judges.invalid, INVALID - len(wrong))
    made += [
        {"description": f"not valid: {what}", "valid": False, "data": data} for what, data in wrong
    ]
    return made


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.json"):
        old.unlink()
    count = texts = 0
    for family in FAMILIES:
        for sample in family.samples():
            content = {
                "description": f"{family.__name__}: {sample.name}",
                "meta": {"origin": "written for this benchmark"},
                "schema": sample.schema,
                "tests": tests(sample),
            }
            path = target / f"{sample.name}.json"
            if path.exists():
                raise SystemExit(f"two samples have the name {sample.name}")
            path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
            count, texts = count + 1, texts + len(content["tests"])
    print(f"{count} schemas with {texts} texts in {target}")


if __name__ == "__main__":
    main()
