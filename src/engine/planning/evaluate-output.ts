import { hasUnknown, type Value } from '../model/value.js';
import { evaluate } from '../template/evaluate.js';
import { EvaluationError } from '../template/expression.js';
import { checkSize } from '../template/size-limit.js';
import type { OutputDeclaration } from '../template/template.js';
import type { StackScope } from './scope.js';

/** An output's value, or why it has none. */
export interface EvaluatedOutput {
  readonly name: string;
  readonly description: string | undefined;
  readonly value: Value | undefined;
  readonly error: string | undefined;
  readonly exportName: string | undefined;
}

/** Evaluates one output; undefined if its condition is false. Mistakes become its error; LookupNeeded passes through. */
export function evaluateOutput(declaration: OutputDeclaration, scope: StackScope): EvaluatedOutput | undefined {
  const { name, description } = declaration;
  try {
    if (declaration.condition && scope.truth(declaration.condition) === false) {
      return scope.showsEmptyOutputs
        ? { name, description, value: null, error: undefined, exportName: undefined }
        : undefined;
    }
    const value = evaluate(declaration.value, scope);
    checkSize(value, `The output ${name}`);
    const exportName = declaration.exportName === undefined ? undefined : evaluate(declaration.exportName, scope);
    return {
      name,
      description,
      value: hasUnknown(value) ? undefined : value,
      error: undefined,
      exportName: typeof exportName === 'string' ? exportName : undefined,
    };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return { name, description, value: undefined, error: error.message, exportName: undefined };
  }
}
