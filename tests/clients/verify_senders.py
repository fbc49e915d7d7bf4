"""Asks of each mail what a recipient's server asks: may the machine that brought it send for its domain (SPF, pyspf), and
is the domain that people see the one that is vouched for (DMARC, strict alignment). Prints one JSON object a mail.

    python verify_senders.py FOLDER --domain DOMAIN --record RECORD --relay ADDRESS --stranger ADDRESS

Reads FOLDER/taken-*.eml with the envelope beside it. RECORD is the SPF record that the DNS of DOMAIN would give; no other
name is known.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import json
import re
from pathlib import Path
from typing import Any

import spf


def dns(domain: str, record: str) -> Any:
    """pyspf's look-up, answered from here."""
    def look_up(name: str, kind: str, *_: Any, **__: Any) -> list[tuple[tuple[str, str], Any]]:
        known = (name.rstrip(".").lower(), kind) == (domain, "TXT")
        return [((name, "TXT"), (record.encode(),))] if known else []
    return look_up


def verify(file: Path, relay: str, stranger: str) -> dict[str, Any]:
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    envelope = json.loads(file.with_suffix(".json").read_text())
    asked = {"s": envelope["from"], "h": envelope["hello"]}
    signature = re.sub(r"\s", "", mail["DKIM-Signature"] or "")
    signed = re.search(r"(?:^|;)d=([^;]+)", signature)
    return {
        "file": file.name,
        "relay": spf.check2(i=relay, **asked)[0],
        "stranger": spf.check2(i=stranger, **asked)[0],
        # What people see, what SPF was asked about, what signed.
        "domains": [mail["From"].addresses[0].domain, envelope["from"].rpartition("@")[2],
                    signed.group(1) if signed else ""],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    for name in ("domain", "record", "relay", "stranger"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    spf.DNSLookup = dns(options.domain, options.record)
    for file in sorted(options.folder.glob("taken-*.eml")):
        print(json.dumps(verify(file, options.relay, options.stranger)))


if __name__ == "__main__":
    main()
