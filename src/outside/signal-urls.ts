import type { SignalUrls } from '../engine/drivers/stack-access.js';
import type { ResourceRecord, StackRecord } from '../engine/model/records.js';
import { heatArn, identityOf } from '../engine/planning/stack-identity.js';
import { signUrl } from '../identity/signatures/signature-v2.js';
import type { InstallationKey } from './installation-key.js';

/** Where this installation is reached, as seen from inside of servers. */
export interface PublicAddress {
  /** Scheme, host and port, without a slash at the end. */
  readonly baseUrl: string;
  /** The region's name in OpenStack's catalog. */
  readonly region: string;
}

/** Far enough away that no stack outlives it. */
const NEVER = 4_102_444_800;

/** The URLs by which the outside tells one resource something. */
export function createSignalUrls(
  address: PublicAddress,
  key: InstallationKey,
  stack: StackRecord,
  record: ResourceRecord,
  now: () => number,
): SignalUrls {
  const { baseUrl, region } = address;
  const heat = (projectId: string) => `${baseUrl}/v1/${projectId}`;
  return {
    services: { auth: `${baseUrl}/identity/v3`, heat: heat(stack.projectId), cfn: `${baseUrl}/cfn/v1`, region },
    signed(kind, { access, secret }) {
      const arn = `${heatArn(identityOf(stack))}/resources/${record.name}`;
      // Heat escapes the parts of the ARN and leaves the slashes between them.
      const url = `${baseUrl}/cfn/v1/${kind}/${arn.split('/').map(encodeURIComponent).join('/')}`;
      return signUrl({ method: kind === 'signal' ? 'POST' : 'PUT', url, accessKey: access, secret });
    },
    native: (projectId = stack.projectId) =>
      `${heat(projectId)}/stacks/${stack.name}/${stack.id}/resources/${encodeURIComponent(record.name)}/signal`,
    temporary(container, object) {
      const path = `/v1/AUTH_${stack.projectId}/${encodeURIComponent(container)}/${encodeURIComponent(object)}`;
      const signature = key.sign(temporaryText(path, record.id, NEVER));
      return `${baseUrl}/swift${path}?temp_url_sig=${signature}&temp_url_expires=${NEVER}&resource=${record.id}`;
    },
    answer(requestId, lifeMs) {
      const expires = Math.floor((now() + lifeMs) / 1000);
      const signature = key.sign(answerText(record.id, requestId, expires));
      return `${baseUrl}/answers/${record.id}/${encodeURIComponent(requestId)}?expires=${expires}&signature=${signature}`;
    },
  };
}

/** What the signature of a temporary URL covers. */
export function temporaryText(path: string, resourceId: string, expires: number): string {
  return `temporary\n${path}\n${resourceId}\n${expires}`;
}

/** What the signature of an answer URL covers. */
export function answerText(resourceId: string, requestId: string, expires: number): string {
  return `answer\n${resourceId}\n${requestId}\n${expires}`;
}
