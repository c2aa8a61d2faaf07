import { newId } from '../../engine/model/ids.js';
import { isMap, type JsonMap } from '../../engine/model/value.js';
import { accountOf, partitionOf } from '../../engine/planning/stack-identity.js';
import type { Caller } from '../../engine/stacks/requests.js';
import type { Action, ActionContext } from '../action.js';
import { modeledError } from '../protocol/cfn-error.js';
import { mapOf, mapsOf, needText, numberOf, textOf, textsOf } from '../protocol/input-access.js';
import { pageOf } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { isIdentified, isRelated, type ScannedResource, scanResources } from './scanned-resources.js';

const KIND = 'cfn-resource-scan';
/** A scan is of use for so long. */
const LIFETIME_MS = 30 * 86_400_000;

interface ScanRecord {
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Absent: everything was looked at. */
  readonly types: readonly string[] | undefined;
  readonly resources: readonly ScannedResource[];
  readonly token: string | undefined;
}

const ownerOf = ({ projectId, region }: Caller): string => `${projectId}/${region}`;

/** The ARN of something that belongs to a caller's account and region. */
export function ownArn({ projectId, region }: Caller, kind: string, id: string): string {
  return `arn:${partitionOf(region)}:cloudformation:${region}:${accountOf(projectId)}:${kind}/${id}`;
}

async function startScan(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const token = textOf(input, 'ClientRequestToken');
  const known = token === undefined ? undefined : (await scansOf(context)).find((one) => one.token === token);
  if (known) return { ResourceScanId: known.id };
  const [filter] = mapsOf(input, 'ScanFilters') ?? [];
  const types = filter && textsOf(filter, 'Types');
  const startedAt = deps.now();
  const resources = await scanResources(context, types);
  const scan: ScanRecord = {
    id: ownArn(caller, 'resourceScan', newId()),
    startedAt,
    endedAt: deps.now(),
    types,
    resources,
    token,
  };
  await deps.documents.put(KIND, { id: scan.id, owner: ownerOf(caller), body: scan });
  return { ResourceScanId: scan.id };
}

async function scansOf({ deps, caller }: ActionContext): Promise<ScanRecord[]> {
  const found = await deps.documents.list<ScanRecord>(KIND, ownerOf(caller));
  return found.map(({ body }) => body).reverse();
}

async function needScan(context: ActionContext): Promise<ScanRecord> {
  const { deps, caller, input } = context;
  const id = needText(input, 'ResourceScanId');
  const found = await deps.documents.get<ScanRecord>(KIND, id);
  if (found?.owner !== ownerOf(caller))
    throw modeledError('ResourceScanNotFoundException', `Resource scan ${id} was not found`);
  return found.body;
}

function summaryOf({ deps }: ActionContext, { id, startedAt, endedAt }: ScanRecord): Output {
  return {
    ResourceScanId: id,
    Status: deps.now() - startedAt > LIFETIME_MS ? 'EXPIRED' : 'COMPLETE',
    StartTime: startedAt,
    EndTime: endedAt,
    PercentageCompleted: 100,
  };
}

async function describeScan(context: ActionContext): Promise<Output> {
  const scan = await needScan(context);
  return {
    ...summaryOf(context, scan),
    ResourceTypes: [...new Set(scan.resources.map(({ type }) => type))],
    ResourcesScanned: scan.resources.length,
    ResourcesRead: scan.resources.length,
    ScanFilters: scan.types ? [{ Types: scan.types }] : undefined,
  };
}

async function listScans(context: ActionContext): Promise<Output> {
  const { input } = context;
  const wanted = textOf(input, 'ScanTypeFilter');
  const kindOf = ({ types }: ScanRecord) => (types ? 'PARTIAL' : 'FULL');
  const scans = (await scansOf(context)).filter((scan) => wanted === undefined || kindOf(scan) === wanted);
  const { items, nextToken } = pageOf('ListResourceScans', scans, textOf(input, 'NextToken'), sizeOf(input));
  return {
    ResourceScanSummaries: items.map((scan) => ({ ...summaryOf(context, scan), ScanType: kindOf(scan) })),
    NextToken: nextToken,
  };
}

/** The model gives no bounds for these pages. */
function sizeOf(input: JsonMap): number | undefined {
  const size = numberOf(input, 'MaxResults');
  return size === undefined ? undefined : Math.min(Math.max(1, size), 100);
}

async function listResources(context: ActionContext): Promise<Output> {
  const { input } = context;
  const scan = await needScan(context);
  const prefix = textOf(input, 'ResourceTypePrefix') ?? '';
  const identifier = textOf(input, 'ResourceIdentifier');
  const tagKey = textOf(input, 'TagKey');
  const tagValue = textOf(input, 'TagValue');
  const shown = scan.resources.filter(
    (one) =>
      one.type.startsWith(prefix) &&
      (identifier === undefined || Object.values(one.identifier).some((value) => value.includes(identifier))) &&
      ((tagKey === undefined && tagValue === undefined) ||
        tagsOf(one).some(
          ([key, value]) => (tagKey === undefined || key === tagKey) && (tagValue === undefined || value === tagValue),
        )),
  );
  const { items, nextToken } = pageOf('ListResourceScanResources', shown, textOf(input, 'NextToken'), sizeOf(input));
  return { Resources: items.map(shownResource), NextToken: nextToken };
}

function tagsOf({ properties }: ScannedResource): [string, string][] {
  const { Tags } = properties;
  if (Array.isArray(Tags))
    return Tags.flatMap((tag): [string, string][] => (isMap(tag) ? [[String(tag.Key), String(tag.Value)]] : []));
  return isMap(Tags) ? Object.entries(Tags).map(([key, value]) => [key, String(value)]) : [];
}

function shownResource({ type, identifier, isManaged }: ScannedResource): Output {
  return { ResourceType: type, ResourceIdentifier: identifier, ManagedByStack: isManaged };
}

async function listRelated(context: ActionContext): Promise<Output> {
  const { input } = context;
  const scan = await needScan(context);
  const wanted = mapsOf(input, 'Resources') ?? [];
  const given = scan.resources.filter((one) =>
    wanted.some((want) => isIdentified(one, needText(want, 'ResourceType'), identifierOf(want))),
  );
  const related = scan.resources.filter((one) => !given.includes(one) && given.some((other) => isRelated(one, other)));
  const { items, nextToken } = pageOf(
    'ListResourceScanRelatedResources',
    related,
    textOf(input, 'NextToken'),
    sizeOf(input),
  );
  return { RelatedResources: items.map(shownResource), NextToken: nextToken };
}

/** `ResourceIdentifier` of a request. */
export function identifierOf(definition: JsonMap): { [property: string]: string } {
  return Object.fromEntries(
    Object.entries(mapOf(definition, 'ResourceIdentifier') ?? {}).map(([name, value]) => [name, String(value)]),
  );
}

/** What looks for resources in the cloud. */
export const actions: readonly Action[] = [
  { name: 'StartResourceScan', handle: startScan },
  { name: 'DescribeResourceScan', handle: describeScan },
  { name: 'ListResourceScans', handle: listScans },
  { name: 'ListResourceScanResources', handle: listResources },
  { name: 'ListResourceScanRelatedResources', handle: listRelated },
];
