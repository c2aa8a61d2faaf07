import { derivedId } from '../../../../engine/model/ids.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asNumber, asText, compact } from '../../../json-access.js';
import { derivedHex, looksLikeUuid } from '../../identifiers.js';
import type { KindRules } from '../kind-rules.js';
import type { Turn } from '../turn.js';

const FLAVORS: { readonly [name: string]: readonly [ram: number, vcpus: number, disk: number] } = {
  'm1.nano': [128, 1, 1],
  'm1.micro': [192, 1, 1],
  'm1.tiny': [512, 1, 1],
  'm1.small': [2048, 1, 20],
  'm1.medium': [4096, 2, 40],
  'm1.large': [8192, 4, 80],
  'm1.xlarge': [16384, 8, 160],
};

/** Nova's flavors. */
export const flavors: KindRules = {
  kind: 'flavors',
  noun: 'Flavor',
  defaults: Object.keys(FLAVORS),
  missing: (reference) => ({ message: `The Flavor (${reference}) could not be found.`, reasonClass: 'EntityNotFound' }),
  async create(turn, spec) {
    const id = asText(spec.flavorid) ?? asText(spec.id) ?? turn.newId('flavors');
    const name = asText(spec.name) ?? id;
    return { id, name, body: flavorBody(id, name, compact(spec)) };
  },
  async invent(turn, reference) {
    const known = FLAVORS[reference];
    if (!known && (!turn.setting.settings.lenient || looksLikeUuid(reference) || reference === '')) return undefined;
    const [ram, vcpus, disk] = known ?? [2048, 1, 20];
    const id = derivedId('seed', turn.call.projectId, turn.call.region, 'flavors', reference);
    return turn.add('flavors', {
      id,
      name: reference,
      body: { ...flavorBody(id, reference, { ram, vcpus, disk }), _: { origin: 'seed' } },
    });
  },
};

function flavorBody(id: string, name: string, spec: JsonMap): JsonMap {
  return {
    ram: asNumber(spec.ram) ?? 512,
    vcpus: asNumber(spec.vcpus) ?? 1,
    disk: asNumber(spec.disk) ?? 0,
    'OS-FLV-EXT-DATA:ephemeral': asNumber(spec.ephemeral) ?? 0,
    'OS-FLV-DISABLED:disabled': false,
    swap: asNumber(spec.swap) ?? 0,
    rxtx_factor: asNumber(spec.rxtx_factor) ?? 1,
    'os-flavor-access:is_public': spec.is_public ?? true,
    extra_specs: spec.extra_specs ?? {},
    tenants: spec.tenants ?? [],
    description: null,
    name,
    id,
  };
}

/** Glance's images; one may be made from a server or a volume. */
export const images: KindRules = {
  kind: 'images',
  hasOwnIds: true,
  noun: 'Image',
  defaults: ['cirros', 'ubuntu', 'fedora', 'centos', 'debian'],
  missing: (reference) =>
    reference.startsWith('ami-')
      ? { message: `The image id '[${reference}]' does not exist`, reasonClass: 'InvalidAMIID.NotFound' }
      : { message: `The Image (${reference}) could not be found.`, reasonClass: 'EntityNotFound' },
  async create(turn, spec) {
    const id = asText(spec.id) ?? turn.newId('images');
    const name = asText(spec.name) ?? '';
    const source = asText(spec.server);
    if (source !== undefined) await turn.require('servers', source);
    return { id, name, body: { ...imageBody(turn, id, name, compact(spec)), ...turn.settling('saving', 'active') } };
  },
  async invent(turn, reference) {
    if (!turn.setting.settings.lenient || looksLikeUuid(reference) || reference === '') return undefined;
    const id = reference.startsWith('ami-')
      ? reference
      : derivedId('seed', turn.call.projectId, turn.call.region, 'images', reference);
    return turn.add('images', {
      id,
      name: reference,
      body: { ...imageBody(turn, id, reference, {}), _: { origin: 'seed' } },
    });
  },
};

function imageBody(turn: Turn, id: string, name: string, spec: JsonMap): JsonMap {
  const { id: _id, server, ...given } = spec;
  const time = new Date(turn.now).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    status: 'active',
    visibility: 'public',
    container_format: 'bare',
    disk_format: 'qcow2',
    min_disk: 0,
    min_ram: 0,
    size: 16_300_544,
    checksum: derivedHex(32, 'checksum', id),
    protected: false,
    tags: [],
    owner: turn.call.projectId,
    created_at: time,
    updated_at: time,
    file: `/v2/images/${id}/file`,
    schema: '/v2/schemas/image',
    ...given,
    ...(server === undefined ? {} : { instance_uuid: server, image_type: 'snapshot' }),
    name,
    id,
  };
}

/** Nova's key pairs: the name is the id. */
export const keypairs: KindRules = {
  kind: 'keypairs',
  noun: 'Key',
  nameIsId: true,
  quota: 'key_pairs',
  defaults: ['default'],
  missing: (reference) => ({ message: `The Key (${reference}) could not be found.`, reasonClass: 'EntityNotFound' }),
  async create(turn, spec) {
    const name = asText(spec.name) ?? '';
    return { id: name, name, body: keyBody(turn, name, compact(spec)) };
  },
  async invent(turn, reference) {
    if (!turn.setting.settings.lenient || looksLikeUuid(reference) || reference === '') return undefined;
    const body = { ...keyBody(turn, reference, {}), _: { origin: 'seed' } };
    return turn.add('keypairs', { id: turn.ownKey(reference), name: reference, body });
  },
};

function keyBody(turn: Turn, name: string, spec: JsonMap): JsonMap {
  const hex = derivedHex(64, 'key', turn.call.projectId, name, turn.call.token ?? '');
  const given = asText(spec.public_key);
  const base64 = Buffer.from(derivedHex(512, hex), 'hex').toString('base64');
  return {
    name,
    type: asText(spec.type) ?? 'ssh',
    user_id: asText(spec.user) ?? 'simulated',
    public_key: given ?? `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB${base64} Generated-by-Nova`,
    fingerprint: (hex.slice(0, 32).match(/../g) ?? []).join(':'),
    ...(given === undefined ? { _: { once: { private_key: pem(hex) } } } : {}),
    id: name,
  };
}

/** The shape of a private key; it opens nothing. */
function pem(hex: string): string {
  const base64 = Buffer.from(derivedHex(2200, hex, 'private'), 'hex').toString('base64');
  return `-----BEGIN RSA PRIVATE KEY-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END RSA PRIVATE KEY-----\n`;
}

/** Nova's server groups. */
export const serverGroups: KindRules = {
  kind: 'server_groups',
  noun: 'Server Group',
  quota: 'server_groups',
  missing: (reference) => ({
    message: `The Server Group (${reference}) could not be found.`,
    reasonClass: 'EntityNotFound',
  }),
  async create(turn, spec) {
    const id = asText(spec.id) ?? turn.newId('server_groups');
    const name = asText(spec.name) ?? '';
    const policies = spec.policies ?? ['anti-affinity'];
    return {
      id,
      name,
      body: {
        policies,
        policy: Array.isArray(policies) ? (policies[0] ?? null) : null,
        rules: spec.rules ?? {},
        metadata: {},
        name,
        id,
        project_id: turn.call.projectId,
        user_id: 'simulated',
      },
    };
  },
  async present(turn, group) {
    return { members: (await turn.usersOf('servers', group.id)).map(({ id }) => id) };
  },
};
