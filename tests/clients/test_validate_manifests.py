"""The validation of manifests finds what Kubernetes would refuse or silently ignore."""

from __future__ import annotations

import unittest

from validate_manifests import complaints

POLICY = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "one"},
          "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}


class Complaints(unittest.TestCase):
    def of(self, change: dict, foreign: list[str] | None = None) -> list[str]:
        return list(complaints(POLICY | change, ["1.30", "1.37"], foreign or []))

    def test_what_is_right_passes(self) -> None:
        self.assertEqual(self.of({}), [])

    def test_a_misspelt_field_is_named(self) -> None:
        found = self.of({"spec": {"podSelector": {}, "policyType": ["Ingress"]}})
        self.assertEqual(len(found), 2)
        self.assertIn("policyType", found[0])

    def test_a_wrong_type_is_named(self) -> None:
        self.assertIn("policyTypes", self.of({"spec": {"podSelector": {}, "policyTypes": "Ingress"}})[0])

    def test_an_unknown_kind_is_wrong_unless_it_is_foreign(self) -> None:
        self.assertIn("NetworkPolice", self.of({"kind": "NetworkPolice"})[0])
        self.assertEqual(self.of({"kind": "ServiceMonitor"}, ["ServiceMonitor"]), [])

    def test_an_empty_document_is_wrong(self) -> None:
        self.assertEqual(len(list(complaints(None, ["1.37"], []))), 1)


if __name__ == "__main__":
    unittest.main()
