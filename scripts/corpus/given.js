/** What single templates want besides their files: environments that lie elsewhere, and parameters that only they understand. */
const AGENT = 'resources: { agent: { type: "OS::Heat::MultipartMime" } }';

/** An environment that takes a type of the template's own for a template that is not there. */
const mapped = (type) => ({
  environment: { resource_registry: { [type]: 'agent.yaml' } },
  files: {
    'agent.yaml': `heat_template_version: 2018-08-31\n${AGENT}\noutputs: { config: { value: { get_resource: agent } } }\n`,
  },
});

export const GIVEN = [
  // Its rule asks for one of the two.
  {
    name: 'aws/Solutions/VPCFlowLogs/templates/VPCFlowLogs-main',
    parameters: { CreateVPCFlowLogsToCloudWatch: 'Yes' },
  },
  {
    name: 'aws/VPC/VPC_EC2_Instance_With_Multiple_Static',
    parameters: { PrimaryIPAddress: '172.31.0.21', SecondaryIPAddress: '172.31.0.22' },
  },
  {
    name: 'heat/hot/software-config/example-templates/example-config-pristine-image',
    ...mapped('Heat::InstallConfigAgent'),
  },
  {
    name: 'heat/hot/software-config/example-templates/example-pristine-atomic-tool',
    ...mapped('Heat::InstallConfigAgent'),
  },
  // The nested template takes one length out of a list of them.
  { name: 'heat/hot/resource_group/random.yaml', parameters: { lengths: '8,16', index: 1 } },
];
