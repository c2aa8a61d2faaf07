#!/bin/bash
# Runs heat-tempest-plugin against `baton serve`, or against the Heat that an openrc names, and prints passed/total.
#
#   scripts/tempest/run.sh                       a fresh `baton serve`
#   scripts/tempest/run.sh --openrc A --demo B   the Heat of the administrator's openrc A and of a member's openrc B
#   scripts/tempest/run.sh --only REGEX          some of the tests
#
# Needs Debian's heat-tempest-plugin, tempest and python3-gabbi; says so and ends well where they are missing.
# Tests that call other services or need machines that run are in skip.txt. Exit code 1 if one fails that is not in
# known-failures.txt.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
baton=${BATON_BIN:-$here/../../bin/baton.js}
# The packages are for the system's own python, whatever else is in the path.
python=${PYTHON:-/usr/bin/python3}
only=heat_tempest_plugin openrc='' demo='' parallel=${TEMPEST_PARALLEL:-4}
while (($#)); do
    case $1 in
        --openrc) openrc=$2 ;;
        --demo) demo=$2 ;;
        --only) only=$2 ;;
        *) echo "unknown option $1" >&2; exit 2 ;;
    esac
    shift 2
done
if ! command -v tempest >/dev/null || ! "$python" -c 'import heat_tempest_plugin, gabbi' 2>/dev/null; then
    echo "skipped: tempest is not installed (apt-get install heat-tempest-plugin tempest python3-gabbi)"
    exit 0
fi

work=$(mktemp -d)
server=''
finish() {
    if [[ -n $server ]]; then kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; fi
    rm -rf "$work"
}
trap finish EXIT
if [[ -z $openrc ]]; then
    # Tests wait in this server's time: what it does at once they do not wait for.
    BATON_LOG_LEVEL=${BATON_LOG_LEVEL:-error} node "$baton" serve --data-dir "$work/data" --port 0 \
        >"$work/serve.log" 2>&1 &
    server=$!
    for _ in $(seq 100); do
        [[ -e $work/data/demo-openrc ]] && break
        sleep 0.2
    done
    openrc=$work/data/openrc demo=$work/data/demo-openrc
fi
[[ -e $openrc && -e $demo ]] || { echo "no credentials: the server did not start" >&2; cat "$work/serve.log" >&2; exit 1; }
value() { (. "$1"; eval "echo \"\${$2:-}\""); }

tempest init "$work/tempest" >/dev/null 2>&1
cat >"$work/tempest/etc/tempest.conf" <<CONF
[DEFAULT]
log_file = tempest.log
[identity]
uri_v3 = $(value "$openrc" OS_AUTH_URL)
auth_version = v3
region = $(value "$openrc" OS_REGION_NAME)
[auth]
use_dynamic_credentials = False
[service_available]
heat = True
[heat_plugin]
auth_url = $(value "$openrc" OS_AUTH_URL)
auth_version = 3
region = $(value "$openrc" OS_REGION_NAME)
admin_username = $(value "$openrc" OS_USERNAME)
admin_password = $(value "$openrc" OS_PASSWORD)
admin_project_name = $(value "$openrc" OS_PROJECT_NAME)
username = $(value "$demo" OS_USERNAME)
password = $(value "$demo" OS_PASSWORD)
project_name = $(value "$demo" OS_PROJECT_NAME)
user_domain_name = Default
project_domain_name = Default
build_interval = 1
build_timeout = 120
image_ref = tiny
minimal_image_ref = tiny
instance_type = m1.tiny
minimal_instance_type = m1.tiny
fixed_network_name = private
network_for_ssh = private
[heat_features_enabled]
stack_cancel = True
CONF
cd "$work/tempest" || exit 1
grep -v '^#' "$here/skip.txt" >skip.list
tempest run --regex "$only" --exclude-list skip.list --concurrency "$parallel" >run.log 2>&1
stestr last --subunit 2>/dev/null | "$python" "$here/summary.py" "$here/known-failures.txt"
status=$?
[[ -n ${TEMPEST_KEEP:-} ]] && { mkdir -p "$TEMPEST_KEEP"; cp run.log "$TEMPEST_KEEP/"; cp "$work/serve.log" "$TEMPEST_KEEP/" 2>/dev/null; }
exit $status
