import type { ResourceContext } from '../../../engine/drivers/resource-type.js';
import { MissingError, RejectedError } from '../../../engine/model/errors.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud, Entity } from '../../clouds/cloud.js';
import { callOf } from '../../define-type.js';

/** `arn:aws:lambda:us-east-1:123456789012:function:name[:version]`, or a topic's `arn:aws:sns:…:name`. */
const SERVICE_ARN =
  /^arn:[\w-]+:(?:(lambda):([\w-]+):(\w*):function:([\w-]+)(?::[\w$-]+)?|(sns):([\w-]+):([\w-]*):([\w.-]+))$/;

/** True if a token names a function or a topic of the cloud. */
export function isServiceArn(token: string): boolean {
  return SERVICE_ARN.test(token);
}

/** Hands a request to a function or a topic of the stack's own project and region; throws with AWS's words if there is none. */
export async function callCloudFunction(ctx: ResourceContext<Cloud>, arn: string, request: JsonMap): Promise<void> {
  const [, lambda, lambdaRegion, lambdaAccount, lambdaName, , snsRegion, snsAccount, topicName] =
    SERVICE_ARN.exec(arn) ?? [];
  const { cloud, stack } = ctx;
  const region = lambda ? lambdaRegion : snsRegion;
  if (region !== stack.region) {
    const what = lambda ? 'Functions' : 'Topics';
    throw new RejectedError(`${what} from '${region}' are not reachable in this region ('${stack.region}')`, {
      reasonClass: 'ValidationError',
    });
  }
  const isOwn = (lambda ? lambdaAccount : snsAccount) === cloud.accountId(stack.projectId);
  const call = callOf(ctx);
  const kind = lambda ? cloud.generic('AWS::Lambda::Function') : cloud.collection('topics');
  const found: Entity | undefined = isOwn ? await kind?.find(call, (lambda ? lambdaName : topicName) ?? '') : undefined;
  if (!kind || !found) {
    throw new MissingError(lambda ? `Function not found: ${arn}` : `Topic does not exist: ${arn}`, {
      reasonClass: 'NotFound',
    });
  }
  await kind.act({ ...call, token: `${ctx.token}/call` }, found.id, lambda ? 'invoke' : 'publish', request);
}
