/** The software on the simulated servers of a stack: it reports success wherever a template waits for a word of it. */

const SIGNAL_EVERY_MS = 50;

/** Does some work while servers signal to whatever begins to wait in it. */
export async function withServers(engine, caller, work) {
  const waiting = new Map();
  const unsubscribe = engine.feed.subscribe((items) => {
    for (const { event, stack } of items) {
      // That a signal has come does not say that it was the last.
      if (event.action === 'SIGNAL') continue;
      const key = `${stack.id}/${event.resourceName}`;
      const send = signalSender(event);
      if (send) waiting.set(key, { stackId: stack.id, resource: event.resourceName, send, sent: 0 });
      else if (event.status !== 'IN_PROGRESS') waiting.delete(key);
    }
  });
  const servers = setInterval(() => {
    for (const one of waiting.values()) signal(engine, caller, one);
  }, SIGNAL_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(servers);
    unsubscribe();
  }
}

/** How the software on a server would report success to what has just got this event; undefined if nobody waits there. */
function signalSender({ resourceType, status, action }) {
  const isHandle = /WaitConditionHandle$/.test(resourceType);
  if (isHandle && status === 'COMPLETE' && action === 'CREATE') {
    return (stacks, caller, one, id) =>
      stacks.signal(
        caller,
        one.stackId,
        one.resource,
        resourceType === 'OS::Heat::WaitConditionHandle'
          ? { id, status: 'SUCCESS', reason: 'ready', data: 'ok' }
          : { UniqueId: id, Status: 'SUCCESS', Reason: 'ready', Data: 'ok' },
      );
  }
  if (status !== 'IN_PROGRESS') return undefined;
  if (/(Software|Structured)Deployment$/.test(resourceType)) {
    return (stacks, caller, one) =>
      stacks.signal(caller, one.stackId, one.resource, {
        deploy_stdout: 'ok',
        deploy_stderr: '',
        deploy_status_code: 0,
      });
  }
  if (/(AutoScalingGroup|EC2::Instance|CloudFormation::WaitCondition)$/.test(resourceType)) {
    return (stacks, caller, one, id) =>
      stacks.countSignal(caller, one.stackId, one.resource, { id, status: 'SUCCESS' });
  }
  return undefined;
}

/** Each signal comes from another server. */
function signal(engine, caller, one) {
  one.sent += 1;
  // Whoever waits for no signal, or not yet, refuses it; that is no failure of the template.
  one
    .send(engine.stacks, caller, one, `server-${one.sent}`)
    .catch((error) => process.env.DBG && console.error(error.message));
}
