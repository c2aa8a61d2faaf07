import { dumpJson } from '../../../engine/model/python-json.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import { formatMultipart, type MimePart, parseMultipart, partOf } from './multipart-mime.js';

/** How user data reach a server. */
export type UserDataFormat = 'HEAT_CFNTOOLS' | 'RAW' | 'SOFTWARE_CONFIG';

/** What a server's user data are made of. */
export interface UserDataInput {
  readonly format: UserDataFormat;
  /** The text, or the config that the property names. */
  readonly userData: string;
  /** The resource's metadata; goes along as `cfn-init-data`. */
  readonly metadata: Json;
  /** The user that cloud-init makes; absent: the image's own. */
  readonly adminUser?: string;
  /** Heat's CloudFormation API as servers see it, with `/v1`. */
  readonly cfnUrl: string;
  /** Keeps the message the same for the same server. */
  readonly seed: string;
}

/** What the server is started with: the text as it is, or a MIME message with all that its agents need. */
export function serverUserData(input: UserDataInput): string {
  if (input.format === 'RAW') return input.userData;
  const parts: MimePart[] = [
    partOf(cloudConfigText(input.adminUser), undefined, 'cloud-config'),
    partOf(bootHookText(input.adminUser), 'cloud-boothook', 'boothook.sh'),
    partOf(PART_HANDLER, undefined, 'part-handler.py'),
    ...userParts(input),
  ];
  const data = dataParts(input);
  return formatMultipart([...parts, ...data], input.seed);
}

function userParts({ format, userData }: UserDataInput): MimePart[] {
  if (format === 'HEAT_CFNTOOLS') {
    return [
      partOf(userData, 'x-cfninitdata', 'cfn-userdata'),
      partOf(LOG_USER_DATA, 'x-shellscript', 'loguserdata.py'),
    ];
  }
  return parseMultipart(userData) ?? [partOf(userData, 'x-shellscript', 'userdata')];
}

function dataParts({ format, metadata, cfnUrl }: UserDataInput): MimePart[] {
  const parts: MimePart[] = [];
  if (isFilled(metadata)) parts.push(partOf(dumpJson(metadata), 'x-cfninitdata', 'cfn-init-data'));
  if (format !== 'HEAT_CFNTOOLS') return parts;
  const server = `${cfnUrl.replace(/\/$/, '')}/`;
  parts.push(partOf(server, 'x-cfninitdata', 'cfn-metadata-server'));
  parts.push(partOf(botoText(new URL(server).hostname), 'x-cfninitdata', 'cfn-boto-cfg'));
  return parts;
}

function isFilled(metadata: Json): metadata is JsonMap {
  return (
    typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata) && Object.keys(metadata).length > 0
  );
}

function botoText(host: string): string {
  return [
    '[Boto]',
    'debug = 0',
    'is_secure = 0',
    'https_validate_certificates = 1',
    'cfn_region_name = heat',
    `cfn_region_endpoint = ${host}`,
  ].join('\n');
}

function cloudConfigText(user: string | undefined): string {
  return [
    '#cloud-config',
    ...(user === undefined ? [] : [`user: ${user}`]),
    'cloud_config_modules:',
    ...['locale', 'set_hostname', 'ssh', 'timezone', 'update_etc_hosts', 'update_hostname', 'runcmd'].map(
      (name) => ` - ${name}`,
    ),
    '',
    "output: {all: '| tee -a /var/log/cloud-init-output.log'}",
    '',
  ].join('\n');
}

function bootHookText(user: string | undefined): string {
  const own =
    user === undefined
      ? []
      : [
          `id ${user} 2>/dev/null || useradd -m ${user}`,
          `echo '${user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/90-${user}`,
        ];
  return ['#!/bin/bash', 'setenforce 0 2>/dev/null', ...own, 'exit 0', ''].join('\n');
}

/** Teaches cloud-init to store parts of type text/x-cfninitdata where cfn-tools look for them. */
const PART_HANDLER = `#part-handler
import os

FOLDER = "/var/lib/heat-cfntools"


def list_types():
    return ["text/x-cfninitdata"]


def handle_part(data, ctype, filename, payload):
    if ctype in ("__begin__", "__end__"):
        os.makedirs(FOLDER, mode=0o700, exist_ok=True)
        return
    mode = "wb" if isinstance(payload, bytes) else "w"
    with open(os.path.join(FOLDER, os.path.basename(filename)), mode) as stored:
        stored.write(payload)
    if filename == "cfn-init-data":
        link = "/var/lib/cloud/data/cfn-init-data"
        os.makedirs(os.path.dirname(link), exist_ok=True)
        with open(link, mode) as stored:
            stored.write(payload)
`;

/** Runs the user's own script once and keeps what it prints. */
const LOG_USER_DATA = `#!/usr/bin/env python3
import os
import subprocess
import sys

SCRIPT = "/var/lib/heat-cfntools/cfn-userdata"
DONE = "/var/lib/heat-cfntools/provision-finished"

if os.path.exists(DONE):
    sys.exit(0)
os.chmod(SCRIPT, 0o700)
with open("/var/log/heat-provision.log", "ab") as log:
    code = subprocess.call([SCRIPT], stdout=log, stderr=subprocess.STDOUT)
with open(DONE, "w") as done:
    done.write(str(code))
sys.exit(code)
`;
