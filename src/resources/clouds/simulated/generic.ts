import { RejectedError } from '../../../engine/model/errors.js';
import { asBoolean, asList, asMap, asMaps, asText, asTexts } from '../../json-access.js';
import { looksLikeEc2Id } from '../identifiers.js';
import type { KindRules } from './kind-rules.js';

/**
 * The behaviour of a catalogued type without rules of its own. The spec: `{id, name, exclusive, refs: [{kind, id}],
 * children: [...], body}`; `refs` must exist and are not removed before this, `exclusive` refuses a second one of the id.
 */
export function genericRules(type: string): KindRules {
  return {
    kind: type,
    noun: type.split('::').at(-1) ?? type,
    nameIsId: true,
    missing: (reference) => ({
      message: `The ${type.split('::').at(-1)} (${reference}) could not be found.`,
      reasonClass: 'NotFound',
    }),
    links: (body) => asTexts(asMap(body._).uses),
    async create(turn, spec) {
      const id = asText(spec.id) ?? turn.newId(type);
      if (asBoolean(spec.exclusive) && (await turn.get(type, turn.ownKey(id)))) {
        throw new RejectedError(asText(spec.taken) ?? `${id} already exists`, { reasonClass: 'AlreadyExists' });
      }
      const uses: string[] = [];
      for (const ref of asMaps(spec.refs)) {
        for (const wanted of asList(ref.id)) uses.push((await turn.require(asText(ref.kind) ?? '', wanted)).id);
      }
      const name = asText(spec.name);
      return { id, ...(name === undefined ? {} : { name }), body: { ...asMap(spec.body), _: { uses } } };
    },
    async invent(turn, reference) {
      if (!turn.setting.settings.lenient || !looksLikeEc2Id(reference)) return undefined;
      return turn.add(type, { id: turn.ownKey(reference), name: reference, body: { _: { uses: [], origin: 'seed' } } });
    },
    // Its code is nobody's to run here; that it was called stands in the ledger.
    ...(type === 'AWS::Lambda::Function' ? { actions: { invoke: async (_turn, object) => object.body } } : {}),
    async update(_turn, object, changes) {
      return { ...object.body, ...asMap(changes.body) };
    },
  };
}
