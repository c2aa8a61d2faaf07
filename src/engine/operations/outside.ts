import type { RemoteStacks, ServiceAnswer, SignalUrls, SoftwarePort, StackUserPort } from '../drivers/stack-access.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';

/** What lies around the engine and some types need: users, addresses, software records, other regions, the network. */
export interface Outside {
  /** `owner` is the resource whose user is meant: Heat names users like their resources. */
  users(stack: StackRecord, owner: ResourceRecord): StackUserPort;
  /** The UUID of the resource that a stack's user belongs to; undefined if there is no such user. */
  userResource(stackId: string, userId: string): Promise<string | undefined>;
  urls(stack: StackRecord, record: ResourceRecord): SignalUrls;
  software(stack: StackRecord): SoftwarePort;
  stacksIn(stack: StackRecord, region: string): RemoteStacks | undefined;
  /** Gets the text behind an address for a stack: an object of its project, or what the installation allows. */
  fetchText(url: string, stack: StackRecord): Promise<string>;
  /** Posts JSON text to a service of a template's author, if the installation allows it. */
  post(url: string, body: string, signal: AbortSignal): Promise<ServiceAnswer>;
  /** A stack is gone: its users and their project go too. */
  forget(stack: StackRecord): Promise<void>;
}
