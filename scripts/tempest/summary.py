"""Reads subunit from standard input; prints what failed, what was skipped and why, and passed/total.

Exit code 1 if a test failed that the file of known failures does not name.
"""
import os
import re
import sys

import subunit
import testtools

results = {}
reasons = {}


def keep(test):
    # Tempest adds the test's tags to its id: heat_…test_name[gate,smoke].
    name = re.sub(r"\[[^]]*(?:id-|gate|smoke)[^]]*\]", "", test["id"])
    results[name] = test["status"]
    details = test.get("details") or {}
    reasons[name] = " ".join(text.as_text().strip() for key, text in details.items() if "reason" in key)


stream = subunit.ByteStreamToStreamResult(sys.stdin.buffer)
result = testtools.StreamToDict(keep)
result.startTestRun()
stream.run(result)
result.stopTestRun()

known = set()
if len(sys.argv) > 1 and os.path.exists(sys.argv[1]):
    with open(sys.argv[1]) as lines:
        known = {line.split("#")[0].strip() for line in lines} - {""}
names = {status: sorted(n for n, s in results.items() if s == status) for status in set(results.values())}
failed = names.get("fail", [])
for name in names.get("skip", []):
    print(f"skipped {name}: {reasons[name]}")
for name in failed:
    print(f"failed{' (known)' if name in known else ''} {name}")
passed = len(names.get("success", []))
print(f"{passed} of {passed + len(failed)} tests pass, {len(names.get('skip', []))} skipped")
sys.exit(1 if set(failed) - known or passed == 0 else 0)
