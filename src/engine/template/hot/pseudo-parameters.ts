/** Parameters that every HOT stack has without declaring them. */
export const HOT_PSEUDO_PARAMETERS: ReadonlySet<string> = new Set(['OS::stack_name', 'OS::stack_id', 'OS::project_id']);
