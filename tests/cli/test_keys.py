"""`iatros schema`: what a person and an editor learn of a study's keys."""

import json

import pytest

from iatros.cli.keys import described, json_schema, keys_of, overview, part_of_schema, section, show_schema
from iatros.findings import InputError
from iatros.registry import GROUPS, addresses
from iatros.study import Study

SECTIONS = {"modalities": "inputs", "targets": "targets", "encoders": "encoder", "fusions": "fusion",
            "safeguards": "safeguards", "splits": "split"}  # fmt: skip


def references(schema):
    """Every `$ref` of a schema."""
    if isinstance(schema, dict):
        found = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
        return found + [ref for value in schema.values() for ref in references(value)]
    return [ref for value in schema for ref in references(value)] if isinstance(schema, list) else []


def test_the_overview_names_every_section_and_kind():
    told = "\n".join(overview())
    assert all(name in told for name in Study.model_fields)
    assert all(kind in told for group in GROUPS if group != "encoders" for kind in addresses(group))


def test_the_json_schema_is_json_and_all_its_references_lead_somewhere():
    schema = json.loads(json.dumps(json_schema()))
    assert {ref.removeprefix("#/$defs/") for ref in references(schema)} <= schema["$defs"].keys()


@pytest.mark.parametrize("group", GROUPS)
def test_the_json_schema_knows_every_registered_kind(group):
    told = json.dumps(json_schema())
    assert all(f'"const": "{kind}"' in told for kind in addresses(group))


def test_the_json_schema_takes_a_split_as_a_study_writes_it():
    schema = json_schema()
    assert "split" not in schema["required"]
    folds = next(choice for choice in schema["$defs"]["SplitSection"]["anyOf"] if choice.get("title") == "Folds")
    assert {"kind", "k", "also"} <= folds["properties"].keys()


@pytest.mark.parametrize(("group", "kind"), [(group, kind) for group in GROUPS for kind in sorted(addresses(group))])
def test_every_key_of_every_kind_is_explained(group, kind):
    key = f"{SECTIONS[group]}.{kind}"
    lines = described(key)
    for name in keys_of(section(key)):
        assert any(line.startswith(f"  {name} ") for line in lines)
        assert part_of_schema(f"{key}.{name}")


def test_one_key_is_told_with_type_default_and_meaning():
    assert described("training.rate") == [
        '  rate           number | "auto"; default "auto"',
        f"  {'':14} The highest learning rate.",
    ]


@pytest.mark.parametrize(
    ("key", "meant"),
    [("trainin", "training"), ("training.rat", "training.rate"), ("inputs.tabel", "inputs.table"), ("split.folds.kk", None)],
)
def test_a_wrong_key_is_answered_with_the_nearest(key, meant):
    for asked in (described, part_of_schema):
        with pytest.raises(InputError) as fault:
            asked(key)
        assert f"there is no key `{key}`" in str(fault.value)
        assert meant is None or f"did you mean `{meant}`?" in str(fault.value)


def test_it_prints_one_json_document(capsys):
    show_schema("training.rate", as_json=True)
    assert json.loads(capsys.readouterr().out)["default"] == "auto"
