"""Validates rendered manifests strictly against the schemas of Kubernetes, and prints what is wrong, one line each.

    python validate_manifests.py FILE… --version 1.30 --version 1.37 [--foreign KIND…]

A field that the schema does not know is wrong. So is a kind that it does not know, unless it is named as foreign: the
validator by itself only warns of one, and a misspelt kind would pass.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Iterator

import kubernetes_validate
import yaml


def complaints(document: Any, versions: list[str], foreign: list[str]) -> Iterator[str]:
    if not isinstance(document, dict) or not document.get("kind") or not document.get("apiVersion"):
        yield "a document without kind or apiVersion"
        return
    name = f"{document['kind']} {document.get('metadata', {}).get('name', 'without a name')}"
    if document["kind"] in foreign:
        return
    for version in versions:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.SchemaNotFoundError:
            yield f"{name}: Kubernetes {version} knows no {document['kind']} of {document['apiVersion']}"
        except kubernetes_validate.ValidationError as error:
            where = ".".join(str(step) for step in error.path)
            yield f"{name}: {where}: {error.message} (Kubernetes {version})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--version", action="append", required=True)
    parser.add_argument("--foreign", action="append", default=[])
    options = parser.parse_args()
    documents, found = 0, 0
    for file in options.files:
        for document in yaml.safe_load_all(file.read_text()):
            documents += 1
            for complaint in complaints(document, options.version, options.foreign):
                found += 1
                print(f"{file.name}: {complaint}")
    if not found:
        print(f"{documents} documents are valid")
    return 1 if found or not documents else 0


if __name__ == "__main__":
    sys.exit(main())
