import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ChildStep, ComposedType, ComposeInput, ResourceType } from '../../../engine/drivers/resource-type.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { asMap, isGiven } from '../../json-access.js';
import { composeType } from '../compose-type.js';
import { asObject, memberAttributes, memberInName, readMember, selectFrom } from '../heat/group-attributes.js';
import { hotGroup } from '../heat/member-definitions.js';
import { pauseProblems, rollingSteps } from '../heat/rolling-steps.js';

const PLURALS: { readonly [plural: string]: string } = {
  deploy_stdouts: 'deploy_stdout',
  deploy_stderrs: 'deploy_stderr',
  deploy_status_codes: 'deploy_status_code',
};

/** OS::Heat::SoftwareDeploymentGroup, OS::Heat::StructuredDeploymentGroup and their hidden older names. */
export function deploymentGroup(schema: ResourceSchema): ResourceType<Cloud> {
  const memberType = schema.type.includes('Structured')
    ? 'OS::Heat::StructuredDeployment'
    : 'OS::Heat::SoftwareDeployment';
  return composeType(schema, composed(memberType), {
    validate: (_properties, _name, scope) =>
      pauseProblems(asMap(scope?.updatePolicy), 'rolling_update', 'batch_create'),
    validateKnown: (_properties, _unknown, scope) =>
      pauseProblems(asMap(scope.updatePolicy), 'rolling_update', 'batch_create'),
  });
}

function composed(memberType: string): ComposedType {
  const definitionOf = (properties: JsonMap) => {
    const { servers, ...others } = properties;
    const given = Object.fromEntries(Object.entries(others).filter(([, value]) => isGiven(value)));
    const all = asMap(servers);
    return (name: string): JsonMap => ({ type: memberType, properties: { ...given, server: all[name] ?? '' } });
  };
  const step = (names: readonly string[], properties: JsonMap): ChildStep => {
    const define = definitionOf(properties);
    return { stack: { template: hotGroup(names.map((name) => ({ name, definition: define(name) }))), parameters: {} } };
  };
  return {
    readsMembers: true,
    child(input: ComposeInput) {
      const names = Object.keys(asMap(input.properties.servers));
      const batched = rollingSteps({
        input,
        skipped: new Set(),
        size: names.length,
        definitionOf: definitionOf(input.properties),
        namesOf: (count) => names.slice(0, count),
        // Every update may deploy again: it always goes in batches.
        changed: true,
      });
      return batched ?? [step(names, input.properties)];
    },
    sample({ properties }) {
      const [first] = Object.keys(asMap(properties.servers));
      return first === undefined ? undefined : step([first], properties);
    },
    async attribute(child, properties, name, path): Promise<Json | undefined> {
      const asked = memberInName(name);
      if (asked) {
        const member = (await child.members()).find((candidate) => candidate.name === asked.member);
        return readMember(child, member, asked.attribute, path);
      }
      const names = Object.keys(asMap(properties.servers));
      return selectFrom(asObject(await memberAttributes(child, names, PLURALS[name] ?? name, [])), path);
    },
    reference: (child) => child.stackId,
  };
}
