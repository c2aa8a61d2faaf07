"""The installed openstack client for suites of hundreds of commands: loaded once, forked for each command.

Each line of standard input is {"words": [...], "env": {...}, "cwd": "..."}; each line of standard output answers with
{"code": N, "out": "...", "err": "..."}. A command runs in a process of its own, from the client's own entry point; only
the second and a half that python needs to import the client is saved.
"""
import importlib
import json
import os
import pkgutil
import signal
import sys
import tempfile
import traceback

import heatclient.osc.v1
import heatclient.v1.client  # noqa: F401
import keystoneauth1.identity.v3  # noqa: F401
import openstack  # noqa: F401
import openstackclient.identity.v3
from openstackclient import shell

LIMIT_SECONDS = 90

for package in (heatclient.osc.v1, openstackclient.identity.v3):
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def run_child(order, out, err):
    signal.alarm(LIMIT_SECONDS)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    try:
        code = shell.main(order["words"])
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)


def text_of(file):
    file.seek(0)
    return file.read().decode(errors="replace")


for line in sys.stdin:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            run_child(json.loads(line), out.fileno(), err.fileno())
        _, status = os.waitpid(pid, 0)
        answer = {"code": os.waitstatus_to_exitcode(status), "out": text_of(out), "err": text_of(err)}
    print(json.dumps(answer), flush=True)
