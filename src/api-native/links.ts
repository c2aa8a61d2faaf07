import { percentEncode } from './percent-encoding.js';

/** Where a stack stands in URLs and identities. */
export interface StackPlace {
  readonly projectId: string;
  readonly name: string;
  readonly id: string;
}

/** A `links` entry of Heat's views. */
export type Link = { href: string; rel: string };

/** Makes the URLs of one request's answer. */
export class Links {
  constructor(readonly baseUrl: string) {}

  stack(stack: StackPlace): string {
    return `${this.baseUrl}/v1/${percentEncode(stack.projectId)}/stacks/${percentEncode(stack.name)}/${percentEncode(stack.id)}`;
  }

  resource(stack: StackPlace, name: string): string {
    return `${this.stack(stack)}/resources/${percentEncode(name)}`;
  }

  event(stack: StackPlace, resource: string, eventId: string): string {
    return `${this.resource(stack, resource)}/events/${percentEncode(eventId)}`;
  }
}

/** One `links` entry. */
export function link(href: string, rel = 'self'): Link {
  return { href, rel };
}

/** An identity as Heat's engine writes it; `path` is empty for the stack itself. */
export function identity(stack: StackPlace, path = ''): { [key: string]: string } {
  return { tenant: stack.projectId, stack_name: stack.name, stack_id: stack.id, path };
}
