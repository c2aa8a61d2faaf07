import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ResourceType } from '../../../engine/drivers/resource-type.js';
import type { StackAccess } from '../../../engine/drivers/stack-access.js';
import { RejectedError } from '../../../engine/model/errors.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asFilled, asMap, asText } from '../../json-access.js';
import { isServiceArn } from './cloud-function.js';

/** AWS::CloudFormation::Macro: a service that rewrites templates, registered under a name. */
export function macro(schema: ResourceSchema): ResourceType<Cloud> {
  const done = (properties: JsonMap) => {
    const name = asText(properties.Name) ?? '';
    return {
      state: 'done' as const,
      physicalId: name,
      attributes: { Id: name },
      data: { function: asText(properties.FunctionName) ?? '' },
    };
  };
  return {
    schema,
    validate(properties) {
      const url = asText(properties.FunctionName) ?? '';
      if (isHttp(url) || isServiceArn(url) || /^[\w-]+$/.test(url)) return [];
      return [
        `FunctionName ${url} must be a function, or an http or https URL that takes the macro's request by POST.`,
      ];
    },
    async create(_ctx, properties) {
      return done(properties);
    },
    async update(_ctx, _ref, change) {
      return done(change.after);
    },
    async delete(_ctx, ref) {
      return gone(ref);
    },
  };
}

/** What a macro is called with. */
export interface MacroRequest {
  readonly accountId: string;
  readonly region: string;
  readonly requestId: string;
  /** `<account>::<macro name>` */
  readonly transformId: string;
  readonly fragment: Json;
  readonly params: JsonMap;
  readonly templateParameterValues: JsonMap;
}

/** Has a macro rewrite a part of a template; throws with AWS's words when it fails. `post` goes where the installation allows. */
export async function callMacro(
  post: StackAccess['post'],
  url: string,
  request: MacroRequest,
  signal: AbortSignal,
): Promise<Json> {
  const name = request.transformId;
  let answer: JsonMap;
  try {
    const { body } = await post(url, JSON.stringify(request), signal);
    answer = asMap(JSON.parse(body) as Json);
  } catch (cause) {
    if (cause instanceof RejectedError) throw cause;
    throw new RejectedError(`Transform ${name} failed without an error message.`, {
      reasonClass: 'ValidationError',
      cause,
    });
  }
  if (asText(answer.status)?.toLowerCase() !== 'success') {
    const why = asFilled(answer.errorMessage);
    throw new RejectedError(
      why === undefined
        ? `Transform ${name} failed without an error message.`
        : `Transform ${name} failed with: ${why}`,
      {
        reasonClass: 'ValidationError',
      },
    );
  }
  if (answer.requestId !== request.requestId) {
    throw new RejectedError(`Received malformed response from transform ${name}`, { reasonClass: 'ValidationError' });
  }
  return answer.fragment ?? null;
}

function isHttp(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}
