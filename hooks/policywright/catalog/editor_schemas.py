"""The JSON Schemas in an agency's repository, with which editors complete and check answers and registers."""

from __future__ import annotations

import json

from policywright.catalog.answer_schema import answers_schema, register_schema
from policywright.catalog.blank_answers import schema_of_element, schema_of_register
from policywright.model.catalog import Catalog


def schema_files(catalog: Catalog) -> dict[str, str]:
    """Return the schemas of a catalog: path in the repository -> text. They are the same for every agency."""
    elements = catalog.elements.values()
    registers = [question for question in catalog.questions.values() if question.register]
    schemas = {schema_of_element(one): answers_schema(one.title, one.questions) for one in elements}
    schemas |= {schema_of_register(question): register_schema(question) for question in registers}
    return {name: json.dumps(schema, ensure_ascii=False, indent=1) + "\n" for name, schema in schemas.items()}
