import document from './cloudformation.json' with { type: 'json' };

/** One type of CloudFormation's model: a scalar, list, map or structure with its constraints. */
export interface Shape {
  readonly type: 'structure' | 'list' | 'map' | 'string' | 'integer' | 'long' | 'double' | 'boolean' | 'timestamp';
  readonly required?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly flattened?: boolean;
  readonly error?: { readonly code: string; readonly status: number };
  /** A list's items. */
  readonly member?: string;
  readonly memberName?: string;
  /** A map's keys and values. */
  readonly key?: string;
  readonly keyName?: string;
  readonly value?: string;
  readonly valueName?: string;
  /** A structure's members by name: the shape's name, or that with the name on the wire. */
  readonly members?: { readonly [name: string]: string | { readonly shape: string; readonly locationName: string } };
}

/** One action of the API. */
export interface Operation {
  readonly input?: string;
  readonly output?: string;
  readonly resultWrapper?: string;
  readonly errors: readonly string[];
}

/** A structure's member with its name on the wire. */
export interface Member {
  readonly name: string;
  readonly wireName: string;
  readonly shapeName: string;
  readonly shape: Shape;
}

interface Document {
  readonly apiVersion: string;
  readonly xmlNamespace: string;
  readonly operations: { readonly [name: string]: Operation };
  readonly shapes: { readonly [name: string]: Shape };
}

const MODEL = document as unknown as Document;

/** The version that requests name. */
export const API_VERSION = MODEL.apiVersion;
/** The namespace of all answers. */
export const XML_NAMESPACE = MODEL.xmlNamespace;

/** An action of the model; undefined if there is none of that name. */
export function operationNamed(name: string): Operation | undefined {
  return Object.hasOwn(MODEL.operations, name) ? MODEL.operations[name] : undefined;
}

/** The names of all actions of the model. */
export function operationNames(): string[] {
  return Object.keys(MODEL.operations);
}

/** A shape of the model; throws for a name that the model does not have. */
export function shapeNamed(name: string): Shape {
  const shape = Object.hasOwn(MODEL.shapes, name) ? MODEL.shapes[name] : undefined;
  if (!shape) throw new TypeError(`the service model has no shape ${name}`);
  return shape;
}

/** A structure's members in the model's order. */
export function membersOf(shape: Shape): Member[] {
  return Object.entries(shape.members ?? {}).map(([name, reference]) => {
    const shapeName = typeof reference === 'string' ? reference : reference.shape;
    const wireName = typeof reference === 'string' ? name : reference.locationName;
    return { name, wireName, shapeName, shape: shapeNamed(shapeName) };
  });
}

/** Code and status of an error shape. */
export function errorShape(name: string): { readonly code: string; readonly status: number } {
  const { error } = shapeNamed(name);
  if (!error) throw new TypeError(`${name} is not an error of the service model`);
  return error;
}
