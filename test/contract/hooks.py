"""Who asks, and for what: a request that names nothing is answered "not found", whatever else it holds."""

import json
import os
import random
from fnmatch import fnmatchcase

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

KNOWN = json.load(open(os.environ["KAIBIAO_CONTRACT_KNOWN"], encoding="utf-8"))
CHANCE = random.Random(int(os.environ["KAIBIAO_CONTRACT_SEED"]))

# Which checksum of a text is right, no pattern can say.
CHECKSUMS = {"age-recipient", "check-digit"}
# What a schema says, too. Every other documented code is about state, law or who asks.
BY_SCHEMA = {"malformed-request", "media-type-unsupported", "idempotency-key-missing", "precondition-required"}


def chosen(name, value):
    """Something that exists in the place of an id that names nothing."""
    known = KNOWN["ids"].get(name)
    return CHANCE.choice(known) if known and CHANCE.random() < 0.9 else value


def is_negative(case, location):
    return case.meta is not None and any(
        where.value == location and component.mode.is_negative for where, component in case.meta.components.items()
    )


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """One operation is enough for a header that all of them have, and that is read in one place."""
    for path, operations in raw_schema["paths"].items():
        for operation in operations.values():
            if path != "/api/session":
                kept = [each for each in operation.get("parameters", []) if each["name"] != "X-Acting-As"]
                operation["parameters"] = kept


@schemathesis.auth(refresh_interval=None)
class Somebody:
    """Of a role that may, most of the time."""

    def get(self, case, context):
        return KNOWN

    def set(self, case, known, context):
        may = known["may"].get(case.operation.label)
        everybody = list(known["tokens"])
        role = CHANCE.choice(everybody)
        if may and CHANCE.random() < 0.95:
            role, tender = CHANCE.choice(may).values()
            if "id" in case.path_parameters and not is_negative(case, "path"):
                case.path_parameters["id"] = tender
        tokens = known["passing"] if "/session" in case.operation.path else known["tokens"]
        case.headers["Authorization"] = f"Bearer {tokens[role]}"


@schemathesis.hook
def before_call(context, case, **kwargs):
    if not is_negative(case, "path"):
        case.path_parameters = {
            name: value if name == "id" else chosen(name, value) for name, value in case.path_parameters.items()
        }
    for name in ("Content-SHA256", "Content-Digest", "Digest", "X-Acting-As"):
        # The hash of other bytes than those that are sent, and the membership of somebody else.
        if name in (case.headers or {}) and not is_negative(case, "header") and CHANCE.random() < 0.95:
            del case.headers[name]
    key = (case.headers or {}).get("Idempotency-Key")
    if key and not is_negative(case, "header"):
        # Under a key that came before, the answer is that of the request before.
        case.headers["Idempotency-Key"] = f"{CHANCE.getrandbits(64):x}"
    if case.operation.path.endswith("/drill/clock/run") and not is_negative(case, "body"):
        case.body = {}


def is_judged(operation, problem):
    """Whether a field was refused by a rule that the operation lists, since no schema can say it."""
    judged = operation.definition.raw.get("x-judged", [])
    given = problem.get("issues") or [{"field": problem.get("details", {}).get("field", "")}]
    return all(
        issue.get("rule") in CHECKSUMS
        or any(
            fnmatchcase(issue.get("rule") or "", rule.get("rule") or "") and fnmatchcase(issue["field"], rule["field"].replace("[", "[[]"))
            for rule in judged
        )
        for issue in given
    )


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A schema-valid request may be refused for a documented reason that no schema can say."""
    if not isinstance(failure, RejectedPositiveData):
        return True
    problem = response.json()
    code = problem.get("code")
    if code == "bad-input":
        return not is_judged(case.operation, problem)
    documented = case.operation.definition.raw["responses"].get(str(response.status_code), {}).get("description", "")
    return code in BY_SCHEMA or code not in documented.split(", ")


schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
