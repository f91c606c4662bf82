"""Checks bills of materials against the official schemas, strictly: nothing that these do not know may be there."""
import json
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

VERSIONS = {"1.6": SchemaVersion.V1_6, "1.7": SchemaVersion.V1_7}

failed = False
for name in sys.argv[1:]:
    text = Path(name).read_text("utf-8")
    version = VERSIONS[json.loads(text)["specVersion"]]
    error = JsonStrictValidator(version).validate_str(text)
    if error is not None:
        failed = True
        print(f"{name}: {str(error.data)[:2000]}")
sys.exit(failed)
