import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseTemplate } from '../../src/engine/template/parse-template.js';
import { type CfnClient, cfnClient } from '../helpers/cfn-client.js';

const folder = fileURLToPath(new URL('../../../shared/corpus/aws', import.meta.url));
const withCorpus = existsSync(folder) ? test : test.skip;
const CALL = { projectId: 'p1', region: 'us-east-1' };
/** Without these words there is no stack; the samples all need some. */
const CAPABILITIES = ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];

/** What is no template of CloudFormation before another tool has expanded it, or takes from elsewhere what is not there. */
const NOT_PLAIN = [
  /!Rain::|value must be a string|Value of property \w+ must be of type/,
  /No transform named|AWS::Serverless|Boto3::|AWS::S3::Object|Encountered unsupported property Type|At least one Resources/,
  /Could not resolve the dynamic reference|Could not fetch remote template|Rule (SubnetsInVPC|CreateVPCFlowLogs) failed/,
];

withCorpus(
  'change sets and stacks are made of the sample templates of AWS',
  async () => {
    const { findTemplates } = await import('../../scripts/corpus/find-templates.js' as string);
    const { plausibleValue, SSM_VALUES } = await import('../../scripts/corpus/plausible-values.js' as string);
    const client = await cfnClient();
    const reasons: string[] = [];
    let passed = 0;
    let excluded = 0;
    const entries = findTemplates(folder);
    for (const [index, { path, name }] of entries.entries()) {
      const text = readFileSync(path, 'utf8');
      const { template } = parseTemplate(text);
      client.urls.set(`https://bucket/${index}`, text);
      const wish = { StackName: `s${index}`, TemplateURL: `https://bucket/${index}`, Capabilities: CAPABILITIES };
      const Parameters = await supplied(client, template, plausibleValue, SSM_VALUES);
      const planned = await client.call('CreateChangeSet', {
        ...wish,
        Parameters,
        ChangeSetName: 'c',
        ChangeSetType: 'CREATE',
      });
      if (planned.status === 200) await client.call('DeleteStack', { StackName: wish.StackName });
      await client.engine.stacks.settled(String(planned.result.StackId).split('/').at(-1) ?? '').catch(() => undefined);
      const made = planned.status === 200 ? await client.call('CreateStack', { ...wish, Parameters }) : planned;
      const reason = String(made.message);
      if (made.status === 200) passed++;
      else if (NOT_PLAIN.some((pattern) => pattern.test(reason))) excluded++;
      else reasons.push(`${name}: ${reason}`);
    }
    const total = entries.length - excluded;
    if (reasons.length > 0) console.log(`${passed}/${total}, ${excluded} excluded\n${reasons.join('\n')}`);
    expect(client.bugs).toEqual([]);
    await client.close();
    expect(passed / total).toBeGreaterThanOrEqual(0.95);
  },
  300_000,
);

async function supplied(client: CfnClient, template: any, plausibleValue: any, ssmValues: any) {
  const parameters: { ParameterKey: string; ParameterValue: string }[] = [];
  const stored: any = (client.engine.cloud as any).collection('parameters');
  for (const parameter of template?.parameters.values() ?? []) {
    const isUnusable =
      parameter.defaultValue === '' &&
      (parameter.constraints.length > 0 || /^(List<)?AWS::/.test(parameter.declaredType));
    const isGiven = parameter.defaultValue === undefined || isUnusable;
    const value = isGiven ? String(plausibleValue(parameter, 'cfn')) : String(parameter.defaultValue);
    if (isGiven) parameters.push({ ParameterKey: parameter.name, ParameterValue: value });
    const type = /^AWS::SSM::Parameter::Value<(.*)>$/.exec(parameter.declaredType)?.[1];
    if (type === undefined || (await stored.find(CALL, value))) continue;
    const held = ssmValues[`/corpus/${type.replace(/[^A-Za-z0-9]+/g, '.')}`] ?? 'corpus';
    await stored.create(CALL, { name: value, type: 'String', value: held });
  }
  return parameters;
}
