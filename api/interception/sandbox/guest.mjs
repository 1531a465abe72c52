// What runs inside QuickJS before a script does: its own copies of what it uses, so that a script that replaces
// JSON.parse or Promise fools nobody but itself. A function of plain JavaScript whose text is evaluated there.

/** How much of what a script says crosses its border, in characters; in calls and lines. */
export const MOST = { line: 500, lines: 50, failure: 500, result: 262_144, fetches: 5, url: 2_048 };

function guest(MOST, hosts) {
  const { parse, stringify } = JSON;
  const TypeErrorHere = TypeError;
  const call = Function.prototype.call.bind(Function.prototype.call);
  const { slice } = String.prototype;
  const textOf = String;
  const cut = (value, most) => call(slice, textOf(value), 0, most);

  const described = (error) => {
    try {
      if (error === null || typeof error !== 'object') return cut(`it threw ${textOf(error)}`, MOST.failure);
      const { name, message, stack } = error;
      const place = /script\.js:[0-9:]+/.exec(textOf(stack));
      return cut(`${textOf(name)}: ${textOf(message)}${place === null ? '' : ` (${place[0]})`}`, MOST.failure);
    } catch {
      return 'it threw something that cannot be shown';
    }
  };

  const contextOf = (input, refuse) => {
    let lines = 0;
    let fetches = 0;
    return {
      ...input,
      request: input.request && { ...input.request, isInNetwork: (cidr) => hosts.isInNetwork(cut(cidr, 64)) },
      refuse,
      log: (text) => {
        lines += 1;
        if (lines > MOST.lines) return;
        hosts.log(cut(typeof text === 'string' ? text : (stringify(text) ?? textOf(text)), MOST.line));
      },
      fetchJson: async (url) => {
        fetches += 1;
        if (fetches > MOST.fetches) throw new TypeErrorHere(`fetchJson can be called ${MOST.fetches} times`);
        return parse(await hosts.fetch(cut(url, MOST.url)));
      },
    };
  };

  return async (hook, inputText) => {
    let refusal;
    const refuse = (error, description) => {
      const optional = (value, most) => (value === undefined || value === null ? undefined : cut(value, most));
      refusal ??= { error: optional(error, 64), description: optional(description, MOST.failure) };
      throw refusal;
    };
    const context = contextOf(parse(inputText), refuse);
    try {
      const answer = await hook(context);
      if (refusal !== undefined) return stringify({ refusal });
      const kind = answer === null ? 'null' : typeof answer;
      return stringify({ kind, answer, client: context.client });
    } catch (error) {
      return stringify(refusal === undefined ? { failure: described(error) } : { refusal });
    }
  };
}

/** An expression that is a function of the hosts. */
export const GUEST = `(hosts) => (${guest.toString()})(${JSON.stringify(MOST)}, hosts)`;
