import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ChildStep, ChildView, ComposedType, ResourceType } from '../../../engine/drivers/resource-type.js';
import { RejectedError } from '../../../engine/model/errors.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { asFilled, asMap, asNumber, asText, asTexts, isGiven, tagMap } from '../../json-access.js';
import { composeType } from '../compose-type.js';
import { memberInName, readMember, selectFrom } from '../heat/group-attributes.js';

/** AWS::CloudFormation::Stack: a template behind a URL as a stack of its own. */
export function nestedStack(schema: ResourceSchema): ResourceType<Cloud> {
  return composeType(schema, COMPOSED);
}

const COMPOSED: ComposedType = {
  child({ properties, files, found }) {
    const template = templateText(properties, files) ?? asText(found?.template);
    const url = asText(properties.TemplateURL) ?? '';
    if (template === undefined) throw notFetched(url, 'it is not among the files that came with the template');
    return [stepFor(properties, template)];
  },
  sample({ properties, files }) {
    const template = templateText(properties, files);
    return template === undefined ? undefined : stepFor(properties, template);
  },
  async prepare(ctx, properties, files): Promise<JsonMap> {
    const url = asText(properties.TemplateURL) ?? '';
    if (templateText(properties, files) !== undefined || !ctx.stackAccess) return {};
    try {
      return { template: await ctx.stackAccess.fetchText(url) };
    } catch (error) {
      throw notFetched(url, error instanceof Error ? error.message : String(error));
    }
  },
  attribute: nestedAttribute,
  reference: (child) => child.arn,
};

function stepFor(properties: JsonMap, template: string): ChildStep {
  const timeout = asNumber(properties.TimeoutInMinutes);
  const tags = tagMap(properties.Tags);
  const arns = asTexts(properties.NotificationARNs);
  return {
    stack: {
      template,
      parameters: asMap(properties.Parameters),
      ...(timeout === undefined ? {} : { timeoutMins: timeout }),
      ...(Object.keys(tags).length > 0
        ? { tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)])) }
        : {}),
      ...(arns.length > 0 ? { notificationArns: arns } : {}),
    },
  };
}

/** Templates may come along: as a file of that URL, or inline. */
function templateText(properties: JsonMap, files: { readonly [key: string]: string }): string | undefined {
  const { TemplateBody } = properties;
  if (isGiven(TemplateBody)) return typeof TemplateBody === 'string' ? TemplateBody : JSON.stringify(TemplateBody);
  const url = asFilled(properties.TemplateURL);
  return url !== undefined && Object.hasOwn(files, url) ? files[url] : undefined;
}

function notFetched(url: string, why: string): RejectedError {
  return new RejectedError(`Could not fetch remote template '${url}': ${why}`, { reasonClass: 'ValueError' });
}

async function nestedAttribute(
  child: ChildView,
  _properties: JsonMap,
  name: string,
  path: readonly Json[],
): Promise<Json | undefined> {
  const output = name.startsWith('Outputs.') ? name.slice('Outputs.'.length) : undefined;
  if (output !== undefined || name === 'Outputs') {
    const outputs = await child.outputs();
    if (output === undefined) return selectFrom(outputs, path);
    return Object.hasOwn(outputs, output) ? selectFrom(outputs[output] ?? null, path) : undefined;
  }
  const asked = memberInName(name);
  if (!asked) return undefined;
  const member = (await child.members()).find((candidate) => candidate.name === asked.member);
  return readMember(child, member, asked.attribute, path);
}
