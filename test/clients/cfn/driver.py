"""Runs commands of AWS's clients in one process: a line of JSON in, a line of JSON out.

{"action": "CreateStack", "input": {...}} by boto3 or the aws command, {"words": ["cloudformation", "deploy", ...]} by the
latter only. What an older version does not know of an input is left out; an action that it does not know says so.
"""
import contextlib
import io
import json
import os
import sys
import time

# Waiters that look too early sleep for half a minute: the pauses are shorter here, all else is the client's own.
pause = time.sleep
time.sleep = lambda seconds: pause(min(seconds, 0.2))


def serve(handle):
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        answers.write(json.dumps(handle(json.loads(line)), default=str) + "\n")
        answers.flush()


def known(shape, value):
    if shape is None:
        return {}
    if shape.type_name == "structure":
        return {key: known(shape.members[key], one) for key, one in value.items() if key in shape.members}
    if shape.type_name == "list":
        return [known(shape.member, one) for one in value]
    return value


def boto():
    import boto3
    from botocore import xform_name
    from botocore.exceptions import ClientError

    client = boto3.client("cloudformation", endpoint_url=os.environ["ENDPOINT"])
    model = client.meta.service_model

    def handle(asked):
        action = asked["action"]
        if action not in model.operation_names:
            return {"status": 0, "result": {}}
        given = known(model.operation_model(action).input_shape, asked["input"])
        try:
            result = getattr(client, xform_name(action))(**given)
        except ClientError as error:
            told = error.response["Error"]
            return {"status": 400, "code": told["Code"], "message": told["Message"], "result": {}}
        result.pop("ResponseMetadata")
        return {"status": 200, "result": result}

    return handle


def command():
    from awscli.clidriver import create_clidriver
    from botocore import xform_name

    driver = create_clidriver()
    model = driver.session.get_service_model("cloudformation")

    def words_of(action, given):
        if action not in model.operation_names:
            return None
        given = known(model.operation_model(action).input_shape, given)
        words = ["--endpoint-url", os.environ["ENDPOINT"], "cloudformation", xform_name(action, "-")]
        return words + ["--output", "json", "--cli-input-json", json.dumps(given)]

    def handle(asked):
        words = asked["words"] if "words" in asked else words_of(asked["action"], asked["input"])
        if words is None:
            return {"code": -1, "out": "", "error": ""}
        out, error = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            try:
                code = driver.main(words)
            except SystemExit as end:
                code = end.code
        return {"code": code or 0, "out": out.getvalue(), "error": error.getvalue()}

    return handle


serve(boto() if sys.argv[1] == "boto3" else command())
