import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type {
  ApiFeatures,
  ApiLimits,
  NativeApiDeps,
  ServiceInfo,
  TemplateLanguages,
  TypeCatalogue,
} from './api-native/api-types.js';
import { type FetchText, fetchAnywhere, fetchTemplate } from './api-native/fetch-template.js';
import type { Engine } from './create-engine.js';
import { functionTable } from './engine/template/cfn/functions/function-table.js';
import { hotVersions } from './engine/template/hot/function-table.js';
import { loadSchema } from './resources/catalogue/catalogue.js';
import { listHeatTypes } from './resources/catalogue/heat-catalogue.js';
import { providerTemplate } from './resources/catalogue/type-template.js';
import { typeView } from './resources/catalogue/type-view.js';

/** What an installation may set of Heat's API; everything has a default. */
export interface NativeDepsOptions {
  readonly limits?: Partial<ApiLimits>;
  readonly features?: Partial<ApiFeatures>;
  /** Where clients log in, if that is not under our own address. */
  readonly authUrl?: string;
  readonly containerFiles?: NativeApiDeps['containerFiles'];
  /** Gets what a `template_url` names; from anywhere unless told otherwise. */
  readonly fetchText?: FetchText;
  readonly revision?: string;
  readonly now?: () => number;
  readonly reportBug?: (error: unknown, requestId: string) => void;
}

/** Far above Heat's 1 MiB and 512 KiB: a stack of 10,000 resources is a few of them. */
export const DEFAULT_API_LIMITS: ApiLimits = { maxJsonBodyBytes: 32 * 1024 * 1024, maxTemplateBytes: 16 * 1024 * 1024 };

/** Heat ships without adopt and abandon; here nothing speaks against them. */
export const DEFAULT_API_FEATURES: ApiFeatures = { adopt: true, abandon: true, globalIndex: false };

/** What Heat's API is made of, over a running engine: the same for a server and for an engine in its caller's process. */
export function createNativeDeps(engine: Engine, options: NativeDepsOptions = {}): NativeApiDeps {
  const limits = { ...DEFAULT_API_LIMITS, ...options.limits };
  const now = options.now ?? Date.now;
  return {
    stacks: engine.stacks,
    software: engine.software,
    catalogue: typeCatalogue,
    templates: templateLanguages,
    serviceInfo: serviceInfo(options.revision ?? 'unknown', now),
    feed: engine.feed,
    limits,
    features: { ...DEFAULT_API_FEATURES, ...options.features },
    authUrl: (baseUrl) => options.authUrl ?? `${baseUrl}/identity`,
    fetchTemplate: (url) => fetchTemplate(url, limits.maxTemplateBytes, options.fetchText ?? fetchAnywhere),
    ...(options.containerFiles ? { containerFiles: options.containerFiles } : {}),
    now,
    reportBug: options.reportBug ?? (() => undefined),
  };
}

/** Every type of Heat can be had: what no cloud offers is simulated. */
const typeCatalogue: TypeCatalogue = {
  list: () =>
    listHeatTypes()
      .filter(({ hidden }) => !hidden)
      .map(({ type, supportStatus }) => ({ type, status: supportStatus.status, version: supportStatus.version })),
  schema: (type) => loadSchema(type, { prefer: 'heat' }),
  view: (schema, withDescription) => ({ ...typeView(schema), ...(withDescription ? { description: '' } : {}) }),
  providerTemplate,
};

const VERSION_KEY = 'heat_template_version';
/** The two headers of CloudFormation templates, each with its only version. */
const CFN_VERSIONS = [
  { version: 'AWSTemplateFormatVersion.2010-09-09', dialect: 'aws' },
  { version: 'HeatTemplateFormatVersion.2012-12-12', dialect: 'heat' },
] as const;

const listing = (functions: readonly { readonly name: string; readonly summary: string }[]) =>
  functions.map(({ name, summary }) => ({ functions: name, description: summary }));

const templateLanguages: TemplateLanguages = {
  versions: () => [
    ...CFN_VERSIONS.map(({ version }) => ({ version, type: 'cfn' as const, aliases: [] })),
    ...hotVersions.map(({ version, alias }) => ({
      version: `${VERSION_KEY}.${version}`,
      type: 'hot' as const,
      aliases: alias === undefined ? [] : [`${VERSION_KEY}.${alias}`],
    })),
  ],
  functions(version, withConditions) {
    const cfn = CFN_VERSIONS.find((entry) => entry.version === version);
    if (cfn) {
      const wanted = withConditions ? ['value', 'condition'] : ['value'];
      const entries = [...functionTable(cfn.dialect).values()].filter(({ contexts }) =>
        contexts.some((context) => wanted.includes(context)),
      );
      return listing(entries.map(({ fn }) => fn));
    }
    const hot = hotVersions.find((entry) =>
      [entry.version, entry.alias].some((name) => name !== undefined && version === `${VERSION_KEY}.${name}`),
    );
    if (!hot) return undefined;
    const seen = new Set(hot.functions.map(({ name }) => name));
    return listing([
      ...hot.functions,
      ...(withConditions ? hot.conditionFunctions.filter(({ name }) => !seen.has(name)) : []),
    ]);
  },
};

/** One engine, which is up as long as it can be asked. */
function serviceInfo(revision: string, now: () => number): ServiceInfo {
  const host = hostname();
  const createdAt = now();
  const id = randomUUID();
  const engineId = randomUUID();
  return {
    apiRevision: revision,
    engineRevision: revision,
    async services() {
      const reports = Math.floor((now() - createdAt) / REPORT_INTERVAL_MS);
      const updatedAt = reports > 0 ? createdAt + reports * REPORT_INTERVAL_MS : undefined;
      return [{ id, engineId, hostname: host, host, createdAt, updatedAt, up: true }];
    },
  };
}

/** How often Heat's engines tell that they live. */
const REPORT_INTERVAL_MS = 60_000;
